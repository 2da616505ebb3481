/** What explain says is what then happens, and asking leaves no trace. */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { describeFrame } from '../harness/checkers.ts';
import { holds } from '../harness/random.ts';
import { portName, Standing, type World, worlds } from './worlds.ts';

const allowed = ['forwarded', 'flooded', 'answered', 'consumed'];

async function findLie(world: World): Promise<string | undefined> {
  await using player = await ProductPlayer.open();
  const standing = new Standing(world);
  await player.apply(standing.resources());
  const seen = (): string => JSON.stringify([player.product.stats(), player.product.drops(), player.product.fdb(), player.product.flows()]);
  for (const step of world.steps) {
    const sent = standing.frame(step);
    // Explain is asked about plain frames: what a virtio_net_hdr claims is no part of the question.
    if (sent === undefined || sent.built.offload !== undefined) continue;
    const before = seen();
    const { verdict, reason, port, notes } = player.product.explain({ port: sent.port, frame: sent.built.frame });
    if (seen() !== before) return `asking about ${describeFrame(sent.built.frame)} changed something`;
    const deathsBefore = player.deaths();
    player.send(sent.port, sent.built.frame);
    player.run();
    // Who sends too much is told so: what its own port gets then is no receiving.
    const isTold = (name: string): boolean => reason === 'mtu_exceeded' && name === sent.port;
    const received = [...standing.ports.keys()].filter((index) => player.take(portName(index)).length > 0).map(portName).filter((name) => !isTold(name));
    const death = player.deaths().find((row) => !deathsBefore.some((old) => old.port === row.port && old.direction === row.direction && old.reason === row.reason && old.packets === row.packets));
    // A later fragment fares as its first one, for which it may wait; all that is known of that is said.
    if (notes.some((note) => note.startsWith('a later fragment fares as the first one'))) continue;
    const line = `${sent.port}: ${describeFrame(sent.built.frame)}: explain says ${verdict} ${reason} at ${port}`;
    if (verdict !== 'allow' && (death?.reason !== reason || received.length > 0)) return `${line}; ${received.join()} got it, ${JSON.stringify(death)}`;
    // What the switch takes note of may die on its way to a router, too.
    const isTaken = received.length > 0 || (reason === 'consumed' && death?.direction !== 'receive');
    if (verdict === 'allow' && (!allowed.includes(reason ?? '') || !isTaken)) return `${line}; nobody got it, ${JSON.stringify(death)}`;
  }
  return undefined;
}

t.test('explain tells what happens', { timeout: 600_000 }, async (t) => {
  const property = fc.asyncProperty(worlds(40), async (world) => {
    const lie = await findLie(world);
    if (lie !== undefined) throw new Error(lie);
  });
  await holds(t, 'the verdict, its reason and the receivers', property as fc.IRawProperty<unknown>, 250);
});
