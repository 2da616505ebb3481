/** Two revisions side by side: instructions per packet of each case, and which became worse than is allowed. */

export interface CaseCount {
  readonly name: string;
  readonly before: number;
  readonly now: number;
}

export function compareCases(counts: readonly CaseCount[], allowedPercent: number): { text: string; worse: number } {
  const width = Math.max(4, ...counts.map(({ name }) => name.length));
  let worse = 0;
  const rows = counts.map(({ name, before, now }) => {
    const change = before > 0 ? (100 * (now - before)) / before : 0;
    const isWorse = change > allowedPercent;
    if (isWorse) worse += 1;
    const sign = change > 0 ? '+' : '';
    return `${name.padEnd(width)}${before.toFixed(1).padStart(10)}${now.toFixed(1).padStart(10)}${`${sign}${change.toFixed(1)} %`.padStart(10)}${isWorse ? '  worse' : ''}`;
  });
  const verdict = worse === 0 ? `no case is worse by more than ${allowedPercent} %` : `${worse} of ${counts.length} cases are worse by more than ${allowedPercent} %`;
  const head = `${'case'.padEnd(width)}${'before'.padStart(10)}${'now'.padStart(10)}${'change'.padStart(10)}`;
  return { text: `instructions per packet\n${[head, ...rows, verdict].join('\n')}\n`, worse };
}
