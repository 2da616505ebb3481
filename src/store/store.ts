/**
 * Store: what must survive the end of the process, as one value that is loaded and saved whole.
 *
 * `FileStore` keeps it in a directory, `MemoryStore` as long as the process lives. What the value
 * means is the switch's affair.
 */
export interface Store {
  /** The last value saved; undefined when there is none yet. Called once, before anything is saved. */
  load(): Promise<Loaded>;
  /** Writes the value beside the old one, so that all that can go wrong has gone wrong before `keep`. */
  prepare(value: unknown): Promise<Prepared>;
  close(): Promise<void>;
}

export interface Prepared {
  /** From when this resolves, the value would survive a loss of power. */
  keep(): Promise<void>;
  /** The old value stays. */
  discard(): Promise<void>;
}

export interface Loaded {
  readonly value: unknown;
  /** What the user should know of the loading, such as a fall-back to the previous state. */
  readonly warnings: readonly string[];
}

export class MemoryStore implements Store {
  #value: unknown;

  load(): Promise<Loaded> {
    return Promise.resolve({ value: this.#value, warnings: [] });
  }

  prepare(value: unknown): Promise<Prepared> {
    const copy: unknown = structuredClone(value);
    return Promise.resolve({
      keep: () => {
        this.#value = copy;
        return Promise.resolve();
      },
      discard: () => Promise.resolve(),
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
