/**
 * container-tcp: bulk TCP between two containers: one stream, four, both directions at once; and what one keeps with 1,000 rules, where
 * they can come and go under it.
 */
import { measure, type Measure } from '../result.ts';
import { pieces } from '../peers.ts';
import { keptWithRules } from './filter-in-turn.ts';
import { connectPair, costOf, iperf } from './pair.ts';
import { needsContainers, wanted, type Scenario } from './scenario.ts';

const variants: readonly (readonly [string, readonly string[]])[] = [
  ['1 stream', []],
  ['4 streams', ['-P', '4']],
  ['both directions', ['--bidir']],
];

export const containerTcp: Scenario = {
  name: 'container-tcp',
  about: 'bulk TCP between two containers, cubic: 1 stream, 4 streams, both directions at once',
  pieces: [pieces.iperf3],
  without: needsContainers,
  async run(lab, driver, settings) {
    const pair = await connectPair(lab, driver);
    const measures: Measure[] = [];
    for (const [variant, options] of variants) {
      if (!wanted(variant, settings)) continue;
      const { outcome, cpu, switchCpu } = await costOf(pair.switch.pids, async () => await iperf(lab, pair, settings.seconds, options));
      const gigabytes = outcome.bytes / 1e9;
      measures.push(measure(variant, 'throughput', outcome.gbits), measure(variant, 'cpu_per_gb', cpu / gigabytes));
      if (pair.switch.pids.length > 0) measures.push(measure(variant, 'switch_cpu_per_gb', switchCpu / gigabytes));
    }
    const inTurn = '1 stream, rules in turn';
    if (wanted(inTurn, settings)) measures.push(...await keptWithRules(lab, pair, 'tcp', inTurn));
    return measures;
  },
};
