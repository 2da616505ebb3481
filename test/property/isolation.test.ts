/** No frame crosses networks, whatever anybody sends: what one network does cannot be seen in another. */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { describeFrame } from '../harness/checkers.ts';
import { holds } from '../harness/random.ts';
import { portName, Standing, type World, worlds } from './worlds.ts';

/** Every frame is followed alone: who got something must stand in the sender's network. */
async function findCrossing(world: World): Promise<string | undefined> {
  await using product = await ProductPlayer.open();
  const standing = new Standing(world);
  await product.apply(standing.resources());
  for (const step of world.steps) {
    const sent = standing.frame(step);
    if (sent === undefined) {
      if (step.step === 'advance') product.advance(step.ms);
      const removed = standing.remove(step);
      if (removed !== undefined) await product.remove('Port', removed);
      const resource = standing.put(step);
      if (resource !== undefined) await product.apply([resource]);
      continue;
    }
    product.send(sent.port, sent.built.frame, sent.built.offload);
    product.run();
    const home = standing.ports.get(Number(sent.port.split('-')[1]))?.network;
    for (const [index, plan] of standing.ports) {
      const taken = product.take(portName(index));
      if (plan.network !== home && taken.length > 0) return `${sent.port} → ${portName(index)}: ${describeFrame(sent.built.frame)}`;
    }
  }
  return undefined;
}

t.test('networks never meet', { timeout: 600_000 }, async (t) => {
  const property = fc.asyncProperty(worlds(60), async (world) => {
    const crossing = await findCrossing(world);
    if (crossing !== undefined) throw new Error(crossing);
  });
  await holds(t, 'who gets a frame stands in its sender\'s network', property as fc.IRawProperty<unknown>, 100);
});
