/** Chance with a seed: every property test prints the one it ran with, and runs it again when told to. */
import fc from 'fast-check';
import type { Test } from 'tap';

/**
 * VSW_SEED repeats a run, VSW_RUNS makes it longer: VSW_RUNS=20 runs twenty times as many worlds. VSW_SHRINK=0
 * looks for no smaller world when one fails, for those who only ask whether one does.
 */
const givenSeed = process.env['VSW_SEED'];
const factor = Number(process.env['VSW_RUNS'] ?? '1');

export const seed = givenSeed === undefined ? (Date.now() ^ (process.pid << 12)) >>> 0 : Number(givenSeed);

/** Uniform in [0, 1), by a seed (mulberry32). */
export function chance(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** fast-check's settings for `runs` worlds, all of them from the seed. */
export function settings<T>(runs: number): fc.Parameters<T> {
  return { seed: seed | 0, numRuns: Math.max(1, Math.round(runs * factor)), endOnFailure: process.env['VSW_SHRINK'] === '0', verbose: 0 };
}

/** Checks a property and tells the seed; a failure tells the smallest world that was found. */
export async function holds<T>(t: Test, name: string, property: fc.IRawProperty<T>, runs: number): Promise<void> {
  const details = await fc.check(property, settings<T>(runs));
  const told = `${name} (${details.numRuns} worlds, VSW_SEED=${seed})`;
  if (!details.failed) {
    t.pass(told);
    return;
  }
  const counterexample = JSON.stringify(details.counterexample, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value), 1);
  t.comment(`smallest world: ${counterexample}`);
  t.fail(told, { why: String((details.errorInstance as Error | null)?.message ?? 'it does not hold'), path: details.counterexamplePath ?? '' });
}
