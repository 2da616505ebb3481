/**
 * Networks never meet, even where all their addresses are the same.
 *
 *   netns blue-a .1 ─┐ ┌─ vswitchd ─────┐ ┌─ netns blue-b .2
 *                    ├─┤  network blue  ├─┤
 *                      │  ────────────  │
 *                    ├─┤  network red   ├─┤
 *   netns red-a  .1 ─┘ └────────────────┘ └─ netns red-b  .2
 *   netns blue-c .3 in blue alone
 */
import t from 'tap';
import { lacking, network, numbersTo, tapPort, Topology } from '../harness/topology.ts';

t.test('equal addresses in two networks reach their own and nobody else', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [blueA, blueB, redA, redB, blueC] = await topology.hosts('blue-a', 'blue-b', 'red-a', 'red-b', 'blue-c');
  await topology.daemon();
  await topology.apply([
    network('blue'), network('red'), tapPort(blueA, 'blue', 1), tapPort(blueB, 'blue', 2), tapPort(blueC, 'blue', 3),
    tapPort(redA, 'red', 1), tapPort(redB, 'red', 2),
  ]);
  const transmitted = async (): Promise<Map<string, number>> => (
    new Map((await topology.stats()).items.map((item) => [item.port, item.transmittedPackets])));

  for (const address of ['10.77.0.2', 'fd00:77::2']) {
    const before = await transmitted();
    t.strictSame((await blueA.pings(address, 50, 0.005)).answered, numbersTo(50));
    const after = await transmitted();
    const grown = (port: string): number => (after.get(port) ?? 0) - (before.get(port) ?? 0);
    t.ok(grown('blue-b') >= 50, 'the neighbour in blue got the pings');
    // A kernel says a word by itself now and then, never fifty.
    t.ok(grown('red-b') < 25 && grown('red-a') < 25, 'the namesakes in red did not');
    t.strictSame((await redA.pings(address, 5, 0.01)).answered, numbersTo(5), 'red has its own');
  }
  for (const address of ['10.77.0.3', 'fd00:77::3']) {
    t.ok(await blueA.reaches(address), `${address} is in blue`);
    t.notOk(await redA.reaches(address, { seconds: 1 }), 'and nowhere in red');
    t.notOk(await redB.reaches(address, { seconds: 1 }));
  }
  t.notOk(await redA.reaches('255.255.255.255', { seconds: 1, options: ['-b', '-I', 'eth0', '-t', '1', '-s', '8'] }));
  const explained = JSON.parse(await topology.control('explain', '--port', 'red-a', '--to', '10.77.0.3', '--protocol', 'icmp', '-o', 'json')) as {
    verdict: string; stage: string;
  };
  t.match(explained, { verdict: 'drop', stage: 'bridge' }, 'explain says the same');
});

t.test('a port that changes its network leaves the old one', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  await topology.daemon();
  await topology.apply([network('blue'), network('red'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  t.ok(await a.reaches('10.77.0.2'));
  await topology.apply([tapPort(b, 'red', 2)]);
  t.notOk(await a.reaches('10.77.0.2', { seconds: 1 }), 'apart at once, though the flow was known');
  t.notOk(await a.reaches('fd00:77::2', { seconds: 1 }));
  await topology.apply([tapPort(a, 'red', 1)]);
  t.ok(await a.reaches('10.77.0.2'), 'together again in the other network');
  t.ok(await a.reaches('fd00:77::2'));
});

t.test('a network whose default denies lets nothing pass', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  await topology.daemon();
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  t.ok(await a.reaches('10.77.0.2'));
  await topology.apply([network('blue', { defaultPolicy: { ingress: 'drop', egress: 'allow' } })]);
  t.notOk(await a.reaches('10.77.0.2', { seconds: 1 }));
  t.ok(await topology.drops('a', 'ingress_denied') > 0, 'counted as the receiver\'s ingress');
  await topology.apply([network('blue')]);
  t.ok(await a.reaches('10.77.0.2'), 'and allows again');
});
