/**
 * `npm run bench`: scenario × driver × repeat, each trial in a fresh process, in turn; then the report.
 *
 * A trial that was disturbed is tried again so often as was asked, and then kept and marked. A driver that is absent or
 * fails is told with its reason, and the others go on.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { attempt, endAll } from '../src/demo/command.ts';
import { removeOrphans } from '../src/demo/container.ts';
import { readArguments, usage, type BenchWish } from './arguments.ts';
import { drivers } from './drivers/drivers.ts';
import type { Driver } from './drivers/driver.ts';
import { labPrefix } from './lab.ts';
import { describeMachine } from './machine.ts';
import { provide } from './peers.ts';
import { plotOf } from './plot.ts';
import { Progress } from './progress.ts';
import { reportOf } from './report.ts';
import { linesOf, type Measure, type Result, type Trial } from './result.ts';
import { schedule, type Cell } from './schedule.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { scenarios } from './scenarios/scenarios.ts';

const trialProgram = fileURLToPath(new URL('./trial.js', import.meta.url));
const choices = { scenarios: scenarios.map(({ name }) => name), drivers: drivers.map(({ name }) => name) };
const trialSecondsMax = 600;

type Absent = Result['absent'][number];

async function cellsOf(wish: BenchWish, absent: Absent[], progress: Progress): Promise<Cell[]> {
  const cells: Cell[] = [];
  const lacking = new Map<Driver | Scenario, string | undefined>();
  for (const piece of [...scenarios.filter(({ name }) => wish.scenarios.includes(name)), ...drivers.filter(({ name }) => wish.drivers.includes(name))]) {
    lacking.set(piece, await provide(piece.pieces, (line) => progress.say(line)));
  }
  for (const scenarioName of wish.scenarios) {
    const scenario = scenarios.find(({ name }) => name === scenarioName)!;
    for (const driverName of wish.drivers) {
      const driver = drivers.find(({ name }) => name === driverName)!;
      const reason = scenario.without(driver) ?? lacking.get(scenario) ?? lacking.get(driver);
      if (reason !== undefined) absent.push({ scenario: scenarioName, driver: driverName, reason });
      else if (scenario.parts === undefined) cells.push({ scenario: scenarioName, driver: driverName });
      else {
        const parts = scenario.parts(driver).filter((part) => wish.only.length === 0 || wish.only.some((word) => part.includes(word)));
        cells.push(...parts.map((part) => ({ scenario: scenarioName, driver: driverName, part })));
      }
    }
  }
  return cells;
}

/** The trial, or why it failed. */
async function tryCell(cell: Cell, wish: BenchWish): Promise<Trial | string> {
  const settings = { seconds: wish.seconds, only: cell.part === undefined ? wish.only : [cell.part] };
  const words = [process.execPath, trialProgram, cell.scenario, cell.driver, JSON.stringify(settings)];
  const { code, answer, output } = await attempt(words, { timeoutMs: trialSecondsMax * 1000 });
  if (code !== 0) return output.trim() || `it ended with ${code}`;
  const { measures, disturbance } = JSON.parse(answer.trim().split('\n').at(-1) ?? '') as { measures: Measure[]; disturbance: string[] };
  return { scenario: cell.scenario, driver: cell.driver, measures, disturbance };
}

async function measureAll(wish: BenchWish): Promise<Result> {
  const progress = new Progress();
  const absent: Absent[] = [];
  const cells = await cellsOf(wish, absent, progress);
  const order = schedule(cells, wish.repeat);
  const trials: Trial[] = [];
  const failed = new Map<string, number>();
  for (const [index, cell] of order.entries()) {
    const name = [cell.scenario, cell.part, cell.driver].filter((word) => word !== undefined).join(' · ');
    if ((failed.get(name) ?? 0) > 1) continue; // twice in a row is no accident
    let outcome: Trial | string = '';
    for (let tries = 0; tries <= wish.retries; tries += 1) {
      progress.show(index, order.length, `${name}${tries > 0 ? ` (again: ${typeof outcome === 'string' ? 'it failed' : outcome.disturbance.join(', ')})` : ''}`);
      const next = await tryCell(cell, wish);
      // Of disturbed trials the last is kept; a failure after one does not take it away.
      if (typeof next !== 'string' || typeof outcome === 'string') outcome = next;
      if (typeof outcome !== 'string' && outcome.disturbance.length === 0) break;
    }
    if (typeof outcome === 'string') {
      failed.set(name, (failed.get(name) ?? 0) + 1);
      if (!absent.some(({ scenario, driver, reason }) => scenario === cell.scenario && driver === cell.driver && reason === outcome)) {
        absent.push({ scenario: cell.scenario, driver: cell.driver, reason: outcome });
        progress.say(`${name} failed: ${outcome}`);
      }
    } else {
      failed.delete(name);
      trials.push(outcome);
    }
  }
  progress.end();
  return {
    machine: { ...describeMachine(), versions: await versionsOf(wish), when: new Date().toISOString(), settings: { repeat: wish.repeat, seconds: wish.seconds, congestionControl: 'cubic' } },
    results: linesOf(trials),
    absent,
  };
}

async function versionsOf(wish: BenchWish): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const { name, version } of drivers.filter((driver) => wish.drivers.includes(driver.name))) {
    try {
      if (version !== undefined) versions[name] = await version();
    } catch {
      // It is absent; the result says so already.
    }
  }
  return versions;
}

function obstacleOf(wish: BenchWish): string | undefined {
  if (wish.read !== undefined || process.getuid?.() === 0) return undefined;
  return 'namespaces and devices need root; remedy: run it again with sudo, or as root';
}

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2), choices);
  if (read.kind === 'help') {
    process.stdout.write(usage(choices));
    return 0;
  }
  if (read.kind === 'wrong') {
    process.stderr.write(`${read.errors.map((error) => `bench: ${error}`).join('\n')}\n\n${usage(choices)}`);
    return 2;
  }
  const { wish } = read;
  const obstacle = obstacleOf(wish);
  if (obstacle !== undefined) {
    process.stderr.write(`bench: ${obstacle}\n`);
    return 1;
  }
  if (wish.read === undefined) await removeOrphans(labPrefix);
  const result = wish.read === undefined ? await measureAll(wish) : (JSON.parse(readFileSync(wish.read, 'utf8')) as Result);
  const against = wish.against ?? wish.drivers.find((name) => name !== 'vswitch') ?? result.results.find(({ driver }) => driver !== 'vswitch')?.driver;
  if (wish.json !== undefined) writeFileSync(wish.json, `${JSON.stringify(result, undefined, 1)}\n`);
  if (wish.plot !== undefined) writeFileSync(wish.plot, plotOf(result));
  process.stdout.write(`${reportOf(result, against)}\n`);
  if (availableParallelism() < 2) process.stdout.write('This machine has one core: what needs two was left out.\n');
  return result.results.length > 0 ? 0 : 1;
}

for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]] as const) {
  process.once(signal, () => {
    void endAll().then(() => process.exit(128 + number));
  });
}
process.exitCode = await main();
