/**
 * A container may send from its own addresses alone; what it forges dies, is counted and is explained.
 *
 *   ┌─ netns mallory ─┐      ┌── vswitchd ──┐      ┌─ netns victim ─┐
 *   │ eth0 .1 (.9, .2)├──────┤ network blue ├──────┤ eth0 .2 ::2    │
 *   └─────────────────┘ TAP  └──────────────┘ TAP  └────────────────┘
 */
import { existsSync } from 'node:fs';
import t from 'tap';
import { compiled, lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

async function pair(topology: Topology, spec: object = {}): Promise<[mallory: Host, victim: Host]> {
  const [mallory, victim] = await topology.hosts('mallory', 'victim');
  await topology.daemon();
  await topology.apply([network('blue'), tapPort(mallory, 'blue', 1, spec), tapPort(victim, 'blue', 2)]);
  return [mallory, victim];
}

async function heard(host: Host): Promise<number> {
  return Number(await host.run(['cat', '/sys/class/net/eth0/statistics/rx_packets']));
}

t.test('a foreign IPv4 source dies, in ARP and in IP', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [mallory] = await pair(topology);
  await mallory.run(['ip', 'address', 'add', '10.77.0.9/24', 'dev', 'eth0']);
  t.notOk(await mallory.reaches('10.77.0.2', { seconds: 1, options: ['-I', '10.77.0.9'] }));
  t.ok(await topology.drops('mallory', 'arp_spoofed') > 0, 'its ARP speaks for an address that is not its own');

  t.ok(await mallory.reaches('10.77.0.2', { options: ['-I', '10.77.0.1'] }), 'the own address still passes');
  t.notOk(await mallory.reaches('10.77.0.2', { seconds: 1, options: ['-I', '10.77.0.9'] }), 'also with the neighbour known');
  t.ok(await topology.drops('mallory', 'ip_spoofed') > 0);
});

t.test('a foreign IPv6 source dies', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [mallory] = await pair(topology);
  t.ok(await mallory.reaches('fd00:77::2'));
  await mallory.run(['ip', 'address', 'add', 'fd00:77::9/64', 'dev', 'eth0', 'nodad']);
  t.notOk(await mallory.reaches('fd00:77::2', { seconds: 1, options: ['-I', 'fd00:77::9'] }));
  t.ok(await topology.drops('mallory', 'ip_spoofed') + await topology.drops('mallory', 'nd_spoofed') > 0);
});

/**
 * Requests from a MAC that is not the device's, for an address that nobody declared, so that the switch floods them.
 * (The device itself cannot be given that MAC for long: the switch puts it right.)
 */
const foreignFrames = `
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(('eth0', 0))
for _ in range(20): s.send(bytes.fromhex('ffffffffffff026666666666080600010800060400010266666666660a4d0001') + bytes(6) + bytes.fromhex('0a4d00c8') + bytes(18))
`;

t.test('a foreign MAC dies', { skip: lacking('ping', 'python3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [mallory, victim] = await pair(topology);
  t.ok(await mallory.reaches('10.77.0.2'));
  const before = await heard(victim);
  await mallory.run(['python3', '-c', foreignFrames]);
  await topology.until('all of them died', async () => await topology.drops('mallory', 'mac_spoofed') >= 20, 5000);
  t.ok(await heard(victim) - before <= 2, 'the victim heard nothing of it');
});

t.test('with antiSpoof: false the same is allowed and learned', { skip: lacking('ping', 'python3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [mallory, victim] = await pair(topology, { antiSpoof: false });
  await mallory.run(['ip', 'address', 'add', '10.77.0.9/24', 'dev', 'eth0']);
  t.ok(await mallory.reaches('10.77.0.2', { options: ['-I', '10.77.0.9'] }));
  const before = await heard(victim);
  await mallory.run(['python3', '-c', foreignFrames]);
  await topology.until('the victim heard them', async () => await heard(victim) - before >= 20, 5000);
  const { items } = JSON.parse(await topology.control('get', 'fdb', '-o', 'json')) as { items: object[] };
  t.match(items.filter((entry) => 'mac' in entry && entry.mac === '02:66:66:66:66:66'),
    [{ network: 'blue', port: 'mallory', type: 'learned' }], 'the new MAC is in the table');
});

const rawSocket = existsSync(compiled('../node_modules/raw-socket/build/Release/raw.node'))
  ? false : 'needs raw-socket, which could not be built here';

t.test('a crafted packet with a forged source dies, its twin with the true one passes', { skip: lacking() || rawSocket }, async (t) => {
  await using topology = await Topology.open(t);
  const [mallory, victim] = await pair(topology);
  const send = async (source: readonly number[]): Promise<string> => await mallory.run([
    process.execPath, compiled('test/harness/raw-sender.js'), source.join('.'), '10.77.0.2', '20',
  ]);
  const before = await heard(victim);
  await send([10, 77, 0, 9]);
  await topology.until('the forged ones died', async () => await topology.drops('mallory', 'ip_spoofed') >= 20);
  t.ok(await heard(victim) - before < 10, 'nothing of them arrived');
  await send([10, 77, 0, 1]);
  await topology.until('the true ones arrived', async () => await heard(victim) - before >= 20);
  const last = JSON.parse(await topology.control('explain', '--port', 'mallory', '--last', '1', '-o', 'json')) as Record<string, unknown>;
  t.match(JSON.stringify(last), /ip_spoofed/, 'explain --last tells how the last one died');
});
