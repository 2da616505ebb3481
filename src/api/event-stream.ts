/**
 * Events of the switch to one client, as server-sent events.
 *
 * An event is taken from the switch only once the client took the one before, so what a slow client
 * cannot take waits in its bounded queue in the switch, which counts what it lost. A client that takes
 * nothing for long is let go.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { SwitchEvent } from './protocol.ts';

export interface EventStreamTimes {
  readonly heartbeatMs: number;
  readonly stalledMs: number;
}

const times: EventStreamTimes = { heartbeatMs: 15_000, stalledMs: 60_000 };

/** Resolves when the client is gone, `signal` was raised or the switch has no more events. */
export async function streamEvents(
  events: AsyncIterator<SwitchEvent>, response: ServerResponse, signal: AbortSignal,
  { heartbeatMs, stalledMs }: EventStreamTimes = times,
): Promise<void> {
  let next = events.next();   // before the headers: who got them misses nothing that happens after
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no',
  });
  response.write(': watching\n\n');
  const ended = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    response.on('close', () => resolve(undefined));
  });
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': alive\n\n');
  }, heartbeatMs);
  try {
    for (;;) {
      const one = await Promise.race([next, ended]);
      if (one === undefined || one.done === true) break;
      next = events.next();
      next.catch(() => {});
      if (!response.write(`event: ${one.value.type}\ndata: ${JSON.stringify(one.value)}\n\n`)) {
        const taken = await Promise.race([drained(response, stalledMs), ended]);
        if (taken !== true) break;
      }
    }
  } finally {
    clearInterval(heartbeat);
    void Promise.resolve(events.return?.()).catch(() => {});
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  }
}

async function drained(response: ServerResponse, stalledMs: number): Promise<boolean> {
  try {
    await once(response, 'drain', { signal: AbortSignal.timeout(stalledMs) });
    return true;
  } catch {
    return false;
  }
}
