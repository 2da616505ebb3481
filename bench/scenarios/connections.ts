/**
 * connections: how many new ones one thread judges and records in a second of its own time, in memory, asking all of the rules.
 *
 * Frames of 64 bytes: SYNs of ever new ports, each of which the last of 1,000 rules allows; then the answers to all of them. Once
 * with that rule alone, to show what asking the others costs.
 */
import { rulesMeasured } from '../filter/rules.ts';
import { measure } from '../result.ts';
import { summarise } from '../statistics.ts';
import type { Scenario } from './scenario.ts';

const variants = [{ name: `${rulesMeasured} rules`, rules: rulesMeasured }, { name: 'allow-all rule', rules: 1 }] as const;
const count = 1_000_000;

export const connections: Scenario = {
  name: 'connections',
  about: `new TCP connections a second on one core, in memory, ${rulesMeasured} rules asked about each`,
  pieces: [],
  without: (driver) => (driver.begin === undefined ? 'it tracks no connections in memory' : undefined),
  parts: () => variants.map(({ name }) => name),
  async run(lab, driver, { only }) {
    const variant = variants.find(({ name }) => only.includes(name));
    if (variant === undefined) throw new Error(`connections has no variant ${only.join(', ')}`);
    const { opened, answered } = await driver.begin!(lab, { connections: count, rules: variant.rules });
    return [
      measure(variant.name, 'rate', summarise(opened).median, 'k/s'),
      measure(`${variant.name}, answered`, 'rate', summarise(answered).median, 'k/s'),
    ];
  },
};
