import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { namespaceIdentity, processBehind } from '../../../src/switch/namespace-identity.ts';

t.test('the same namespace has one identity, by whatever name', (t) => {
  const own = namespaceIdentity('/proc/self/ns/net');
  t.match(own, /^[0-9]+:[0-9]+$/);
  t.equal(namespaceIdentity(`/proc/${process.pid}/ns/net`), own);
  t.end();
});

t.test('nothing has none', (t) => {
  t.equal(namespaceIdentity('/proc/self/ns/nothing'), undefined);
  t.equal(namespaceIdentity('/proc/4194305/ns/net'), undefined);
  t.equal(namespaceIdentity(''), undefined);
  t.end();
});

t.test('another thing of the same name has another', (t) => {
  const folder = t.testdir({ one: '', other: '' });
  const path = join(folder, 'one');
  const before = namespaceIdentity(path);
  writeFileSync(path, 'what is inside does not count');
  t.equal(namespaceIdentity(path), before);
  renameSync(join(folder, 'other'), path);
  t.not(namespaceIdentity(path), before);
  t.type(namespaceIdentity(path), 'string');
  t.end();
});

t.test('a process is known by when it was started, as long as it lives', async (t) => {
  t.match(processBehind(`/proc/${process.pid}/ns/net`), /^[0-9]+$/);
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  const path = `/proc/${child.pid}/ns/net`;
  const started = processBehind(path);
  t.match(started, /^[0-9]+$/);
  t.ok(BigInt(started!) >= BigInt(processBehind(`/proc/${process.pid}/ns/net`)!), 'a child is younger');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  t.equal(processBehind(path), undefined);
});

t.test('only the namespace of a process by its number has a process behind it', (t) => {
  for (const path of ['/run/netns/web', '/proc/self/ns/net', `/proc/${process.pid}/ns/mnt`, `/x/proc/${process.pid}/ns/net`, '']) t.equal(processBehind(path), undefined, path);
  t.end();
});
