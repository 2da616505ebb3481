/**
 * Results: what a trial measured, and the lines that all trials of a cell make together.
 *
 * The lines are the contract of `--json`: one for each scenario, variant, driver and metric, with every sample.
 */
import type { Machine } from './machine.ts';
import { summarise } from './statistics.ts';

export const metrics = {
  throughput: { unit: 'Gbit/s', better: 'higher', about: 'payload that arrived' },
  delivered: { unit: 'kpps', better: 'higher', about: 'datagrams that arrived, of one socket that sends all it can' },
  rate: { unit: '', better: 'higher', about: 'what was done in a second; the unit says of what' },
  rtt_p50: { unit: 'µs', better: 'lower', about: 'round trip, the median' },
  rtt_p99: { unit: 'µs', better: 'lower', about: 'round trip that 99 of 100 do not exceed' },
  cpu_per_gb: { unit: 's/GB', better: 'lower', about: 'CPU seconds of the whole machine per 10⁹ bytes, foreign work taken off' },
  switch_cpu_per_gb: { unit: 's/GB', better: 'lower', about: 'the part of it that the processes of the switch used' },
  cpu: { unit: '% of a core', better: 'lower', about: 'CPU of the processes of the switch' },
  memory: { unit: 'MiB', better: 'lower', about: 'resident memory of the processes of the switch' },
  cpu_per_change: { unit: 'ms', better: 'lower', about: 'CPU time of one change, of who asks for it and of the switch' },
  duration: { unit: 'ms', better: 'lower', about: 'how long it takes, the median' },
  duration_max: { unit: 'ms', better: 'lower', about: 'how long it took at most' },
  kept: { unit: '%', better: 'higher', about: 'throughput with it, of that without: the median of neighbouring pairs' },
  kept_low: { unit: '%', better: 'higher', about: 'the lower end of the 95 % interval of that median' },
  kept_high: { unit: '%', better: 'higher', about: 'its upper end' },
} as const;
export type Metric = keyof typeof metrics;

export interface Measure {
  readonly variant: string;
  readonly metric: Metric;
  readonly unit: string;
  readonly value: number;
}

export function measure(variant: string, metric: Metric, value: number, unit: string = metrics[metric].unit): Measure {
  return { variant, metric, unit, value };
}

/** One trial: a scenario with a driver, once. */
export interface Trial {
  readonly scenario: string;
  readonly driver: string;
  readonly measures: readonly Measure[];
  /** What disturbed it, in words. */
  readonly disturbance: readonly string[];
}

export interface ResultLine {
  readonly scenario: string;
  readonly variant: string;
  readonly driver: string;
  readonly metric: Metric;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: readonly number[];
  /** How many of the samples come from a disturbed trial. */
  readonly disturbed: number;
}

export interface Result {
  readonly machine: Machine & { readonly versions: Readonly<Record<string, string>>; readonly when: string; readonly settings: Readonly<Record<string, unknown>> };
  readonly results: readonly ResultLine[];
  /** Cells that could not be measured, and why. */
  readonly absent: readonly { readonly scenario: string; readonly driver: string; readonly reason: string }[];
}

/** The lines in the order in which their cells were first measured. */
export function linesOf(trials: readonly Trial[]): ResultLine[] {
  const cells = new Map<string, { trial: Trial; measure: Measure; samples: number[]; disturbed: number }>();
  for (const trial of trials) {
    for (const one of trial.measures) {
      const key = [trial.scenario, one.variant, trial.driver, one.metric, one.unit].join('\n');
      const cell = cells.get(key) ?? { trial, measure: one, samples: [], disturbed: 0 };
      cells.set(key, cell);
      cell.samples.push(one.value);
      if (trial.disturbance.length > 0) cell.disturbed += 1;
    }
  }
  return [...cells.values()].map(({ trial, measure: { variant, metric, unit }, samples, disturbed }) => ({
    scenario: trial.scenario, variant, driver: trial.driver, metric, unit, ...summarise(samples), samples, disturbed,
  }));
}
