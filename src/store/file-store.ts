/**
 * FileStore: the state in a directory, written so that it is never half there.
 *
 * `state.json` is replaced by renaming a complete, synchronised file over it; its predecessor stays as
 * `state.json.previous`. A file that is torn or was changed is never silently taken for an empty one:
 * the previous one is used with a warning when it is whole, otherwise the switch refuses to start and
 * touches nothing. One that may not be read stops it as well: it may be whole. A second process on the same directory is refused while the first lives.
 */
import { copyFile, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, VswError } from '../errors.ts';
import { takeLock, type Lock } from './lock.ts';
import { remedyFor } from './remedy.ts';
import { formatSnapshot, parseSnapshot } from './snapshot.ts';
import type { Loaded, Prepared, Store } from './store.ts';

type Read = { readonly value: unknown } | { readonly absent: true } | { readonly fault: string } | { readonly unreadable: unknown };

export class FileStore implements Store {
  readonly #directory: string;
  readonly #lock: Lock;
  readonly #path: string;
  readonly #previousPath: string;
  /** The current file was written by this process. */
  #isWhole = false;

  private constructor(directory: string, lock: Lock) {
    this.#directory = directory;
    this.#lock = lock;
    this.#path = join(directory, 'state.json');
    this.#previousPath = `${this.#path}.previous`;
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
    if ('value' in current) return { value: current.value, warnings: [] };
    if ('unreadable' in current) throw unreadable(this.#path, current.unreadable);
    const previous = await this.#read(this.#previousPath);
    if ('unreadable' in previous) throw unreadable(this.#previousPath, previous.unreadable);
    if ('value' in previous) {
      const why = 'fault' in current ? current.fault : 'it is not there';
      if ('fault' in current) await copyFile(this.#path, `${this.#path}.damaged`);
      return { value: previous.value, warnings: [`${this.#path} could not be used (${why}); the state before the last change was taken from ${this.#previousPath}`] };
    }
    const fault = 'fault' in current ? { path: this.#path, text: current.fault } : 'fault' in previous ? { path: this.#previousPath, text: previous.fault } : undefined;
    if (fault === undefined) return { value: undefined, warnings: [] };
    throw new VswError('VSW_STATE', `the stored state ${fault.path} cannot be used: ${fault.text}; put back a good copy, or move it away to start empty`);
  }

  async prepare(value: unknown): Promise<Prepared> {
    const temporary = `${this.#path}.new`;
    try {
      const file = await open(temporary, 'w', 0o640);
      try {
        await file.writeFile(formatSnapshot(value));
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#keepPrevious();
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw this.#failure(error, `nothing was changed: ${remedyFor(error, this.#directory)}, then try again`);
    }
    return {
      keep: async () => {
        try {
          await rename(temporary, this.#path);
          this.#isWhole = true;
          const directory = await open(this.#directory, 'r');
          try {
            await directory.sync();
          } finally {
            await directory.close();
          }
        } catch (error) {
          throw this.#failure(error, 'look at the directory, then apply again');
        }
      },
      discard: () => rm(temporary, { force: true }),
    };
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

function unreadable(path: string, error: unknown): VswError {
  return new VswError('VSW_STATE', `the stored state ${path} cannot be read: ${messageOf(error)}; ${remedyFor(error, path)}`, [], { cause: error });
}
