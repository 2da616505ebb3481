/**
 * policy-scale: what many ports and policies cost who compiles them: 10,000 memory ports in 200 groups with 500 policies.
 *
 * First the compiler alone, from nothing, in this process. Then through the API, as a host's agent would ask: all of it until it is
 * active; and a port that goes from one group to the next, again and again another one, until that is active.
 * Memory ports, since what devices cost the kernel is `attach`'s to say.
 */
import { allocate, heldBy, noAllocations } from '../../src/compile/allocations.ts';
import { compile } from '../../src/compile/compile.ts';
import { emptyIntent } from '../../src/intent/intent.ts';
import { intentWith } from '../../src/intent/validate.ts';
import { scalePort, scaleResources } from '../filter/scale.ts';
import { measure } from '../result.ts';
import { summarise } from '../statistics.ts';
import { memoryOf } from '../usage.ts';
import type { Scenario } from './scenario.ts';

const scale = { ports: 10_000, groups: 200, policies: 500 } as const;
const changes = 100;
/** Neighbouring changes are of ports in other groups. */
const stride = 97;

async function msOf(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export const policyScale: Scenario = {
  name: 'policy-scale',
  about: `${scale.ports} memory ports in ${scale.groups} groups with ${scale.policies} policies: full compile, a label changed, resident memory`,
  pieces: [],
  without: (driver) => (driver.serve === undefined ? 'it takes no policies of this form' : undefined),
  async run(lab, driver) {
    const running = await driver.serve!(lab, scale.ports);
    const resources = scaleResources(scale);
    const intent = intentWith(resources, emptyIntent, heldBy(noAllocations));
    const compiledMs = await msOf(() => {
      compile(intent, allocate(intent, noAllocations, scale.ports + 1));
    });
    const activeMs = await msOf(async () => await running.apply(resources));
    const changed: number[] = [];
    for (let index = 0; index < changes; index += 1) {
      const number = (index * stride) % scale.ports;
      changed.push(await msOf(async () => await running.apply([scalePort(number, scale, (number + 1) % scale.groups)])));
    }
    return [
      measure('all compiled', 'duration', compiledMs),
      measure('all active', 'duration', activeMs),
      measure('a label changed', 'duration', summarise(changed).median),
      measure('a label changed', 'duration_max', summarise(changed).max),
      measure(`${scale.ports} ports`, 'memory', memoryOf(running.pids)),
    ];
  },
};
