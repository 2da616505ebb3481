/**
 * Store: what must survive the end of the process, as one value that is loaded and saved whole.
 *
 * `FileStore` keeps it in a directory, `MemoryStore` as long as the process lives. What the value
 * means is the switch's affair.
 */
export interface Store {
  /** The last value saved; undefined when there is none yet. Called once, before anything is saved. */
  load(): Promise<Loaded>;
  /** Resolves once the value would survive a loss of power. Throws and keeps the old one otherwise. */
  save(value: unknown): Promise<void>;
  close(): Promise<void>;
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

  save(value: unknown): Promise<void> {
    this.#value = structuredClone(value);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
