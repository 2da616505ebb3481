/**
 * In worlds that nobody wrote down: the switch does what its slow twin does, and its counters obey the law.
 *
 * VSW_SEED repeats a run, VSW_RUNS multiplies the number of worlds.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer, TwinPlayer } from '../golden/player.ts';
import { ethernet, ipv4, udp } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import type { Resource } from '../model/world.ts';
import { findDifferences, live, type Manner, worlds } from './worlds.ts';

function fail(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.slice(0, 6).join('\n'));
}

function agreement(manner: Manner, steps: number, hasFaults = false): fc.IRawProperty<unknown> {
  return fc.asyncProperty(worlds(steps, hasFaults), async (world) => {
    await using product = await ProductPlayer.open();
    const twin = new TwinPlayer();
    const life = await live(product, world, manner);
    fail(life.imbalances);
    fail(findDifferences(life, await live(twin, world, manner)));
  }) as fc.IRawProperty<unknown>;
}

t.test('the switch agrees with its slow twin', { timeout: 600_000 }, async (t) => {
  await holds(t, 'frame by frame, with the flow cache', agreement({ batched: false, cold: false }, 60), 800);
  await holds(t, 'frame by frame, without it', agreement({ batched: false, cold: true }, 40), 300);
  await holds(t, 'in batches, with the flow cache', agreement({ batched: true, cold: false }, 60), 500);
  await holds(t, 'in batches, with faults', agreement({ batched: true, cold: false }, 40, true), 300);
});

t.test('the law holds in the twin too', { timeout: 600_000 }, async (t) => {
  const property = fc.asyncProperty(worlds(40), async (world) => {
    fail((await live(new TwinPlayer(), world, { batched: false, cold: false })).imbalances);
  });
  await holds(t, 'received = forwarded + consumed + dropped + held', property as fc.IRawProperty<unknown>, 100);
});

t.test('a MAC that is declared from now on is learned no more', async (t) => {
  const network = (staticMacs: object[]): Resource => ({ apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'blue' }, spec: { subnets: ['10.0.0.0/24'], staticMacs } });
  const guest = { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'guest' }, spec: { network: 'blue', type: 'memory', mac: '02:00:00:00:00:01', addresses: ['10.0.0.1/24'], antiSpoof: false } };
  const ends = { source: '10.0.0.77', destination: '10.0.0.1' };
  const heard = ethernet({ source: '02:00:00:00:00:77', destination: '02:00:00:00:00:88', type: 0x0800, payload: ipv4({ ...ends, protocol: 17, payload: udp(ends, 1, 2, new Uint8Array(4)) }) });
  for (const player of [new TwinPlayer(), await ProductPlayer.open()]) {
    await player.apply([network([]), guest]);
    player.send('guest', heard);
    player.run();
    t.same(player.learned(), [{ network: 'blue', mac: '02:00:00:00:00:77', port: 'guest' }], 'it was heard');
    await player.apply([network([{ mac: '02:00:00:00:00:77', port: 'guest' }])]);
    t.same(player.learned(), [], 'it stands in the tables once, as static');
    await player[Symbol.asyncDispose]();
  }
});
