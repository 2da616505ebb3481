/**
 * Claims: every figure that README states, with the result that shows it.
 *
 * `stated` is the figure as it stands in README; the result is a file under `bench/results/`, written by the command that
 * README names. test/tidy/documents.test.ts holds the two together: no figure without a claim, no claim that its result
 * does not show.
 */
import type { Metric } from './result.ts';

export interface Claim {
  readonly stated: string;
  readonly result: string;
  readonly scenario: string;
  readonly variant: string;
  readonly driver: string;
  readonly metric: Metric;
}

export const claims: readonly Claim[] = [];

/** Figures of speed in a text: a number with a unit that only measuring gives. */
export function figuresIn(text: string): string[] {
  return [...text.matchAll(/\d[\d.,]*(?:\s|\u00a0)?(?:Mpps|kpps|Gbit\/s|µs|s\/GB|ports\/s)(?![\w/])/g)].map((match) => match[0]);
}
