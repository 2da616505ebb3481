/**
 * The command line of `npm run bench`, read: all errors at once, each with its remedy.
 */
import { parseArgs } from 'node:util';

export interface BenchWish {
  readonly scenarios: readonly string[];
  readonly drivers: readonly string[];
  readonly repeat: number;
  readonly seconds: number;
  readonly only: readonly string[];
  /** Whose figures the ratios are of. */
  readonly against: string | undefined;
  readonly json: string | undefined;
  readonly plot: string | undefined;
  /** A result to show instead of measuring. */
  readonly read: string | undefined;
  /** How many times a disturbed trial is tried again. */
  readonly retries: number;
}

export type ReadArguments =
  | { readonly kind: 'wish'; readonly wish: BenchWish }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly errors: readonly string[] };

export interface Choices {
  readonly scenarios: readonly string[];
  readonly drivers: readonly string[];
}

export function usage({ scenarios, drivers }: Choices): string {
  return `Usage: npm run bench -- --scenario S[,S] --driver D[,D] [--repeat N] [--json FILE] [--plot FILE.svg]

  --scenario S   ${scenarios.join(', ')}
  --driver D     ${drivers.join(', ')}
  --repeat N     trials of each scenario with each driver, in turn (default 3)
  --seconds N    how long each single measurement lasts (default 3)
  --only V[,V]   only variants whose name holds V, e.g. '1 stream'
  --against D    the driver that ratios are of (default: the first driver that is not vswitch)
  --retries N    how often a disturbed trial is tried again before it is kept and marked (default 1)
  --json FILE    write the result
  --plot FILE    write a drawing of the result (SVG)
  --read FILE    show and plot a result that was written before, and measure nothing
`;
}

export function readArguments(words: readonly string[], choices: Choices): ReadArguments {
  const text = { type: 'string' } as const;
  let values: Partial<Record<string, string | boolean>>;
  try {
    ({ values } = parseArgs({
      args: [...words],
      options: {
        scenario: text, driver: text, repeat: text, seconds: text, only: text, against: text, retries: text, json: text, plot: text, read: text,
        help: { type: 'boolean', short: 'h' },
      },
      strict: true,
    }));
  } catch (error) {
    return { kind: 'wrong', errors: [(error as Error).message.split('\n')[0] ?? 'unreadable'] };
  }
  if (values['help'] === true) return { kind: 'help' };
  const of = (name: string): string | undefined => values[name] as string | undefined;
  const errors: string[] = [];
  const names = (option: 'scenario' | 'driver', known: readonly string[]): string[] => {
    const given = listOf(of(option));
    if (given.length === 0 && of('read') === undefined) errors.push(`--${option} is missing: give one or more of ${known.join(', ')}`);
    for (const name of given) {
      if (!known.includes(name)) errors.push(`--${option} ${name}: there is no such ${option}; choose of ${known.join(', ')}`);
    }
    return [...new Set(given)];
  };
  const number = (option: string, fallback: number, min: number, max: number): number => {
    const given = of(option);
    if (given === undefined) return fallback;
    const value = Number(given);
    if (!/^\d+(\.\d+)?$/.test(given) || value < min || value > max) errors.push(`--${option} ${given}: give a number from ${min} to ${max}`);
    return value;
  };
  const whole = (option: string, fallback: number, min: number, max: number): number => {
    const value = number(option, fallback, min, max);
    if (!Number.isInteger(value)) errors.push(`--${option} ${value}: give a whole number`);
    return value;
  };
  const wantedScenarios = names('scenario', choices.scenarios);
  const drivers = names('driver', choices.drivers);
  const against = of('against');
  if (against !== undefined && drivers.length > 0 && !drivers.includes(against)) {
    errors.push(`--against ${against}: it is not measured; choose of ${drivers.join(', ')}`);
  }
  const wish: BenchWish = {
    scenarios: wantedScenarios, drivers, against,
    repeat: whole('repeat', 3, 1, 1000), seconds: number('seconds', 3, 0.2, 600), retries: whole('retries', 1, 0, 100),
    only: listOf(of('only')), json: of('json'), plot: of('plot'), read: of('read'),
  };
  return errors.length > 0 ? { kind: 'wrong', errors } : { kind: 'wish', wish };
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(',').map((word) => word.trim()).filter((word) => word !== '');
}
