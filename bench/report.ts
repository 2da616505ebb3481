/** A result in words: a table for each scenario, medians with their range, and ratios to one driver. */
import type { Result, ResultLine } from './result.ts';

export function reportOf(result: Result, against: string | undefined): string {
  const { machine, results, absent } = result;
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  const parts = scenarios.map((scenario) => tableOf(scenario, results.filter((line) => line.scenario === scenario), against));
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name}: ${version}`);
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, ${machine.system}, Node ${machine.node}`,
    ...versions, '', ...parts,
    ...absent.map(({ scenario, driver, reason }) => `left out: ${driver} in ${scenario}: ${reason}`),
    results.some(({ disturbed }) => disturbed > 0) ? 'A figure with ! was disturbed in so many of its trials: see bench/README.md.' : '',
  ].join('\n').trimEnd();
}

function tableOf(scenario: string, lines: readonly ResultLine[], against: string | undefined): string {
  const rows = lines.map((line) => {
    const other = lines.find(({ variant, metric, unit, driver }) => driver === against && variant === line.variant && metric === line.metric && unit === line.unit);
    return [
      line.variant, `${line.metric} ${line.unit}`, line.driver, figure(line.median), `${figure(line.min)}–${figure(line.max)}`,
      other === undefined || other === line || other.median === 0 ? '' : `${(line.median / other.median).toFixed(2)}×`,
      line.disturbed > 0 ? `!${line.disturbed}/${line.samples.length}` : '',
    ];
  });
  // What is compared stands together: the same variant and metric of all drivers.
  const keys = [...new Set(lines.map(({ variant, metric }) => `${variant}\n${metric}`))];
  const ordered = keys.flatMap((key) => rows.filter((_, index) => `${lines[index]!.variant}\n${lines[index]!.metric}` === key));
  const head = ['variant', 'metric', 'driver', 'median', 'min–max', against === undefined ? '' : `of ${against}`, ''];
  const widths = head.map((word, column) => Math.max(word.length, ...ordered.map((row) => row[column]!.length)));
  const lineOf = (row: readonly string[]): string => row.map((word, column) => (column < 3 ? word.padEnd(widths[column]!) : word.padStart(widths[column]!))).join('  ').trimEnd();
  return [`== ${scenario}`, lineOf(head), ...ordered.map(lineOf), ''].join('\n');
}

/** Three digits that count. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

