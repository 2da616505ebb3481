/** Virtual time for tests: moments in order, told to a switch that only moves when it is told to. */

export interface Moving {
  advance(ms: number): void;
}

/** Moves a switch's virtual clock to the moments of a story; never back. */
export class StoryClock {
  #nowMs = 0;
  readonly #moving: Moving;

  constructor(moving: Moving) {
    this.#moving = moving;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Moves to the whole millisecond at or before the moment. */
  moveTo(momentMs: number): void {
    const whole = Math.floor(momentMs);
    if (whole <= this.#nowMs) return;
    this.#moving.advance(whole - this.#nowMs);
    this.#nowMs = whole;
  }
}

export interface Timed {
  timeMs: number;
}

/** Several streams as one, by time; what happens at the same time keeps the order of the streams. */
export function merge<T extends Timed>(...streams: readonly (readonly T[])[]): T[] {
  return streams.flat().sort((a, b) => a.timeMs - b.timeMs);
}
