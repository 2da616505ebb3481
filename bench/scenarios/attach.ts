/**
 * attach: how fast containers get their port, and what ports cost in memory.
 *
 * The namespaces are there already. `one by one` is how containers start; `at once` how a host does. A port counts when frames
 * may pass, with MAC and address set.
 */
import { addressOf } from '../lab.ts';
import { measure, type Measure } from '../result.ts';
import { memoryOf } from '../usage.ts';
import { needsContainers, wanted, type Scenario } from './scenario.ts';

const count = 64;

export const attach: Scenario = {
  name: 'attach',
  about: `${count} ports one by one and ${count} more at once: ports a second, resident memory`,
  pieces: [],
  without: (driver) => needsContainers(driver) ?? (driver.isPair === true ? 'it connects two containers and no more' : undefined),
  async run(lab, driver, settings) {
    const numbers = Array.from({ length: 2 * count }, (_, index) => index + 1);
    for (const number of numbers) await lab.numbered(number);
    const running = await driver.open!(lab, numbers.length);
    const measures: Measure[] = [];
    const memory = (): number => memoryOf(running.pids);
    const timed = async (variant: string, work: () => Promise<void>): Promise<void> => {
      const start = performance.now();
      await work();
      const seconds = (performance.now() - start) / 1000;
      if (wanted(variant, settings)) measures.push(measure(variant, 'rate', count / seconds, 'ports/s'));
    };
    const before = memory();
    await timed(`${count} one by one`, async () => {
      for (const number of numbers.slice(0, count)) await running.attach([number]);
    });
    await timed(`${count} at once`, async () => await running.attach(numbers.slice(count)));
    await lab.untilConnected(await lab.numbered(1), addressOf(2 * count));
    if (running.pids.length > 0) {
      measures.push(measure('no port', 'memory', before), measure(`${2 * count} ports`, 'memory', memory()));
    }
    return measures;
  },
};
