/**
 * Store: what must survive the end of the process: a value, and how it changed since it was last written whole.
 *
 * `FileStore` keeps it in a directory, `MemoryStore` as long as the process lives. What the value
 * means, and a change of it, is the switch's affair.
 */
export interface Store {
  /** The last value saved; undefined when there is none yet. Called once, before anything is saved. */
  load(): Promise<Loaded>;
  /**
   * Writes what changed, or the whole new value, beside what is there, so that all that can go wrong has gone wrong before
   * `keep`. Without a change, what is there may be another value than the caller's, and is written whole.
   */
  prepare(whole: () => unknown, change?: unknown): Promise<Prepared>;
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
  /** What happened to the value since, in order. */
  readonly changes: readonly unknown[];
  /** What the user should know of the loading, such as a fall-back to the previous state. */
  readonly warnings: readonly string[];
}

export class MemoryStore implements Store {
  #whole: () => unknown = () => undefined;

  load(): Promise<Loaded> {
    return Promise.resolve({ value: this.#whole(), changes: [], warnings: [] });
  }

  prepare(whole: () => unknown): Promise<Prepared> {
    return Promise.resolve({
      keep: () => {
        this.#whole = whole;
        return Promise.resolve();
      },
      discard: () => Promise.resolve(),
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
