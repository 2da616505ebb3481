/**
 * WallClock: which moment of the wall's clock one of the dataplane's clock was.
 *
 * Both are read in whole milliseconds, so how far they are apart differs by one from reading to reading. That distance is kept, and so the
 * same moment is told alike each time it is asked about; it is taken anew only where the clocks went apart, as when the wall's was set.
 */
const apartMaxMs = 1000;

export class WallClock {
  readonly #dataplaneMs: () => number;
  readonly #wallMs: () => number;
  #apartMs: number;

  constructor(dataplaneMs: () => number, wallMs: () => number = Date.now) {
    this.#dataplaneMs = dataplaneMs;
    this.#wallMs = wallMs;
    this.#apartMs = wallMs() - dataplaneMs();
  }

  /** What is to be added to a moment of the dataplane's clock. */
  apartMs(): number {
    const now = this.#wallMs() - this.#dataplaneMs();
    if (Math.abs(now - this.#apartMs) > apartMaxMs) this.#apartMs = now;
    return this.#apartMs;
  }
}
