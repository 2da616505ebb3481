/**
 * In worlds that nobody wrote down: the switch does what its slow twin does, and its counters obey the law.
 *
 * VSW_SEED repeats a run, VSW_RUNS multiplies the number of worlds.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer, TwinPlayer } from '../golden/player.ts';
import { holds } from '../harness/random.ts';
import { findDifferences, live, type Manner, worlds } from './worlds.ts';

function fail(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.slice(0, 6).join('\n'));
}

function agreement(manner: Manner, steps: number): fc.IRawProperty<unknown> {
  return fc.asyncProperty(worlds(steps), async (world) => {
    await using product = await ProductPlayer.open();
    const twin = new TwinPlayer();
    const life = await live(product, world, manner);
    fail(life.imbalances);
    fail(findDifferences(life, await live(twin, world, manner)));
  }) as fc.IRawProperty<unknown>;
}

t.test('the switch agrees with its slow twin', { timeout: 600_000 }, async (t) => {
  await holds(t, 'frame by frame, with the flow cache', agreement({ batched: false, cold: false }, 60), 250);
  await holds(t, 'frame by frame, without it', agreement({ batched: false, cold: true }, 40), 100);
  await holds(t, 'in batches, with the flow cache', agreement({ batched: true, cold: false }, 60), 150);
});

t.test('the law holds in the twin too', { timeout: 600_000 }, async (t) => {
  const property = fc.asyncProperty(worlds(40), async (world) => {
    fail((await live(new TwinPlayer(), world, { batched: false, cold: false })).imbalances);
  });
  await holds(t, 'received = forwarded + consumed + dropped + held', property as fc.IRawProperty<unknown>, 100);
});
