/**
 * Which MACs are learned when there are too many of them, or when they move too often: as the slow twin says.
 *
 * The table is small (8 MACs for four ports), so every rule about who gives way is met. Frames are ARP,
 * which no flow cache knows, so every frame is heard. The budget for disturbances is larger than a story.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer, TwinPlayer } from '../golden/player.ts';
import { arp, broadcastMac, ethernet } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import type { Resource } from '../model/world.ts';

const tableSize = 8;
const name = (index: number): string => `guest-${index}`;
const mac = (index: number): string => `02:00:00:00:02:${String(index).padStart(2, '0')}`;

interface Hearing {
  port: number;
  mac: number;
  afterMs: number;
}

const hearing: fc.Arbitrary<Hearing> = fc.record({
  port: fc.nat(3), mac: fc.oneof({ weight: 2, arbitrary: fc.nat(1) }, { weight: 3, arbitrary: fc.nat(13) }), afterMs: fc.constantFrom(0, 1, 1, 700, 2500, 9999, 10_000),
});
const limits = fc.tuple(...[0, 1, 2, 3].map(() => fc.constantFrom(1, 3, 8, 8)));

function resources(macs: readonly number[]): Resource[] {
  return [
    { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'blue' }, spec: { macAgeSeconds: 100_000 } },
    ...macs.map((most, index): Resource => ({
      apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: name(index) },
      spec: { network: 'blue', type: 'memory', mac: `02:00:00:00:00:0${index}`, addresses: [], antiSpoof: false, limits: { macs: most } },
    })),
  ];
}

function hear(port: string, from: string, player: ProductPlayer | TwinPlayer): void {
  player.send(port, ethernet({ source: from, destination: broadcastMac, type: 0x0806, payload: arp({ operation: 1, senderMac: from, senderIp: '10.0.0.9', targetIp: '10.0.0.9' }) }));
  player.run();
}

t.test('who is learned, who gives way and what flaps', { timeout: 600_000 }, async (t) => {
  const property = fc.asyncProperty(limits, fc.array(hearing, { minLength: 1, maxLength: 80 }), async (macs, story) => {
    await using product = await ProductPlayer.open(tableSize);
    const twin = new TwinPlayer();
    twin.model.macsMax = tableSize;
    for (const player of [product, twin]) await player.apply(resources(macs));
    for (const [step, { port, mac: index, afterMs }] of story.entries()) {
      for (const player of [product, twin]) {
        player.advance(afterMs);
        hear(name(port), mac(index), player);
      }
      const [mine, theirs] = [product.learned(), twin.learned()].map((rows) => rows.map((row) => `${row.mac}@${row.port}`).join(' '));
      if (mine !== theirs) throw new Error(`after ${step + 1} frames: ${mine} ≠ ${theirs}`);
    }
    const flaps = product.product.events().flatMap((event) => (event.type === 'mac_flap' ? [{ mac: event.mac, port: event.port, fromPort: event.fromPort }] : []));
    if (JSON.stringify(flaps) !== JSON.stringify(twin.model.flaps)) throw new Error(`flaps: ${JSON.stringify(flaps)} ≠ ${JSON.stringify(twin.model.flaps)}`);
  });
  await holds(t, 'the switch and its twin know the same MACs after every frame', property as fc.IRawProperty<unknown>, 300);
});

t.test('what the bounds cost is counted and told', async (t) => {
  await using player = await ProductPlayer.open(tableSize);
  await player.apply(resources([8, 3, 8, 8]));
  for (let index = 0; index < 8; ++index) hear('guest-0', mac(index), player);
  for (let index = 20; index < 24; ++index) hear('guest-1', mac(index), player);
  for (let time = 0; time < 6; ++time) hear(time % 2 === 0 ? 'guest-2' : 'guest-3', mac(7), player);
  const counted = player.product.stats().items.map(({ port, macsRefused, macMovesRefused, macsEvicted }) => `${port} ${macsRefused} ${macMovesRefused} ${macsEvicted}`);
  t.same(counted, ['guest-0 0 0 3', 'guest-1 1 0 0', 'guest-2 0 1 0', 'guest-3 0 0 0']);
  const told = player.product.events().filter(({ type }) => type === 'mac_evicted' || type === 'mac_flap').map(({ time: _, ...event }) => event);
  t.same(told, [
    ...[0, 1, 2].map((index) => ({ type: 'mac_evicted', network: 'blue', mac: mac(index), port: 'guest-0', fromPort: 'guest-1' })),
    { type: 'mac_flap', network: 'blue', mac: mac(7), port: 'guest-2', fromPort: 'guest-3' },
  ]);
});
