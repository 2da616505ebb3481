/** Neither the flow cache nor the cutting of a stream into batches can be seen from outside. */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { holds } from '../harness/random.ts';
import { findDifferences, type Life, live, type Manner, type World, worlds } from './worlds.ts';

async function liveProduct(world: World, manner: Manner): Promise<Life> {
  await using product = await ProductPlayer.open();
  return await live(product, world, manner);
}

function alike(one: Manner, other: Manner): fc.IRawProperty<unknown> {
  return fc.asyncProperty(worlds(60), async (world) => {
    const wrong = findDifferences(await liveProduct(world, one), await liveProduct(world, other));
    if (wrong.length > 0) throw new Error(wrong.slice(0, 6).join('\n'));
  }) as fc.IRawProperty<unknown>;
}

t.test('what is remembered changes nothing', { timeout: 600_000 }, async (t) => {
  await holds(t, 'with and without the flow cache alike', alike({ batched: false, cold: false }, { batched: false, cold: true }), 250);
  await holds(t, 'any cutting into batches alike', alike({ batched: true, cold: false }, { batched: false, cold: false }), 250);
});
