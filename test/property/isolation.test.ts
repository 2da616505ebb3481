/** No frame crosses networks, whatever anybody sends: what one network does cannot be seen in another. */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { describeFrame } from '../harness/checkers.ts';
import { broadcastMac, ethernet, ipv4, udp } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import type { Resource } from '../model/world.ts';
import { portName, Standing, type World, worlds } from './worlds.ts';

/** Every frame is followed alone: who got something must stand in a network of the sender's. */
async function findCrossing(world: World): Promise<string | undefined> {
  await using product = await ProductPlayer.open();
  const standing = new Standing(world);
  await product.apply(standing.resources());
  for (const step of world.steps) {
    const sent = standing.frame(step);
    if (sent === undefined) {
      if (step.step === 'advance') {
        product.advance(step.ms);
        for (const index of standing.ports.keys()) product.take(portName(index)); // what the switch itself asks
      }
      const removed = standing.remove(step);
      if (removed !== undefined) await product.remove('Port', removed);
      const resource = standing.put(step);
      if (resource !== undefined) await product.apply([resource]);
      continue;
    }
    product.send(sent.port, sent.built.frame, sent.built.offload);
    product.run();
    const home = standing.networksOf(Number(sent.port.split('-')[1]));
    for (const index of standing.ports.keys()) {
      const taken = product.take(portName(index));
      if (!standing.networksOf(index).some((network) => home.includes(network)) && taken.length > 0) return `${sent.port} → ${portName(index)}: ${describeFrame(sent.built.frame)}`;
    }
  }
  return undefined;
}

t.test('networks never meet', { timeout: 600_000 }, async (t) => {
  const property = fc.asyncProperty(worlds(60), async (world) => {
    const crossing = await findCrossing(world);
    if (crossing !== undefined) throw new Error(crossing);
  });
  await holds(t, 'who gets a frame stands in its sender\'s network', property as fc.IRawProperty<unknown>, 300);
});

const strangerMac = '02:00:00:00:00:77';

function network(name: string): Resource {
  return { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name }, spec: { subnets: ['10.0.0.0/24'] } };
}

function port(name: string, number: number, network: string, antiSpoof: boolean): Resource {
  const spec = { network, type: 'memory', mac: `02:00:00:00:00:0${number}`, addresses: [`10.0.0.${number}/24`], antiSpoof };
  return { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name }, spec };
}

function datagram(source: string, destination: string, from: string, to: string): Uint8Array {
  const ends = { source: from, destination: to };
  return ethernet({ source, destination, type: 0x0800, payload: ipv4({ ...ends, protocol: 17, payload: udp(ends, 1000, 1000, new Uint8Array(8)) }) });
}

const changes: readonly [string, Resource[], string[]][] = [
  ['moves to another network', [port('guest', 2, 'red', false)], ['lab']],
  ['may from now on hold declared MACs only', [port('guest', 2, 'blue', true)], ['lab']],
  ['gets another MAC and stays', [port('guest', 4, 'blue', false)], ['guest']],
];

for (const [change, resources, receivers] of changes) {
  t.test(`what was learned of a port that ${change}`, async (t) => {
    await using player = await ProductPlayer.open();
    await player.apply([network('blue'), network('red'), port('web', 1, 'blue', true), port('guest', 2, 'blue', false), port('lab', 3, 'blue', false)]);
    const ask = (): string[] => {
      player.send('web', datagram('02:00:00:00:00:01', strangerMac, '10.0.0.1', '10.0.0.77'));
      player.run();
      return ['guest', 'lab'].filter((name) => player.take(name).length > 0);
    };
    player.send('guest', datagram(strangerMac, '02:00:00:00:00:01', '10.0.0.77', '10.0.0.1'));
    player.run();
    t.same(ask(), ['guest'], 'the stranger was heard there');
    await player.apply(resources);
    t.same(ask(), receivers, 'is true only as long as it can be');
    player.send('web', datagram('02:00:00:00:00:01', broadcastMac, '10.0.0.1', '10.0.0.255'));
    player.run();
    t.same(player.take('guest').length, resources[0]?.spec['network'] === 'blue' ? 1 : 0, 'a flood reaches it in its own network alone');
  });
}
