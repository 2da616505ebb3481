/**
 * The counters of rules, read: over all workers, straight from the memory that they write.
 *
 * A row is the cells of RuleCounter in native/telemetry/rule_counters.hpp. Row 0 is for all rules whose numbers are beyond the bound.
 */
import type { RuleCounterCells } from './dataplane.ts';

export interface RuleCount {
  /** Decisions. */
  readonly hits: number;
  /** Decisions that it would have made were its policy enforced, and of these those in which something else was decided. */
  readonly audited: number;
  readonly differing: number;
  /** When it last decided or would have, by the dataplane's clock; 0: never. */
  readonly lastMs: number;
}

const rowLength = 4;

export class RuleCounters {
  readonly #pages: RuleCounterCells;

  constructor(pages: RuleCounterCells) {
    if (pages.rowLength !== rowLength) {
      throw new RangeError(`a row of a rule has ${pages.rowLength} cells and not ${rowLength}: build addon and control layer together`);
    }
    this.#pages = pages;
  }

  /** Whether the rule has a row of its own. */
  has(rule: number): boolean {
    return rule > 0 && rule < this.#pages.rules;
  }

  read(rule: number): RuleCount {
    const { cells, workers, rules } = this.#pages;
    const sums = [0, 0, 0];
    let lastMs = 0;
    for (let worker = 0; worker < workers; worker += 1) {
      const at = (worker * rules + (this.has(rule) ? rule : 0)) * rowLength;
      const last = Number(Atomics.load(cells, at + 3));
      if (last === 0) continue;
      sums.forEach((sum, index) => { sums[index] = sum + Number(Atomics.load(cells, at + index)); });
      lastMs = Math.max(lastMs, last);
    }
    return { hits: sums[0]!, audited: sums[1]!, differing: sums[2]!, lastMs };
  }
}
