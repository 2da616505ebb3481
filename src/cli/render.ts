/**
 * Answers as text: tables for people, JSON and YAML for programs.
 *
 * A table's columns are data: a heading, the cell of an entry, and whether it is shown only when wide.
 * Numbers stand to the right. JSON and YAML print what the API answered, untouched.
 */
import type { OutputForm } from './session.ts';

export interface Column<Entry> {
  readonly heading: string;
  readonly cell: (entry: Entry) => string | number;
  readonly wide?: boolean;
  /** Stands to the right though its cells are texts, as numbers with a unit are. */
  readonly right?: boolean;
}

/** Writes to stdout; a reader that has seen enough (`| head`) ends the program without noise. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export async function printData(value: unknown, output: OutputForm): Promise<void> {
  if (output === 'yaml') {
    const { stringify } = await import('yaml');
    print(stringify(value, { lineWidth: 0 }));
  } else {
    print(JSON.stringify(value, null, 2));
  }
}

export function isData(output: OutputForm): boolean {
  return output === 'json' || output === 'yaml';
}

export function renderTable<Entry>(entries: readonly Entry[], columns: readonly Column<Entry>[], wide: boolean): string {
  const shown = columns.filter((column) => wide || column.wide !== true);
  const rows = entries.map((entry) => shown.map((column) => column.cell(entry)));
  const isNumber = shown.map(({ right }, index) => right === true || (rows.length > 0 && rows.every((row) => typeof row[index] === 'number')));
  const texts = [shown.map(({ heading }) => heading), ...rows.map((row) => row.map((cell) => plain(String(cell))))];
  const widths = shown.map((_, index) => Math.max(...texts.map((row) => row[index]?.length ?? 0)));
  const lines = texts.map((row) => row
    .map((text, index) => (isNumber[index] === true ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0)))
    .join('  ').trimEnd());
  return `${lines.join('\n')}\n`;
}

/** Pairs of a name and a value, the values below each other; empty values are left out. */
export function renderFields(fields: readonly (readonly [string, string | number | undefined])[], indent = ''): string {
  const shown = fields.filter((field): field is readonly [string, string | number] => field[1] !== undefined && field[1] !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${indent}${name.padEnd(width)}  ${plain(String(value))}\n`).join('');
}

/** Seconds as people say them: 42s, 5m, 3h, 2d. */
export function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** Text of others on one line, without what a terminal would obey. */
export function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** An event on one line: its time, its type, and its fields as they come. */
export function eventLine(event: Readonly<Record<string, unknown>>): string {
  const { time, type, ...fields } = event;
  const parts = Object.entries(fields).map(([name, value]) => {
    if (name === 'message') return plain(String(value));
    if (name === 'changes' && Array.isArray(value)) return changesText(value as { action: string; kind: string; name: string }[]);
    return `${name}=${plain(typeof value === 'object' ? JSON.stringify(value) : String(value))}`;
  });
  return [String(time), String(type), ...parts].filter((part) => part !== '').join(' ');
}

function changesText(changes: readonly { action: string; kind: string; name: string }[]): string {
  return changes.map(({ action, kind, name }) => `${action}:${kind.toLowerCase()}/${name}`).join(' ');
}
