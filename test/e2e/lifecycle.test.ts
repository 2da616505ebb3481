/**
 * Ports and their namespaces come and go in any order; what is refused changes nothing.
 *
 *   netns a .1 ── vswitchd ── netns b .2    (not there yet, there, gone, there again)
 */
import t from 'tap';
import { lacking, network, tapPort, Topology } from '../harness/topology.ts';

t.test('a port waits for its namespace, and is ready once it is made', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const a = await topology.host('a');
  const b = topology.planned('b');
  await topology.daemon();
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  t.equal((await topology.port('a')).status.state, 'ready', 'it blocks nobody');
  const waiting = await topology.port('b');
  t.equal(waiting.status.state, 'waiting');
  t.match(waiting.status.message, b.namespace, 'it says what it waits for');

  await topology.host('b');
  await topology.until('b is ready', async () => (await topology.port('b')).status.state === 'ready');
  t.ok(await a.reaches('10.77.0.2'));
  t.ok(await b.reaches('fd00:77::1'));
});

t.test('a namespace that is deleted makes its port wait, and a new one of that name is taken', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  await topology.daemon();
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  t.ok(await a.reaches('10.77.0.2'));
  await b.container.remove();
  await topology.until('b waits', async () => (await topology.port('b')).status.state === 'waiting');
  t.notOk(await a.reaches('10.77.0.2', { seconds: 1 }));
  await topology.host('b');
  await topology.until('b is ready again', async () => (await topology.port('b')).status.state === 'ready');
  t.ok(await a.reaches('10.77.0.2', { seconds: 3 }));
});

t.test('a namespace replaced at once is noticed by its inode', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  await topology.daemon();
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  await b.container.remove();
  await b.container.create();
  await topology.until('the new b is reached', async () => await a.reaches('10.77.0.2', { seconds: 1 }));
});

t.test('a container of a process, by pid:N', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  const sleeper = b.start(['sleep', '60']);
  await topology.daemon();
  await topology.until('the process entered its namespace', async () => (
    (await topology.attempt(['ip', 'netns', 'identify', String(sleeper.pid)])).output.trim() === b.namespace));
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2, { netns: `pid:${sleeper.pid}` })]);
  t.ok(await a.reaches('10.77.0.2'));
  sleeper.end('SIGKILL');
  await topology.until('it waits once the process is gone', async () => (await topology.port('b')).status.state === 'waiting');
});

t.test('what is refused changes nothing', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b, c] = await topology.hosts('a', 'b', 'c');
  const daemon = await topology.daemon();
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  const before = { generation: await daemon.client.generation(), ports: await topology.control('get', 'ports', '-o', 'json') };

  const bad = [tapPort(c, 'blue', 3), network('green', { subnets: ['10.300.0.0/24'], vlam: 7 }), tapPort(a, 'nowhere', 1)];
  const refused = await topology.attempt(daemon.commandWords(['apply', '-f', '-']), { input: JSON.stringify(bad) });
  t.equal(refused.code, 1);
  for (const word of ['subnets', 'vlam', 'nowhere']) t.match(refused.output, word, `all errors at once: ${word}`);
  t.ok((await c.attempt(['ip', 'link', 'show', 'eth0'])).code !== 0, 'not even the good part was done');

  await c.run(['ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1']);
  const clash = await topology.attempt(daemon.commandWords(['apply', '-f', '-']), {
    input: JSON.stringify([network('green'), tapPort(c, 'blue', 3)]),
  });
  t.equal(clash.code, 1, 'a device that is somebody else\'s refuses the whole apply');
  t.match(clash.output, /eth0/, 'and is named');

  t.strictSame(await daemon.client.generation(), before.generation, 'no new generation');
  t.equal(await topology.control('get', 'ports', '-o', 'json'), before.ports);
  t.equal((await topology.attemptControl('get', 'network', 'green')).code, 1, 'no network green');
  t.ok(await a.reaches('10.77.0.2'), 'and the traffic never noticed');

  const rehearsed = await topology.attempt(daemon.commandWords(['apply', '--dry-run', '-f', '-']), { input: JSON.stringify([network('green')]) });
  t.equal(rehearsed.code, 0);
  t.match(rehearsed.output, /green/);
  t.strictSame(await daemon.client.generation(), before.generation, 'a dry run changes nothing either');
});

t.test('a deleted port takes its device along', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  await topology.daemon();
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  t.ok(await a.reaches('10.77.0.2'));
  await topology.control('delete', 'port', 'b');
  t.ok((await b.attempt(['ip', 'link', 'show', 'eth0'])).code !== 0);
  t.notOk(await a.reaches('10.77.0.2', { seconds: 1 }));
  await topology.apply([tapPort(b, 'blue', 2)]);
  t.ok(await a.reaches('10.77.0.2'));
});
