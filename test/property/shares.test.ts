/**
 * A port's share of the flow table: who opens a flow pays for it, whoever has used up his share forwards as before,
 * only without being remembered, and nobody else notices.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { findImbalances } from '../harness/checkers.ts';
import { ethernet, ipv4, udp } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import type { Resource } from '../model/world.ts';

const name = (index: number): string => `guest-${index}`;
const mac = (index: number): string => `02:00:00:00:00:0${index + 1}`;
const address = (index: number): string => `10.0.0.${index + 1}`;
const idleMs = 31_000; // longer than a silent UDP flow is kept

interface Saying {
  from: number;
  to: number;
  port: number;
  restMs: number;
}

const saying: fc.Arbitrary<Saying> = fc.record({
  from: fc.nat(2), to: fc.nat(2), port: fc.integer({ min: 1, max: 5 }), restMs: fc.oneof({ weight: 40, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(idleMs) }),
}).filter(({ from, to }) => from !== to);

function resources(flows: readonly number[]): Resource[] {
  return [
    { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'blue' }, spec: { subnets: ['10.0.0.0/24'] } },
    ...flows.map((most, index): Resource => ({
      apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: name(index) },
      spec: { network: 'blue', type: 'memory', mac: mac(index), addresses: [`${address(index)}/24`], limits: { flows: most } },
    })),
  ];
}

/** Both directions of a conversation have one port number at both ends, so a reply is told by its addresses alone. */
function frameOf({ from, to, port }: Saying): Uint8Array {
  const ends = { source: address(from), destination: address(to) };
  const payload = ipv4({ ...ends, protocol: 17, payload: udp(ends, port, port, new Uint8Array(8)) });
  return ethernet({ source: mac(from), destination: mac(to), type: 0x0800, payload });
}

t.test('a flow is paid for by who opened it', { timeout: 600_000 }, async (t) => {
  const limits = fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(1, 2, 4, 100)));
  const property = fc.asyncProperty(limits, fc.array(saying, { minLength: 1, maxLength: 80 }), async (shares, story) => {
    await using player = await ProductPlayer.open();
    await player.apply(resources(shares));
    const payers = new Map<string, number>();
    const refused = [0, 0, 0];
    for (const [step, one] of story.entries()) {
      if (one.restMs > 0) {
        player.advance(one.restMs);
        payers.clear();
      }
      const key = `${Math.min(one.from, one.to)} ${Math.max(one.from, one.to)} ${one.port}`;
      const held = [...payers.values()].filter((payer) => payer === one.from).length;
      if (!payers.has(key)) {
        if (held < (shares[one.from] ?? 0)) payers.set(key, one.from);
        else refused[one.from] = (refused[one.from] ?? 0) + 1;
      }
      player.send(name(one.from), frameOf(one));
      player.run();
      const told = `after ${step + 1} frames`;
      if (player.take(name(one.to)).length !== 1) throw new Error(`${told}: the frame did not arrive`);
      const known = player.product.flows().length;
      if (known !== payers.size) throw new Error(`${told}: ${known} flows are known, not ${payers.size}`);
    }
    const stats = player.product.stats();
    const counted = [0, 1, 2].map((index) => stats.items.find(({ port }) => port === name(index))?.flowsRefused);
    if (counted.join() !== refused.join()) throw new Error(`refused ${counted.join()}, not ${refused.join()}`);
    const wrong = findImbalances(stats, player.deaths());
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  await holds(t, 'shares are kept, and cost a port nothing but its memory', property as fc.IRawProperty<unknown>, 40);
});
