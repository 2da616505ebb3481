/**
 * Allowance: how often something may be done for each key: at once a few times, then ever so often.
 *
 * What a container does to its own device makes work for the switch; this bounds it for each port, so
 * that one that never stops has to wait and the others feel nothing of it.
 */
interface Purse {
  left: number;
  countedMs: number;
}

export class Allowance {
  readonly #savedMax: number;
  readonly #everyMs: number;
  readonly #purses = new Map<string, Purse>();

  constructor(savedMax: number, everyMs: number) {
    this.#savedMax = savedMax;
    this.#everyMs = everyMs;
  }

  /** Whether there is one left. */
  has(key: string, nowMs: number): boolean {
    return this.#purse(key, nowMs).left >= 1;
  }

  /** Uses one up. */
  take(key: string, nowMs: number): void {
    const purse = this.#purse(key, nowMs);
    purse.left = Math.max(0, purse.left - 1);
    this.#purses.set(key, purse);
  }

  forget(key: string): void {
    this.#purses.delete(key);
  }

  #purse(key: string, nowMs: number): Purse {
    const known = this.#purses.get(key);
    if (known === undefined) return { left: this.#savedMax, countedMs: nowMs };
    const left = Math.min(this.#savedMax, known.left + (nowMs - known.countedMs) / this.#everyMs);
    return { left, countedMs: nowMs };
  }
}
