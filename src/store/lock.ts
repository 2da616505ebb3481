/**
 * A lock on a directory: one live process holds it, and everybody else learns which.
 *
 * The lock is a file that names the process by its number and its start time, so a number that was
 * given to another process since does not count as its holder. It is made in full beside its place and
 * linked there, which succeeds for one only.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, VswError } from '../errors.ts';
import { describeProcess, startTimeOf } from './process.ts';
import { remedyFor } from './remedy.ts';

interface Holder {
  readonly pid: number;
  readonly startTime: string;
}

export interface Lock {
  release(): void;
}

/** The lock of `directory`; throws VSW_STATE with the holder's process number when it is taken. */
export function takeLock(directory: string): Lock {
  const path = join(directory, 'lock');
  const own = `${path}.${process.pid}`;
  const self: Holder = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      writeFileSync(own, JSON.stringify(self), { mode: 0o600 });
      linkSync(own, path);
      return { release: () => release(path, self) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new VswError('VSW_STATE', `the state directory ${directory} cannot be locked: ${messageOf(error)}; ${remedyFor(error, directory)}`);
      }
    } finally {
      removeQuietly(own);
    }
    const holder = readHolder(path);
    if (holder !== undefined && isAlive(holder)) {
      throw new VswError(
        'VSW_STATE',
        `the state directory ${directory} is in use by ${describeProcess(holder.pid)}: stop it, or choose another state directory`,
      );
    }
    // Nobody lives there. Renaming it away first keeps two that find this at once from removing a new lock.
    const stale = `${path}.stale.${process.pid}`;
    try {
      renameSync(path, stale);
      rmSync(stale, { force: true });
    } catch {
      // Another process was quicker; the next attempt tells.
    }
  }
  throw new VswError('VSW_STATE', `the state directory ${directory} cannot be locked: others keep taking it; try again`);
}

function release(path: string, self: Holder): void {
  const holder = readHolder(path);
  if (holder?.pid === self.pid && holder.startTime === self.startTime) rmSync(path, { force: true });
}

/** What could not be made cannot be removed either, and the reason was told. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It is not there, or not ours.
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder> | null;
    return typeof holder?.pid === 'number' && typeof holder.startTime === 'string' ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  return startTimeOf(holder.pid) === holder.startTime;
}
