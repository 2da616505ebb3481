/**
 * Register: numbers for what is needed under a key, as long as somebody needs it.
 *
 * A number is given once and never again while the switch runs, so nothing that still holds it can mistake it for another. A
 * register is made from the one before and changed only until the next is made from it, so what was compiled before stays true.
 */
import { SharedMap } from '../shared-map.ts';

interface Held<Value> {
  readonly value: Value;
  readonly uses: number;
}

export class Register<Value> {
  readonly #held: SharedMap<string, Held<Value>>;
  #next: number;
  #created: string[] = [];
  #gone: Value[] = [];

  constructor(from?: Register<Value>) {
    this.#held = new SharedMap(from === undefined ? undefined : from.#held);
    this.#next = from === undefined ? 1 : from.#next;
  }

  /** What stands under the key, needed once more; made with a number of its own when nobody needed it yet. */
  take(key: string, make: (number: number) => Value): Value {
    const held = this.#held.get(key);
    const value = held?.value ?? make(this.#next);
    if (held === undefined) {
      this.#next += 1;
      this.#created.push(key);
    }
    this.#held.set(key, { value, uses: (held?.uses ?? 0) + 1 });
    return value;
  }

  /** Needed once less. */
  release(key: string): void {
    const held = this.#held.get(key)!;
    if (held.uses > 1) {
      this.#held.set(key, { value: held.value, uses: held.uses - 1 });
      return;
    }
    this.#held.delete(key);
    this.#gone.push(held.value);
  }

  get(key: string): Value | undefined {
    return this.#held.get(key)?.value;
  }

  *values(): Iterable<Value> {
    for (const { value } of this.#held.values()) yield value;
  }

  /** Whether something came or went since this register was made from the one before. */
  get changed(): boolean {
    return this.#created.length > 0 || this.#gone.length > 0;
  }

  /** What came since this register was made from the one before, and what went, even if it came since. */
  changes(): { readonly created: readonly Value[]; readonly gone: readonly Value[] } {
    const created = new Set<Value>();
    for (const key of this.#created) {
      const held = this.#held.get(key);
      if (held !== undefined) created.add(held.value);
    }
    return { created: [...created], gone: this.#gone };
  }
}
