/**
 * What an operator looks on with: a bad line by seed, a capture as the option of a port, and `top`, over real containers.
 *
 *   netns web ──┐
 *               ├── vswitchd, dev
 *   netns db ───┘   fault and capture at web, while it runs
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { lacking, network, tapPort, Topology } from '../harness/topology.ts';

const tcpdump = ['/usr/bin/tcpdump', '/usr/sbin/tcpdump'].find((path) => existsSync(path));

t.test('a bad line comes and goes, and its losses are counted by name', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await topology.hosts('web', 'db');
  await topology.daemon();
  const ports = (spec: object = {}): object[] => [network('dev'), tapPort(web, 'dev', 1, spec), tapPort(db, 'dev', 2)];
  await topology.apply(ports());
  await topology.until('the containers reach each other', async () => await web.reaches('10.77.0.2'));
  const device = await web.run(['cat', '/sys/class/net/eth0/ifindex']);

  await topology.apply(ports({ fault: { loss: 100, seed: 7, direction: 'transmit' } }));
  t.notOk(await web.reaches('10.77.0.2'), 'nothing comes back over a line that loses all');
  t.ok(await topology.drops('web', 'fault_injected') > 0);
  const { items } = JSON.parse(await topology.control('get', 'faults', '-o', 'json')) as { items: { port: string; direction: string; seen: number; lost: number }[] };
  const out = items.find(({ port, direction }) => port === 'web' && direction === 'transmit');
  t.ok(out !== undefined && out.lost > 0 && out.lost === out.seen, 'every frame was lost', { items });

  await topology.apply(ports());
  t.ok(await web.reaches('10.77.0.2'), 'the line is good again');
  t.equal(await web.run(['cat', '/sys/class/net/eth0/ifindex']), device, 'the device stayed the same');
});

t.test('a port\'s own capture is a file that tcpdump reads', {
  skip: lacking('ping') || (tcpdump === undefined ? 'needs tcpdump (apt-get install -y tcpdump)' : false),
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vsw-observe-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'web.pcapng');
  await using topology = await Topology.open(t);
  const [web, db] = await topology.hosts('web', 'db');
  await topology.daemon();
  await topology.apply([network('dev'), tapPort(web, 'dev', 1, { capture: { file } }), tapPort(db, 'dev', 2)]);
  await topology.until('the containers reach each other', async () => await web.reaches('10.77.0.2'));
  await topology.apply([network('dev'), tapPort(web, 'dev', 1), tapPort(db, 'dev', 2)]);   // its end writes the rest
  const lines = (await topology.run([tcpdump!, '-n', '-r', file])).split('\n');
  t.ok(lines.some((line) => /10\.77\.0\.1 > 10\.77\.0\.2: ICMP echo request/.test(line)));
  t.ok(lines.some((line) => /10\.77\.0\.2 > 10\.77\.0\.1: ICMP echo reply/.test(line)));
});

t.test('top tells who is busy', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await topology.hosts('web', 'db');
  await topology.daemon();
  await topology.apply([network('dev'), tapPort(web, 'dev', 1), tapPort(db, 'dev', 2)]);
  await topology.until('the containers reach each other', async () => await web.reaches('10.77.0.2'));
  const pinged = web.start(['ping', '-i', '0.01', '10.77.0.2'], { timeoutMs: 60_000 });
  await topology.until('both ports are shown as busy, and the flow between them', async () => {
    const look = JSON.parse(await topology.control('top', '--once', '--interval', '0.5', '-o', 'json')) as {
      ports: { port: string; receivedPackets: number; transmittedPackets: number }[]; flows: { protocol: string }[] | null;
    };
    return look.ports.length === 2 && look.ports.every(({ receivedPackets, transmittedPackets }) => receivedPackets > 5 && transmittedPackets > 5) && (look.flows?.length ?? 0) > 0;
  }, 30_000);
  pinged.end();
  t.match(await topology.control('top', '--once', '--interval', '0.2'), /web +[\d.]+ packet\/s/);
});
