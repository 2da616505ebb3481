/** Applying what stands changes nothing, generations only grow, and a refused apply leaves everything as it was. */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { holds } from '../harness/random.ts';
import { Standing, type World, worlds } from './worlds.ts';

async function findRegress(world: World): Promise<string | undefined> {
  await using player = await ProductPlayer.open();
  const { product } = player;
  const standing = new Standing(world);
  await player.apply(standing.resources());
  let generation = product.generation;
  for (const step of world.steps) {
    const removed = standing.remove(step);
    const resource = standing.put(step);
    if (removed !== undefined) await player.remove('Port', removed);
    if (resource !== undefined) await player.apply([resource]);
    if (product.generation < generation) return `generation ${product.generation} came after ${generation}`;
    generation = product.generation;
    const again = await product.apply(standing.resources());
    if (again.changes.length > 0) return `applying what stands changed ${JSON.stringify(again.changes)}`;
    if (product.generation !== generation) return 'applying what stands made a new generation';
    const before = JSON.stringify([product.get('Network'), product.get('Port'), product.fdb()]);
    const refused = await product.apply([...standing.resources(), { kind: 'Port', apiVersion: 'vswitch/v1', metadata: { name: 'wrong' }, spec: { network: 'nowhere', type: 'memory' } }])
      .then(() => 'was not refused', () => undefined);
    if (refused !== undefined) return `a port of an unknown network ${refused}`;
    if (JSON.stringify([product.get('Network'), product.get('Port'), product.fdb()]) !== before) return 'a refused apply changed something';
  }
  return undefined;
}

t.test('generations', { timeout: 600_000 }, async (t) => {
  const property = fc.asyncProperty(worlds(40), async (world) => {
    const regress = await findRegress({ ...world, steps: world.steps.filter(({ step }) => step !== 'send' && step !== 'advance') });
    if (regress !== undefined) throw new Error(regress);
  });
  await holds(t, 'applying again yields nothing, and numbers only grow', property as fc.IRawProperty<unknown>, 100);
});
