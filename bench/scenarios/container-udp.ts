/**
 * container-udp: datagrams between two containers, of one socket.
 *
 * Flat out for several sizes; the throughput of RFC 2544, which is the highest rate with a loss below the allowed part (0.5 %
 * here, since a kernel's queue is no wire), found by halving; and super-frames that the sender leaves to be cut (UDP GSO), with
 * a receiver that takes them one by one and one that takes them gathered. And what is kept of the first with 1,000 rules, where
 * they can come and go under it.
 */
import type { Lab } from '../lab.ts';
import { measure, type Measure } from '../result.ts';
import { keptWithRules } from './filter-in-turn.ts';
import { connectPair, stream, type Pair, type Stream } from './pair.ts';
import { needsContainers, wanted, type Scenario, type TrialSettings } from './scenario.ts';

const lossAllowed = 0.005;
/** The search ends when two rates are this close. */
const resolution = 0.06;

const flatOut: readonly (readonly [string, Stream])[] = [
  ['64 B', { payload: 64 }],
  ['256 B', { payload: 256 }],
  ['512 B', { payload: 512 }],
  ['1024 B', { payload: 1024 }],
  ['1472 B', { payload: 1472 }],
  ['GSO 44 × 1400 B', { payload: 1400, segments: 44 }],
  ['GSO 44 × 1400 B, gathered', { payload: 1400, segments: 44, gathered: true }],
];

async function highestRate(lab: Lab, pair: Pair, { seconds }: TrialSettings): Promise<number> {
  const trialSeconds = Math.min(1, seconds);
  const passes = async (rate: number): Promise<boolean> => {
    const { sent, lost } = await stream(lab, pair, trialSeconds, { payload: 64, rate });
    return lost < lossAllowed && sent > 0.9 * rate; // a sender that cannot keep up shows nothing
  };
  let [good, bad] = [0, Math.round((await stream(lab, pair, trialSeconds, { payload: 64 })).sent)];
  while (bad - good > resolution * bad && bad > 2000) {
    const rate = Math.round((good + bad) / 2);
    if (await passes(rate)) good = rate;
    else bad = rate;
  }
  return good;
}

export const containerUdp: Scenario = {
  name: 'container-udp',
  about: 'datagrams of one socket: flat out by size, the highest rate under 0.5 % loss, UDP GSO',
  pieces: [],
  without: needsContainers,
  async run(lab, driver, settings) {
    const pair = await connectPair(lab, driver);
    const measures: Measure[] = [];
    for (const [variant, traffic] of flatOut) {
      if (wanted(variant, settings)) measures.push(measure(variant, 'delivered', (await stream(lab, pair, settings.seconds, traffic)).delivered / 1e3));
    }
    const variant = '64 B under 0.5 % loss';
    if (wanted(variant, settings)) measures.push(measure(variant, 'rate', await highestRate(lab, pair, settings) / 1e3, 'kpps'));
    const inTurn = '64 B, rules in turn';
    if (wanted(inTurn, settings)) measures.push(...await keptWithRules(lab, pair, 'udp', inTurn));
    return measures;
  },
};
