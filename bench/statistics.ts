/**
 * Few numbers from many samples: the median and the extremes, a ratio of two, an interval for a median.
 *
 * Medians and extremes only, since a shared machine disturbs in one direction and by any amount: a mean would be
 * about the disturbance.
 */

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Of an even number of samples the mean of the middle two. Throws without samples. */
export function summarise(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error('there is no median of no samples');
  const upper = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
  return { median, min, max };
}

/** The value below which that part of the samples lies: the nearest rank. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  if (sorted.length === 0) throw new Error('there is no quantile of no samples');
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))]!;
}

/**
 * Where the median of what was sampled lies with a confidence of at least 95 %, by order statistics: no assumption on
 * how the samples are spread. Undefined when there are too few samples to say so (fewer than 6).
 */
export function medianInterval(samples: readonly number[], confidence = 0.95): { low: number; high: number } | undefined {
  const sorted = [...samples].sort((a, b) => a - b);
  const n = sorted.length;
  // The probability that at most k of n samples lie below the true median.
  let cumulated = 0;
  let term = 0.5 ** n;
  let rank = 0;
  for (let k = 0; k < n / 2; k += 1) {
    cumulated += term;
    if (2 * cumulated > 1 - confidence) break;
    rank = k + 1;
    term = (term * (n - k)) / (k + 1);
  }
  if (rank === 0) return undefined;
  return { low: sorted[rank - 1]!, high: sorted[n - rank]! };
}
