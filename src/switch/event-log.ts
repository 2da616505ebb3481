/**
 * EventLog: what happened, kept for a while and told to whoever watches.
 *
 * Bounded on both sides: the log keeps the newest thousand, and a watcher that does not keep up loses
 * the newest of what it wants and is told how many. Nobody waits for a watcher.
 */
import type { EventBody, SwitchEvent } from './answers.ts';
import { eventMatcher, type EventFilter } from './event-filter.ts';

const keptMax = 1000;
const queuedMax = 1000;
const aliveMs = 60_000;

class Watcher {
  readonly queue: SwitchEvent[] = [];
  readonly wants: (event: EventBody) => boolean;
  readonly #sleepers: (() => void)[] = [];
  lost = 0;

  constructor(wants: (event: EventBody) => boolean) {
    this.wants = wants;
  }

  /** Until something happens. The program does not end meanwhile, although all that looks around is unreferenced. */
  sleep(): Promise<void> {
    return new Promise((resolve) => {
      const alive = setInterval(() => undefined, aliveMs);
      this.#sleepers.push(() => {
        clearInterval(alive);
        resolve();
      });
    });
  }

  wake(): void {
    for (const wakeOne of this.#sleepers.splice(0)) wakeOne();
  }
}

export class EventLog {
  readonly #kept: SwitchEvent[] = [];
  readonly #watchers = new Set<Watcher>();
  #closed = false;

  get watcherCount(): number {
    return this.#watchers.size;
  }

  push(body: EventBody): void {
    const event: SwitchEvent = { time: new Date().toISOString(), ...body };
    this.#kept.push(event);
    if (this.#kept.length > keptMax) this.#kept.shift();
    for (const watcher of this.#watchers) {
      if (!watcher.wants(event)) continue;
      if (watcher.queue.length < queuedMax) watcher.queue.push(event);
      else watcher.lost += 1;
      watcher.wake();
    }
  }

  recent(): readonly SwitchEvent[] {
    return [...this.#kept];
  }

  /** Events from now on, until the signal, `return` or the end of the switch. Throws for unknown types. */
  watch(signal?: AbortSignal, filter: EventFilter = {}): AsyncIterableIterator<SwitchEvent> {
    const watcher = new Watcher(eventMatcher(filter));
    let ended = this.#closed || signal?.aborted === true;
    const end = (): void => {
      ended = true;
      this.#watchers.delete(watcher);
      signal?.removeEventListener('abort', end);
      watcher.wake();
    };
    if (!ended) {
      this.#watchers.add(watcher);
      signal?.addEventListener('abort', end);
    }
    const iterator: AsyncIterableIterator<SwitchEvent> = {
      next: async () => {
        for (;;) {
          const event = watcher.queue.shift();
          if (event !== undefined) return { value: event, done: false };
          if (watcher.lost > 0) {
            const count = watcher.lost;
            watcher.lost = 0;
            return { value: { time: new Date().toISOString(), type: 'events_lost', count }, done: false };
          }
          if (ended || this.#closed) return { value: undefined, done: true };
          await watcher.sleep();
        }
      },
      return: () => {
        end();
        watcher.queue.length = 0;
        watcher.lost = 0;
        return Promise.resolve({ value: undefined, done: true });
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers) watcher.wake();
    this.#watchers.clear();
  }
}
