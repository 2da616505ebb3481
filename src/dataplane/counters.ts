/**
 * The counter pages, read: sums over all workers, straight from the memory that they write.
 *
 * A row is the counters of counters.def, then for each drop reason its packets and bytes on the
 * receive side, then the same for the transmit side (native/telemetry/counters.hpp). Row 0 holds the
 * sums of ports that are gone.
 */
import { counterNames, type CounterName } from '../table/counters.gen.ts';
import { dropReasons } from '../table/drop-reasons.gen.ts';
import type { CounterCells } from './dataplane.ts';

export type PortCounters = Readonly<Record<CounterName, number>>;

export interface DropCount {
  readonly direction: 'receive' | 'transmit';
  readonly reason: string;
  readonly packets: number;
  readonly bytes: number;
}

const reasonCount = dropReasons.length + 1; // number 0 is none

export class Counters {
  readonly #pages: CounterCells;

  constructor(pages: CounterCells) {
    const expected = counterNames.length + 4 * reasonCount;
    if (pages.rowLength !== expected) {
      throw new RangeError(`a counter row has ${pages.rowLength} cells and not ${expected}: build addon and control layer together`);
    }
    this.#pages = pages;
  }

  read(port: number): PortCounters {
    return Object.fromEntries(counterNames.map((name, at) => [name, this.#sum(port, at)])) as PortCounters;
  }

  /** Those that are not zero, receive before transmit, in the order of the reasons. */
  drops(port: number): DropCount[] {
    const counts: DropCount[] = [];
    for (const direction of ['receive', 'transmit'] as const) {
      const start = counterNames.length + (direction === 'receive' ? 0 : 2 * reasonCount);
      dropReasons.forEach((reason, index) => {
        const at = start + 2 * (index + 1);
        const packets = this.#sum(port, at);
        if (packets > 0) counts.push({ direction, reason, packets, bytes: this.#sum(port, at + 1) });
      });
    }
    return counts;
  }

  #sum(port: number, at: number): number {
    const { cells, workers, ports, rowLength } = this.#pages;
    let sum = 0n;
    for (let worker = 0; worker < workers; worker += 1) {
      sum += Atomics.load(cells, (worker * ports + port) * rowLength + at);
    }
    return Number(sum);
  }
}
