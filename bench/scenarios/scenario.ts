/**
 * Scenario: what is measured, the same for every driver.
 *
 * `run` is called in a fresh process with a fresh lab and answers all that it measured. RFC 2544 and RFC 8204 words where
 * they exist: a throughput is the highest rate within the allowed loss, a trial is one such try.
 */
import type { Driver } from '../drivers/driver.ts';
import type { Lab } from '../lab.ts';
import type { Piece } from '../peers.ts';
import type { Measure } from '../result.ts';

export interface TrialSettings {
  /** How long each single measurement lasts. */
  readonly seconds: number;
  /** Parts of variants' names: others are left out. None: all. */
  readonly only: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly pieces: readonly Piece[];
  /** Why this driver cannot take part, if so. */
  without(driver: Driver): string | undefined;
  /** Variants that need a trial each; absent: one trial measures all. */
  parts?(driver: Driver): readonly string[];
  run(lab: Lab, driver: Driver, settings: TrialSettings): Promise<readonly Measure[]>;
}

export function wanted(variant: string, { only }: TrialSettings): boolean {
  return only.length === 0 || only.some((part) => variant.includes(part));
}

export function needsContainers(driver: Driver): string | undefined {
  return driver.open === undefined ? 'it connects no containers here' : undefined;
}
