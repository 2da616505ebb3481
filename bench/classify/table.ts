/** What was measured of one classifier with one set of rules, and how it is shown. */

export interface Row {
  readonly set: string;
  readonly peer: string;
  /** Why there are no figures. */
  readonly refused?: string;
  readonly rules?: number;
  readonly checked?: number;
  readonly wrong?: number;
  readonly lookups_per_second?: number;
  readonly batched_per_second?: number;
  readonly worst_ns?: number;
  readonly build_ms?: number;
  readonly memory_mb?: number;
  readonly put_us?: number;
  readonly put_worst_us?: number;
}

const figures = ['lookups_per_second', 'batched_per_second', 'worst_ns', 'build_ms', 'memory_mb', 'put_us', 'put_worst_us'] as const;

/** The median of each figure over the trials of one set; what is wrong in one trial is wrong. */
export function medianRow(trials: readonly Row[]): Row {
  const measured = trials.filter((trial) => trial.refused === undefined);
  const [first] = measured;
  if (first === undefined) return trials[0]!;
  const medians = figures.map((name) => {
    const values = measured.map((trial) => trial[name] ?? 0).sort((a, b) => a - b);
    return [name, values[Math.floor(values.length / 2)]] as const;
  });
  return { ...first, ...Object.fromEntries(medians), wrong: Math.max(...measured.map((trial) => trial.wrong ?? 0)) };
}

function time(us: number): string {
  if (us < 1_000) return `${us.toFixed(us < 10 ? 1 : 0)} µs`;
  return us < 1_000_000 ? `${(us / 1_000).toFixed(us < 10_000 ? 1 : 0)} ms` : `${(us / 1_000_000).toFixed(1)} s`;
}

/** Rows as a table of Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = ['| set | classifier | M lookups/s | … in batches of 64 | worst lookup | build | memory | one rule more (worst) | wrong |', '|---|---|---|---|---|---|---|---|---|'];
  for (const row of rows) {
    if (row.refused !== undefined) {
      lines.push(`| ${row.set} | ${row.peer} | ${row.refused} | | | | | | |`);
      continue;
    }
    const millions = (value = 0): string => (value / 1e6).toFixed(2);
    lines.push(`| ${row.set} | ${row.peer} | ${millions(row.lookups_per_second)} | ${millions(row.batched_per_second)} | ${time((row.worst_ns ?? 0) / 1_000)} | `
      + `${time((row.build_ms ?? 0) * 1_000)} | ${(row.memory_mb ?? 0).toFixed(1)} MB | ${time(row.put_us ?? 0)} (${time(row.put_worst_us ?? 0)}) | ${row.wrong} of ${row.checked} |`);
  }
  return `${lines.join('\n')}\n`;
}
