/**
 * The switch inside a host agent: its workers stop for nothing that JavaScript does.
 *
 *   ┌─ agent's process ────────────────────┐
 *   │ event loop: while (true) for 3 s     │
 *   │ worker: ── netns a .1 ═══ netns b .2 │
 *   └──────────────────────────────────────┘
 */
import t from 'tap';
import { compiled, lacking, network, numbersTo, tapPort, Topology, type Host } from '../harness/topology.ts';

const blockedMs = 3000;

async function agent(topology: Topology, a: Host, b: Host): Promise<ReturnType<Topology['start']>> {
  const resources = JSON.stringify([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  const running = topology.start([process.execPath, compiled('test/harness/busy-agent.js'), String(blockedMs)], {
    input: resources, timeoutMs: 60_000,
  });
  await topology.until('the agent\'s ports are ready', () => /^blocking/m.test(running.output));
  return running;
}

t.test('traffic passes while the event loop is blocked', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  const running = await agent(topology, a, b);
  // New flows, new neighbours, both families: nothing here was seen before the loop was blocked.
  const both = await Promise.all(['10.77.0.2', 'fd00:77::2'].map(async (address) => await a.pings(address, 100, 0.02)));
  t.notMatch(running.output, /^free/m, 'the loop was blocked all that time');
  for (const { answered, slowestMs } of both) {
    t.strictSame(answered, numbersTo(100));
    t.ok(slowestMs < 500, `the slowest answer took ${slowestMs} ms`);
  }
  await topology.until('the loop is free again', () => /^free/m.test(running.output));
  running.end('SIGTERM');
  t.equal((await running.finished).code, 0, 'the agent closes its switch');
});

t.test('TCP in bulk runs at speed while the event loop is blocked', { skip: lacking('iperf3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  const server = b.start(['iperf3', '--server', '--one-off']);
  await b.untilListening(5201);
  const running = await agent(topology, a, b);
  const report = JSON.parse(await a.run(['iperf3', '--client', '10.77.0.2', '--time', '2', '--json'])) as {
    intervals: { sum: { bytes: number } }[];
  };
  t.notMatch(running.output, /^free/m, 'the loop was blocked all that time');
  t.ok(report.intervals.every(({ sum }) => sum.bytes > 1_000_000), 'bytes flowed in every second of it');
  await server.finished;
  running.end('SIGTERM');
  await running.finished;
});
