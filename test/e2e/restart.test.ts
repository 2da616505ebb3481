/**
 * The daemon ends, cleanly or killed, under a running TCP connection, which lives on over its return.
 *
 *   netns web .1 ══ TCP ══ vswitchd ══ TCP ══ netns db .2
 *                         ╳ SIGTERM, SIGKILL
 */
import t, { type Test } from 'tap';
import type { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { lacking, network, pause, tapPort, Topology, type Host } from '../harness/topology.ts';

interface Report {
  readonly end: { readonly sum_received: { readonly bytes: number } };
}

/** At no more than a gigabit a second it takes four: it is under way when the daemon ends, on any machine. */
const bytesSent = 500_000_000;

async function state(host: Host): Promise<string> {
  const words = [['address', 'show', 'dev', 'eth0'], ['route', 'show'], ['-6', 'route', 'show', 'dev', 'eth0']];
  const outputs = await Promise.all(words.map(async (rest) => await host.run(['ip', ...rest])));
  // Flags of the carrier, which goes while nobody serves the device, are no part of what was configured.
  return outputs.join('\n').replaceAll(/<[^>]*>|\b(linkdown|dadfailed|tentative)\b/g, '')
    .replaceAll(/state \w+|(valid_lft|preferred_lft|expires) \w+/g, '').replaceAll(/[ \t]+/g, ' ').replaceAll(/ $/gm, '');
}

async function underTraffic(t: Test, topology: Topology, ending: (daemon: DaemonProcess) => Promise<void>): Promise<void> {
  const [web, db] = await topology.hosts('web', 'db');
  const daemon = await topology.daemon();
  await topology.apply([
    network('blue'),
    tapPort(web, 'blue', 1, { routes: [{ to: '192.168.77.0/24', via: '10.77.0.2' }] }),
    { ...tapPort(db, 'blue', 2) as { spec: object } },
  ]);
  const before = { web: await state(web), db: await state(db), generation: (await daemon.client.generation()).generation };
  const ports = await topology.control('get', 'ports', '-o', 'json');

  const server = db.start(['iperf3', '--server', '--one-off']);
  await db.untilListening(5201);
  const client = web.start(['iperf3', '--client', '10.77.0.2', '--bytes', String(bytesSent), '--bitrate', '1G', '--json'], { timeoutMs: 100_000 });
  await pause(1500);
  t.ok(client.isRunning, 'the connection runs');
  await ending(daemon);
  t.equal(await state(web), before.web, 'while nobody serves it, the container keeps its addresses and routes');
  await daemon.start();

  const { code, output } = await client.finished;
  await server.finished;
  t.equal(code, 0, 'the connection that was open goes on to its end');
  const report = JSON.parse(output) as Report;
  // The server counts until it is told that the client is done, which may overtake the last blocks.
  t.ok(report.end.sum_received.bytes > 0.99 * bytesSent, `the bytes arrived: ${report.end.sum_received.bytes} of ${bytesSent}`);

  t.equal(await state(web), before.web, 'addresses and routes of web are what they were');
  t.equal(await state(db), before.db, 'and those of db');
  t.ok((await daemon.client.generation()).generation >= before.generation, 'generations only grow');
  const named = (text: string): unknown => (JSON.parse(text) as { items: { metadata: { name: string }; status: Record<string, unknown> }[] })
    .items.map(({ metadata, status }) => [metadata.name, status['state'], status['mac'], status['addresses']]);
  t.strictSame(named(await topology.control('get', 'ports', '-o', 'json')), named(ports), 'ports keep MAC and addresses');
  t.ok(await web.reaches('fd00:77::2'), 'IPv6 passes too');
}

t.test('a daemon stopped by SIGTERM and started again breaks no connection', { skip: lacking('iperf3', 'ping') }, async (t) => {
  await using topology = await Topology.open(t);
  await underTraffic(t, topology, async (daemon) => {
    t.equal(await daemon.stop('SIGTERM'), 0, 'it stops cleanly');
  });
});

t.test('a daemon killed by SIGKILL and started again breaks no connection', { skip: lacking('iperf3', 'ping') }, async (t) => {
  await using topology = await Topology.open(t);
  await underTraffic(t, topology, async (daemon) => {
    await daemon.stop('SIGKILL');
  });
});

t.test('chosen MACs and addresses are kept over a restart, and a port with persist: false goes', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db, brief] = await topology.hosts('web', 'db', 'brief');
  const daemon = await topology.daemon();
  const chosen = (host: Host, spec: object = {}): object => {
    const port = tapPort(host, 'blue', 0, spec) as { spec: Record<string, unknown> };
    delete port.spec['addresses'];
    return port;
  };
  await topology.apply([network('blue'), chosen(web), chosen(db), chosen(brief, { persist: false })]);
  const status = async (name: string): Promise<unknown> => {
    const { mac, addresses } = (await topology.port(name)).status as unknown as { mac: string; addresses: string[] };
    return { mac, addresses };
  };
  const before = [await status('web'), await status('db'), await status('brief')];
  t.equal(await daemon.stop('SIGTERM'), 0);
  t.ok((await web.attempt(['ip', 'link', 'show', 'eth0'])).code === 0, 'a persistent device outlives the daemon');
  t.ok((await brief.attempt(['ip', 'link', 'show', 'eth0'])).code !== 0, 'the other one goes with it');
  await daemon.start();
  t.strictSame([await status('web'), await status('db'), await status('brief')], before);
  const address = ((await topology.port('db')).status as unknown as { addresses: string[] }).addresses[0]?.split('/')[0] ?? '';
  t.ok(await web.reaches(address));
  t.ok(await brief.reaches(address), 'and it is made again');
});
