/**
 * FileStore: the state in a directory, written so that it is never half there.
 *
 * `state.json` is the whole state, replaced by renaming a complete, synchronised file over it; its predecessor stays as
 * `state.json.previous`. What changed since is in `state.journal`, a line a change, until that is full. A file that is
 * torn or was changed is never silently taken for an empty one: what can be made of the others is used with a warning,
 * otherwise the switch refuses to start and touches nothing. One that may not be read stops it as well: it may be whole.
 * A second process on the same directory is refused while the first lives.
 */
import { copyFile, link, mkdir, open, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, VswError } from '../errors.ts';
import { changesIn, currentBoot, formatLine, formatWhole, Journal, linesSince, parseJournal, reachesNext, settled, type Line } from './journal.ts';
import { takeLock, type Lock } from './lock.ts';
import { remedyFor } from './remedy.ts';
import { parseSnapshot, snapshotOf, type Parsed } from './snapshot.ts';
import type { Loaded, Prepared, Store } from './store.ts';

type Read = Parsed | { readonly absent: true } | { readonly unreadable: unknown };

/** Stands for the checksum of what was there before anything was stored. */
const ofNothing = '';

/** A journal takes room before it is needed, so it is kept only where there is plenty. */
const journalRoom = 4 * 1024 * 1024;

export class FileStore implements Store {
  readonly #directory: string;
  readonly #lock: Lock;
  readonly #path: string;
  readonly #previousPath: string;
  readonly #journalPath: string;
  readonly #boot = currentBoot();
  #journal: Journal | undefined;
  /** Of the journal that was found: from the state on that was loaded. */
  #loaded: readonly Line[] = [];
  /** The current file was written by this process. */
  #isWhole = false;

  private constructor(directory: string, lock: Lock) {
    this.#directory = directory;
    this.#lock = lock;
    this.#path = join(directory, 'state.json');
    this.#previousPath = `${this.#path}.previous`;
    this.#journalPath = join(directory, 'state.journal');
  }

  /** Makes the directory if need be and locks it. Throws VSW_STATE. */
  static async open(directory: string): Promise<FileStore> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o750 });
    } catch (error) {
      throw new VswError('VSW_STATE', `the state directory ${directory} cannot be made: ${messageOf(error)}; ${remedyFor(error, dirname(directory))}`);
    }
    return new FileStore(directory, takeLock(directory));
  }

  async load(): Promise<Loaded> {
    const current = await this.#read(this.#path);
    if ('value' in current) return await this.#withChanges(current, []);
    if ('unreadable' in current) throw unreadable(this.#path, current.unreadable);
    const previous = await this.#read(this.#previousPath);
    if ('unreadable' in previous) throw unreadable(this.#previousPath, previous.unreadable);
    const isFirst = 'absent' in previous;
    if ('value' in previous || isFirst) {
      const loaded = await this.#withChanges(isFirst ? { value: undefined, sha256: ofNothing, isFollowed: false } : { ...previous, isFollowed: false }, []);
      const isAll = reachesNext(this.#loaded);
      if (isAll || !isFirst) {
        const why = 'fault' in current ? current.fault : 'it is not there';
        if ('fault' in current) await copyFile(this.#path, `${this.#path}.damaged`);
        const others = isFirst ? this.#journalPath : `${this.#previousPath} and ${this.#journalPath}`;
        const instead = isAll ? `the same state was made of ${others}` : `the state before the last change was taken from ${this.#previousPath}`;
        return { ...loaded, warnings: [`${this.#path} could not be used (${why}); ${instead}`, ...loaded.warnings] };
      }
    }
    const fault = 'fault' in current ? { path: this.#path, text: current.fault } : 'fault' in previous ? { path: this.#previousPath, text: previous.fault } : undefined;
    if (fault === undefined) {
      this.#loaded = parseJournal(formatWhole(1, ofNothing, this.#boot ?? '')).lines;
      return { value: undefined, changes: [], warnings: [] };
    }
    throw new VswError('VSW_STATE', `the stored state ${fault.path} cannot be used: ${fault.text}; put back a good copy, or move it away to start empty`);
  }

  /** A state with what the journal says of it. */
  async #withChanges({ value, sha256, isFollowed }: Extract<Parsed, { value: unknown }>, warnings: string[]): Promise<Loaded> {
    let text = await readJournal(this.#journalPath);
    let { lines, fault } = parseJournal(text);
    let since = linesSince(lines, sha256);
    if (since === undefined && isFollowed) {
      // Its journal may not have been put in its place any more.
      text = await readJournal(`${this.#journalPath}.new`);
      ({ lines, fault } = parseJournal(text));
      since = linesSince(lines, sha256);
    }
    this.#loaded = settled(since ?? [], this.#boot);
    if (fault !== undefined || (isFollowed && since === undefined)) {
      const what = fault ?? (text === '' ? 'it is not there' : 'it is that of another state');
      warnings.push(`${this.#journalPath} could not be used to its end (${what}); what was changed after that is missing`);
      if (text !== '') await copyFile(this.#journalPath, `${this.#journalPath}.damaged`);
    }
    return { value, changes: changesIn(this.#loaded), warnings };
  }

  async prepare(whole: () => unknown, change?: unknown): Promise<Prepared> {
    const journal = this.#journal;
    if (journal === undefined || change === undefined) return await this.#prepareWhole(whole(), change);
    try {
      const prepared = await journal.prepare(change);
      if (prepared === undefined) return await this.#prepareWhole(whole(), change);
      return {
        keep: async () => await this.#orFail(() => prepared.keep(), 'look at the directory, then apply again'),
        discard: async () => {
          // What cannot be marked as refused must not be taken for a change: everything is written anew.
          await prepared.discard().catch(() => { this.#journal = undefined; });
        },
      };
    } catch (error) {
      this.#journal = undefined;
      throw error instanceof VswError ? error : this.#failure(error, `nothing was changed: ${remedyFor(error, this.#directory)}, then try again`);
    }
  }

  async #prepareWhole(value: unknown, change: unknown): Promise<Prepared> {
    const temporary = `${this.#path}.new`;
    const snapshot = snapshotOf(value);
    let journal: Journal | undefined;
    try {
      const file = await open(temporary, 'w', 0o640);
      try {
        journal = await this.#makeJournal(snapshot.sha256, change);
        await file.writeFile(snapshot.text(journal !== undefined));
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#keepPrevious();
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      await rm(`${this.#journalPath}.new`, { force: true }).catch(() => undefined);
      throw this.#failure(error, `nothing was changed: ${remedyFor(error, this.#directory)}, then try again`);
    }
    return {
      keep: async () => {
        this.#journal = undefined;
        await this.#orFail(async () => {
          await rename(temporary, this.#path);
          this.#isWhole = true;
          // Where this does not succeed it is found under its first name, and the next change is written whole.
          if (journal !== undefined) await rename(`${this.#journalPath}.new`, this.#journalPath).catch(() => { journal = undefined; });
          const directory = await open(this.#directory, 'r');
          try {
            await directory.sync();
          } finally {
            await directory.close();
          }
        }, 'look at the directory, then apply again');
        [this.#journal, this.#loaded] = [journal, []];
      },
      discard: async () => {
        await rm(temporary, { force: true });
        if (journal !== undefined) await rm(`${this.#journalPath}.new`, { force: true });
      },
    };
  }

  /** Beside the one that is there, for the state with this checksum; undefined where there is no room for it. */
  async #makeJournal(sha256: string, change: unknown): Promise<Journal | undefined> {
    const temporary = `${this.#journalPath}.new`;
    try {
      const { bavail, bsize } = await statfs(this.#directory);
      if (this.#boot === undefined || bavail * bsize < journalRoom) return undefined;
      return await Journal.make(temporary, this.#journalPath, change === undefined ? '' : this.#linesUntil(change), sha256, this.#boot);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
      return undefined;
    }
  }

  /** The lines from the state before to the one after this change. */
  #linesUntil(change: unknown): string {
    if (this.#journal !== undefined) return this.#journal.lines + this.#journal.lineOf(change);
    const last = this.#loaded.at(-1);
    return last === undefined ? '' : this.#loaded.map(({ text }) => text).join('') + formatLine('+', last.number + 1, change);
  }

  async #orFail(work: () => unknown, remedy: string): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#journal = undefined;
      throw this.#failure(error, remedy);
    }
  }

  close(): Promise<void> {
    this.#lock.release();
    return Promise.resolve();
  }

  #failure(error: unknown, remedy: string): VswError {
    return new VswError('VSW_STATE', `the state could not be saved in ${this.#directory}: ${messageOf(error)}; ${remedy}`, [], { cause: error });
  }

  /**
   * The current file gets a second name, until the new one replaces it under the first: no bytes move, so a full disk
   * does not matter. It is looked into once, since afterwards it is what was written here.
   */
  async #keepPrevious(): Promise<void> {
    if (!this.#isWhole && !('value' in await this.#read(this.#path))) return; // never overwrite a good predecessor by a damaged file
    const copy = `${this.#previousPath}.new`;
    try {
      await rm(copy, { force: true });
      await link(this.#path, copy).catch(async () => await copyFile(this.#path, copy)); // some file systems have no second names
      await rename(copy, this.#previousPath);
      await rm(copy, { force: true }); // two names of one file stay two
    } catch (error) {
      await rm(copy, { force: true }).catch(() => undefined); // a half copy must not take the room that is missing
      // Who took the file away took what was to be kept; without it the new one is as good a beginning as any.
      if ('absent' in await this.#read(this.#path)) return;
      throw error;
    }
  }

  async #read(path: string): Promise<Read> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { absent: true };
      return { unreadable: error };
    }
    return parseSnapshot(text);
  }
}

async function readJournal(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): VswError {
  return new VswError('VSW_STATE', `the stored state ${path} cannot be read: ${messageOf(error)}; ${remedyFor(error, path)}`, [], { cause: error });
}
