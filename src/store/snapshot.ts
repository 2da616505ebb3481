/**
 * A value as the text of a file that knows whether it is whole: a format, a checksum, the value.
 *
 * Two lines: a header, then the value, whose SHA-256 the header names. A file that was cut short, or
 * changed by hand, is told from a good one, and from one that a later version wrote.
 */
import { createHash } from 'node:crypto';
import { messageOf } from '../errors.ts';

const format = 'vswitch-state';
/** The second is followed by a journal, which who knows the first alone would overlook. */
const versions = { alone: 1, followed: 2 };

export type Parsed = { readonly value: unknown; readonly sha256: string; readonly isFollowed: boolean } | { readonly fault: string };

export interface Snapshot {
  readonly sha256: string;
  /** The text of the file; `isFollowed`: a journal has what changes afterwards. */
  text(isFollowed: boolean): string;
}

export function snapshotOf(value: unknown): Snapshot {
  const body = JSON.stringify(value);
  const sha256 = digest(body);
  return { sha256, text: (isFollowed) => `${JSON.stringify({ format, version: isFollowed ? versions.followed : versions.alone, sha256 })}\n${body}\n` };
}

/** The value, or what is wrong with the text. */
export function parseSnapshot(text: string): Parsed {
  const end = text.indexOf('\n');
  const header = end < 0 ? undefined : parseHeader(text.slice(0, end));
  if (header === undefined) return { fault: 'its first line is not the header of a vswitch state' };
  if (header.version !== versions.alone && header.version !== versions.followed) return { fault: `it was written in format ${String(header.version)}, and this version reads formats 1 and 2` };
  const body = text.slice(end + 1).replace(/\n$/, '');
  if (digest(body) !== header.sha256) return { fault: 'its checksum does not match: it was cut short or changed' };
  try {
    return { value: JSON.parse(body) as unknown, sha256: header.sha256 as string, isFollowed: header.version === versions.followed };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

function parseHeader(line: string): { version: unknown; sha256: unknown } | undefined {
  try {
    const header = JSON.parse(line) as { format?: unknown; version?: unknown; sha256?: unknown } | null;
    return header?.format === format ? { version: header.version, sha256: header.sha256 } : undefined;
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
