/** What is told to the service manager, and the socket it made. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import t from 'tap';
import { inheritedSocket, notify } from '../../../src/daemon/service-manager.ts';
import { temporaryFolder } from '../api/served.ts';
import { thrownBy } from '../api/thrown.ts';

function fakeNotify(folder: string, script: string): string {
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'systemd-notify'), 0o755);
  return `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
}

t.test('readiness is told for this process', async (t) => {
  const folder = temporaryFolder(t);
  const said = join(folder, 'said');
  const PATH = fakeNotify(folder, `echo "$NOTIFY_SOCKET $*" > ${said}`);
  await notify('READY=1', 'serving', { PATH, NOTIFY_SOCKET: '/run/n' });
  t.equal(readFileSync(said, 'utf8'), `/run/n --pid=${process.pid} READY=1 STATUS=serving\n`);
});

t.test('without a service manager nothing is started', async (t) => {
  await notify('READY=1', 'serving', { PATH: '/nowhere' });
  await notify('READY=1', 'serving', { PATH: '/nowhere', NOTIFY_SOCKET: '' });
  t.pass('nothing was thrown');
});

t.test('a message that cannot be sent is an error with its reason', async (t) => {
  const folder = temporaryFolder(t);
  t.match(await thrownBy(notify('READY=1', '', { PATH: folder, NOTIFY_SOCKET: '/run/n' })), { message: /cannot be run .*install systemd/ });
  const PATH = fakeNotify(folder, 'echo no such socket >&2; exit 1');
  t.match(await thrownBy(notify('READY=1', '', { PATH, NOTIFY_SOCKET: '/run/n' })), { message: 'systemd-notify failed: no such socket' });
});

t.test('a socket is inherited only when it was meant for this process', (t) => {
  t.equal(inheritedSocket({ LISTEN_FDS: '1', LISTEN_PID: '42' }, 42), 3);
  t.equal(inheritedSocket({ LISTEN_FDS: '1', LISTEN_PID: '41' }, 42), undefined);
  t.equal(inheritedSocket({}, 42), undefined);
  t.throws(() => inheritedSocket({ LISTEN_FDS: '2', LISTEN_PID: '42' }, 42), /exactly one socket/);
  t.end();
});
