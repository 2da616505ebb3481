/** idle: what a switch with two containers costs while nothing moves. */
import { measure } from '../result.ts';
import { memoryOf, secondsOf } from '../usage.ts';
import { pause } from '../lab.ts';
import { connectPair } from './pair.ts';
import { needsContainers, type Scenario } from './scenario.ts';

export const idle: Scenario = {
  name: 'idle',
  about: 'two containers that are silent: CPU and resident memory of the switch',
  pieces: [],
  without: needsContainers,
  async run(lab, driver, { seconds }) {
    const { switch: { pids } } = await connectPair(lab, driver);
    await pause(1000);
    const before = secondsOf(pids);
    const start = performance.now();
    await pause(Math.max(2, seconds) * 1000);
    const cpu = (secondsOf(pids) - before) / ((performance.now() - start) / 1000);
    return [measure('2 ports', 'cpu', cpu * 100), measure('2 ports', 'memory', memoryOf(pids))];
  },
};
