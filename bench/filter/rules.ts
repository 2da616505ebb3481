/**
 * Rules to be measured with: the same for every switch that has a filter.
 *
 * All but the last name others than those who talk, by prefixes of four lengths, with a port or without; so whoever asks them
 * one by one asks all of them. The last one lets those talk who are measured. By chance but always the same. What no rule
 * decided is dropped.
 */
export interface FilterRule {
  readonly action: 'allow' | 'drop';
  /** Absent: any. */
  readonly protocol?: 'tcp' | 'udp';
  /** The addresses of the other side. */
  readonly peers: string;
  /** The destination's port; absent: any. */
  readonly port?: number;
}

export const rulesMeasured = 1_000;

/** So many rules, of which the last one allows everything with those peers. */
export function filterRules(count: number, allowed: string): FilterRule[] {
  const random = randomBelow(7);
  const others = Array.from({ length: count - 1 }, (): FilterRule => {
    const protocol = random(2) === 0 ? 'tcp' : 'udp';
    const length = [16, 20, 24, 32][random(4)]!;
    const address = [10, 100 + random(100), random(256), random(256)];
    const action = random(2) === 0 ? 'allow' : 'drop';
    const port = random(2) === 0 ? {} : { port: 1 + random(65_534) };
    return { action, protocol, peers: `${cut(address, length)}/${length}`, ...port };
  });
  return [...others, { action: 'allow', peers: allowed }];
}

/** The address with all bits behind the prefix off. */
function cut(address: readonly number[], length: number): string {
  return address.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, length - 8 * index)))).join('.');
}

/** Whole numbers from 0 to below a bound, the same ones every time. */
function randomBelow(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
