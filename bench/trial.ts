/**
 * One trial in a process of its own: `trial.js SCENARIO DRIVER SETTINGS`, SETTINGS as JSON.
 *
 * Prints what it measured as JSON in its last line. Ended by a signal, it takes what it made along.
 */
import { drivers } from './drivers/drivers.ts';
import { Lab } from './lab.ts';
import { scenarios } from './scenarios/scenarios.ts';
import type { TrialSettings } from './scenarios/scenario.ts';
import { disturbanceOf, spentBetween, takeUsage } from './usage.ts';

const [scenarioName, driverName, settingsText = '{}'] = process.argv.slice(2);
const scenario = scenarios.find(({ name }) => name === scenarioName);
const driver = drivers.find(({ name }) => name === driverName);
if (scenario === undefined || driver === undefined) throw new Error(`no scenario ${scenarioName} or no driver ${driverName}`);
const settings = JSON.parse(settingsText) as TrialSettings;

const lab = new Lab();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    void lab.close().then(() => process.exit(1));
  });
}
const before = takeUsage();
try {
  const measures = await scenario.run(lab, driver, settings);
  await lab.close();
  const disturbance = disturbanceOf(spentBetween(before, takeUsage()));
  process.stdout.write(`${JSON.stringify({ measures, disturbance })}\n`);
} catch (error) {
  await lab.close();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
