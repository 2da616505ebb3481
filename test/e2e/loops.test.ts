/**
 * Two ports of one container that are joined inside it: the switch finds it, ends it, and takes the port back.
 *
 *   netns host .1 ──┐                    ┌── eth0 ──┐
 *                   ├── vswitchd, dev ───┤           netns twice: bridge br0
 *   netns peer .2 ──┘                    └── eth1 ──┘
 */
import t from 'tap';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';
import type { SwitchEvent } from '../../src/api/protocol.ts';

function freePort(host: Host, name: string, device: string, spec: object = {}): object {
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name },
    spec: { network: 'dev', netns: host.namespace, device, addresses: [], antiSpoof: false, ...spec },
  };
}

async function eventsOf(topology: Topology, type: string): Promise<SwitchEvent[]> {
  const { items } = JSON.parse(await topology.control('get', 'events', '-o', 'json')) as { items: SwitchEvent[] };
  return items.filter((event) => event.type === type);
}

t.test('a loop through a container is found, ended, and forgiven when it is gone', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [host, peer, twice] = await topology.hosts('host', 'peer', 'twice');
  await topology.daemon();
  await topology.apply([
    network('dev', { loopDetection: { probeSeconds: 1, holdSeconds: 2 } }), tapPort(host, 'dev', 1), tapPort(peer, 'dev', 2),
    freePort(twice, 'left', 'eth0'), freePort(twice, 'right', 'eth1'),
  ]);
  t.ok(await host.reaches('10.77.0.2'));
  t.same(await eventsOf(topology, 'loop_detected'), [], 'two ports of one container are no loop');

  await twice.run(['ip', 'link', 'add', 'br0', 'type', 'bridge']);
  for (const words of ['link set eth0 master br0', 'link set eth1 master br0', 'link set br0 up']) await twice.run(['ip', ...words.split(' ')]);
  await host.attempt(['ping', '-b', '-c', '3', '-i', '0.2', '-W', '1', '10.77.0.255']);
  await topology.until('the loop is found', async () => (await eventsOf(topology, 'loop_detected')).length > 0, 15_000);
  const [found] = await eventsOf(topology, 'loop_detected') as Extract<SwitchEvent, { type: 'loop_detected' }>[];
  t.same([found?.port, found?.fromPort].sort(), ['left', 'right']);
  t.equal(found?.network, 'dev');
  t.ok(await host.reaches('10.77.0.2'), 'honest ports go on');
  // As long as the bridge stands it is found again and again.
  await topology.until('the port\'s status says so', async () => (
    /held down/.test((await topology.port('left')).status.message + (await topology.port('right')).status.message)));
  t.ok(await topology.drops(found?.port ?? '', 'port_held_down') > 0, 'what the held port would send or get is dropped by name');

  // Whatever goes round now would be counted without end.
  const transmitted = async (): Promise<number> => (await topology.stats()).items.filter(({ port }) => port === 'peer')[0]?.transmittedPackets ?? 0;
  await topology.until('nothing goes round any more', async () => {
    const before = await transmitted();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return await transmitted() - before < 50;
  });

  await twice.run(['ip', 'link', 'del', 'br0']);
  await topology.until('the port comes back by itself', async () => {
    const loops = await eventsOf(topology, 'loop_detected');
    const released = await eventsOf(topology, 'port_released');
    return released.length > 0 && released.length === loops.length;
  }, 15_000);
  const stats = (await topology.stats()).items.map(({ port }) => port);
  t.same(stats.sort(), ['host', 'left', 'peer', 'right']);
  t.ok(await host.reaches('10.77.0.2'));
});

t.test('under anti-spoof there is nothing to find', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [host, twice] = await topology.hosts('host', 'twice');
  await topology.daemon();
  const held = (name: string, device: string): object => freePort(twice, name, device, { antiSpoof: true });
  await topology.apply([network('dev', { loopDetection: { probeSeconds: 1 } }), tapPort(host, 'dev', 1), held('left', 'eth0'), held('right', 'eth1')]);
  await twice.run(['ip', 'link', 'add', 'br0', 'type', 'bridge']);
  for (const words of ['link set eth0 master br0', 'link set eth1 master br0', 'link set br0 up']) await twice.run(['ip', ...words.split(' ')]);
  await host.attempt(['ping', '-b', '-c', '5', '-i', '0.2', '-W', '1', '10.77.0.255']);
  await topology.until('what comes back dies as spoofed', async () => await topology.drops('left', 'mac_spoofed') + await topology.drops('right', 'mac_spoofed') >= 5);
  t.same(await eventsOf(topology, 'loop_detected'), []);
});
