/**
 * Journal: the changes since a state was written whole, a line each, in a file of fixed length.
 *
 * A line is its mark, its number, a checksum, and a value as JSON. `=` says that a whole state was written here, by its
 * checksum; the others are changes: `?` was written before the dataplane was asked, and becomes `+` once the change is
 * active, or `-` when it was refused. What follows the last line is zeros that were written before, so a line needs no
 * room that could be missing. The lines before the last `=` lead from the state before to this one: who cannot read it
 * can make it again.
 *
 * A change is synchronised while it is `?`; the mark that follows is not waited for. A process that ends meanwhile leaves
 * what it wrote with the kernel; so `?` at the end counts as active only after another boot, which may have lost the mark.
 */
import { createHash } from 'node:crypto';
import { closeSync, fdatasync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

const bytesFree = 256 * 1024;
const sync = promisify(fdatasync);

export interface JournalLines {
  /** As they are written, those that are complete. */
  readonly lines: readonly Line[];
  /** What is wrong with the next one. */
  readonly fault: string | undefined;
}

export interface Line {
  readonly mark: string;
  readonly number: number;
  readonly value: unknown;
  readonly text: string;
}

interface Whole {
  readonly sha256: string;
  readonly boot: string;
}

/** Of this run of the kernel; undefined where it cannot be known, and no journal is kept. */
export function currentBoot(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}

export function formatLine(mark: string, number: number, value: unknown): string {
  const json = JSON.stringify(value);
  return `${mark} ${number} ${digest(number, json)} ${json}\n`;
}

/** The line that says that a whole state was written. */
export function formatWhole(number: number, sha256: string, boot: string): string {
  return formatLine('=', number, { sha256, boot } satisfies Whole);
}

export function parseJournal(text: string): JournalLines {
  const lines: Line[] = [];
  const end = text.indexOf('\0');
  const parts = (end < 0 ? text : text.slice(0, end)).split('\n');
  if (parts.at(-1) === '') parts.pop();
  for (const [index, part] of parts.entries()) {
    const match = /^([=?+-]) ([0-9]+) ([0-9a-f]{32}) (.*)$/s.exec(part);
    const number = Number(match?.[2]);
    const isNext = match !== null && (lines.length === 0 || number === lines.at(-1)!.number + 1);
    if (match === null || !isNext || digest(number, match[4]!) !== match[3]) {
      // The last one may have been cut short while it was written, before anybody counted on it.
      const isLast = index === parts.length - 1 && !/^[=+-]/.test(part);
      return { lines, fault: isLast ? undefined : `line ${index + 1} was cut short or changed` };
    }
    lines.push({ mark: match[1]!, number, value: JSON.parse(match[4]!), text: `${part}\n` });
  }
  return { lines, fault: undefined };
}

/** The lines from the one on that says that the state with this checksum was written; undefined when none does. */
export function linesSince(lines: readonly Line[], sha256: string): readonly Line[] | undefined {
  const start = lines.findLastIndex(({ mark, value }) => mark === '=' && (value as Whole).sha256 === sha256);
  return start < 0 ? undefined : lines.slice(start);
}

/** The lines as they count now: `?` as `+` or `-`. */
export function settled(lines: readonly Line[], boot: string | undefined): Line[] {
  const last = lines.findLast(({ mark }) => mark === '=');
  const isSameBoot = last !== undefined && (last.value as Whole).boot === boot;
  return lines.map((line, index) => {
    if (line.mark !== '?') return line;
    const mark = index === lines.length - 1 && isSameBoot ? '-' : '+';
    return { ...line, mark, text: mark + line.text.slice(1) };
  });
}

/** Whether another state was written whole after the first line. */
export function reachesNext(lines: readonly Line[]): boolean {
  return lines.slice(1).some(({ mark }) => mark === '=');
}

/** The changes that count, of settled lines. */
export function changesIn(lines: readonly Line[]): unknown[] {
  return lines.filter(({ mark }) => mark === '+').map(({ value }) => value);
}

/** A journal that this process writes. */
export class Journal {
  readonly #path: string;
  readonly #inode: number;
  readonly #bytes: number;
  #end: number;
  #number: number;
  /** From the last whole state on. */
  #lines: string;

  private constructor(path: string, inode: number, bytes: number, end: number, number: number, lines: string) {
    [this.#path, this.#inode, this.#bytes, this.#end, this.#number, this.#lines] = [path, inode, bytes, end, number, lines];
  }

  /** Writes the file at `temporary`, from where it will be moved to `path`: `before`, then that a whole state was written. */
  static async make(temporary: string, path: string, before: string, sha256: string, boot: string): Promise<Journal> {
    const number = (/(?:^|\n). ([0-9]+) [^\n]*\n$/.exec(before)?.[1] ?? '0');
    const whole = formatWhole(Number(number) + 1, sha256, boot);
    const text = Buffer.from(before + whole);
    const file = await open(temporary, 'w', 0o640);
    try {
      await file.writeFile(Buffer.concat([text, Buffer.alloc(bytesFree)]));
      await file.sync();
      return new Journal(path, (await file.stat()).ino, text.length + bytesFree, text.length, Number(number) + 1, whole);
    } finally {
      await file.close();
    }
  }

  /** From the last whole state on. */
  get lines(): string {
    return this.#lines;
  }

  /** The line of a change that is made by writing everything anew. */
  lineOf(change: unknown): string {
    return formatLine('+', this.#number + 1, change);
  }

  /** Writes a change; undefined when there is no room, or the file is not there any more. Throws when it cannot be written. */
  async prepare(change: unknown): Promise<{ keep(): void; discard(): Promise<void> } | undefined> {
    const line = formatLine('?', this.#number + 1, change);
    const bytes = Buffer.from(line);
    if (this.#end + bytes.length > this.#bytes) return undefined;
    // Opened for each change, so that the directory can be unmounted, and a file that was taken away is noticed.
    const file = this.#open();
    if (file === undefined) return undefined;
    const start = this.#end;
    try {
      writeSync(file, bytes, 0, bytes.length, start);
      await sync(file);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    [this.#end, this.#number] = [start + bytes.length, this.#number + 1];
    const settle = (mark: string): void => {
      writeSync(file, mark, start);
      this.#lines += mark + line.slice(1);
    };
    return {
      keep: () => {
        try {
          settle('+');
        } finally {
          closeSync(file);
        }
      },
      discard: async () => {
        try {
          settle('-');
          await sync(file);
        } finally {
          closeSync(file);
        }
      },
    };
  }

  #open(): number | undefined {
    let file: number;
    try {
      file = openSync(this.#path, 'r+');
    } catch {
      return undefined; // writing everything anew tells why
    }
    if (fstatSync(file).ino === this.#inode) return file;
    closeSync(file);
    return undefined;
  }
}

function digest(number: number, json: string): string {
  return createHash('sha256').update(`${number} ${json}`).digest('hex').slice(0, 32);
}
