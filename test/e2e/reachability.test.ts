/**
 * Containers of one network talk: ping, ping -6, TCP in bulk, UDP, all through the daemon's workers.
 *
 *   ┌─ netns web ─┐      ┌── vswitchd ──┐      ┌─ netns db ──┐
 *   │ eth0 .1 ::1 ├──────┤ network blue ├──────┤ eth0 .2 ::2 │
 *   └─────────────┘ TAP  └──────────────┘ TAP  └─────────────┘
 */
import t, { type Test } from 'tap';
import { findImbalances } from '../harness/checkers.ts';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

async function pair(topology: Topology): Promise<[web: Host, db: Host]> {
  const [web, db] = await topology.hosts('web', 'db');
  await topology.daemon();
  await topology.apply([network('blue'), tapPort(web, 'blue', 1), tapPort(db, 'blue', 2)]);
  return [web, db];
}

/** The counters are read while kernels may still talk, so a moment of imbalance is asked about again. */
async function holdsTheLaw(t: Test, topology: Topology): Promise<void> {
  let wrong: string[] = [];
  await topology.until('the counters add up', async () => {
    wrong = findImbalances(await topology.stats());
    return wrong.length === 0;
  }, 3000).catch(() => {});
  t.strictSame(wrong, [], 'received and offered packets are all accounted for');
}

async function kernelPackets(host: Host, direction: 'rx' | 'tx'): Promise<number> {
  return Number(await host.run(['cat', `/sys/class/net/eth0/statistics/${direction}_packets`]));
}

t.test('containers answer ping over IPv4 and IPv6', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await pair(topology);
  t.ok(await web.reaches('10.77.0.2'), 'web reaches db');
  t.ok(await db.reaches('10.77.0.1'), 'db reaches web');
  t.ok(await web.reaches('fd00:77::2'), 'web reaches db over IPv6');
  t.ok(await db.reaches('fd00:77::1'), 'db reaches web over IPv6');
  t.ok(await web.reaches('10.77.0.2', { options: ['-s', '1472', '-M', 'do'] }), 'a frame as large as the MTU passes');
  t.ok(await web.reaches('10.77.0.2', { options: ['-s', '4000'] }), 'fragments pass');
  t.notOk(await web.reaches('10.77.0.77', { seconds: 1 }), 'an address that nobody has stays silent');
  await holdsTheLaw(t, topology);
});

t.test('the first packet after apply passes: nothing has to warm up', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web] = await pair(topology);
  for (const address of ['10.77.0.2', 'fd00:77::2']) {
    const { code, output } = await web.attempt(['ping', '-c', '1', '-W', '1', address]);
    t.equal(code, 0, `one ping to ${address}, one answer`);
    t.match(output, /1 received/);
  }
});

t.test('TCP in bulk passes as super-frames', { skip: lacking('iperf3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await pair(topology);
  for (const address of ['10.77.0.2', 'fd00:77::2']) {
    const before = { stats: await topology.stats(), sent: await kernelPackets(web, 'tx'), taken: await kernelPackets(db, 'rx') };
    const server = db.start(['iperf3', '--server', '--one-off']);
    await db.untilListening(5201);
    const report = JSON.parse(await web.run(['iperf3', '--client', address, '--time', '2', '--json'])) as {
      end: { sum_received: { bytes: number } };
    };
    await server.finished;
    const after = { stats: await topology.stats(), sent: await kernelPackets(web, 'tx'), taken: await kernelPackets(db, 'rx') };
    t.ok(report.end.sum_received.bytes > 10_000_000, `${report.end.sum_received.bytes} bytes arrived at ${address}`);
    const counter = (stats: typeof before.stats, port: string, name: 'receivedPackets' | 'transmittedPackets'): number => (
      stats.items.find((item) => item.port === port)?.[name] ?? 0);
    const received = counter(after.stats, 'web', 'receivedPackets') - counter(before.stats, 'web', 'receivedPackets');
    const transmitted = counter(after.stats, 'db', 'transmittedPackets') - counter(before.stats, 'db', 'transmittedPackets');
    t.ok(received > 3 * (after.sent - before.sent), `${received} packets came in ${after.sent - before.sent} frames of the sender's kernel`);
    t.ok(transmitted > 3 * (after.taken - before.taken), `${transmitted} packets left in ${after.taken - before.taken} frames for the receiver's kernel`);
  }
  await holdsTheLaw(t, topology);
});

t.test('several TCP streams in both directions at once, on two workers', { skip: lacking('iperf3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await topology.hosts('web', 'db');
  await topology.daemon({ workers: 2 });
  await topology.apply([network('blue'), tapPort(web, 'blue', 1), tapPort(db, 'blue', 2)]);
  const server = db.start(['iperf3', '--server', '--one-off']);
  await db.untilListening(5201);
  const report = JSON.parse(await web.run([
    'iperf3', '--client', '10.77.0.2', '--time', '2', '--parallel', '4', '--bidir', '--json',
  ])) as { end: { sum_received: { bytes: number }; sum_received_bidir_reverse: { bytes: number } } };
  await server.finished;
  t.ok(report.end.sum_received.bytes > 1_000_000, 'there');
  t.ok(report.end.sum_received_bidir_reverse.bytes > 1_000_000, 'and back');
  await holdsTheLaw(t, topology);
});

t.test('UDP passes, small and larger than the MTU', { skip: lacking('iperf3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await pair(topology);
  // So slow that a receiver which does not run for a tenth of a second still loses nothing.
  for (const [length, address, bitrate] of [['64', '10.77.0.2', '1M'], ['1400', 'fd00:77::2', '10M'], ['4000', '10.77.0.2', '10M']] as const) {
    const server = db.start(['iperf3', '--server', '--one-off']);
    await db.untilListening(5201);
    const report = JSON.parse(await web.run([
      'iperf3', '--client', address, '--udp', '--bitrate', bitrate, '--length', length, '--time', '1', '--json',
    ])) as { end: { sum: { packets: number; lost_packets: number } } };
    await server.finished;
    const { packets, lost_packets: lost } = report.end.sum;
    t.ok(packets > 100 && lost <= packets / 20, `${length} bytes to ${address}: ${lost} of ${packets} datagrams lost`);
  }
  await holdsTheLaw(t, topology);
});

t.test('flows and the MAC table tell of the traffic', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web] = await pair(topology);
  t.ok(await web.reaches('10.77.0.2'));
  const flows = JSON.parse(await topology.control('get', 'flows', '-o', 'json')) as { items: Record<string, unknown>[] };
  t.ok(flows.items.some((flow) => flow['source'] === '10.77.0.1' && flow['destination'] === '10.77.0.2' && flow['network'] === 'blue'),
    'the ping is a flow');
  const fdb = JSON.parse(await topology.control('get', 'fdb', '-o', 'json')) as { items: { port: string; type: string }[] };
  t.strictSame(fdb.items.map(({ port, type }) => `${port} ${type}`).sort(), ['db static', 'web static']);
});
