/** Events reach a client in order, and a client that is gone or asleep costs nothing. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ApiClient } from '../../../src/api/client.ts';
import { streamEvents, type EventStreamTimes } from '../../../src/api/event-stream.ts';
import { ScriptedSwitch } from './scripted-switch.ts';
import { serve, temporaryFolder } from './served.ts';

const time = '2026-01-01T00:00:00.000Z';

async function open(t: Test, scripted: ScriptedSwitch, times: EventStreamTimes): Promise<{ answer: IncomingMessage; ended: Promise<void> }> {
  const path = join(temporaryFolder(t), 's');
  const signal = new AbortController().signal;
  let ended: Promise<void> = Promise.resolve();
  const server = createServer((_request, response) => { ended = streamEvents(scripted.watch(), response, signal, times); }).listen(path);
  await once(server, 'listening');
  t.teardown(() => { server.closeAllConnections(); server.close(); });
  const asked = request({ socketPath: path, agent: false }).end();
  asked.on('error', () => {});
  const [answer] = await once(asked, 'response') as [IncomingMessage];
  return { answer, get ended() { return ended; } };
}

t.test('events arrive as they happen, and closing ends the watch in the switch', async (t) => {
  const { path, scripted } = await serve(t);
  const seen: unknown[] = [];
  const stop = new AbortController();
  let watching = (): void => {};
  const isWatching = new Promise<void>((resolve) => { watching = resolve; });
  const reader = (async () => {
    for await (const event of new ApiClient(path).watch({ signal: stop.signal, watching })) {
      seen.push(event);
      if (seen.length === 2) stop.abort();
    }
  })();
  await isWatching;
  t.equal(scripted.watcherCount, 1, 'whoever got the headers misses nothing');
  scripted.tell({ type: 'port_removed', time, port: 'web-1' });
  scripted.tell({ type: 'generation', time, generation: 8, changes: [] });
  await reader;
  t.same(seen, [{ type: 'port_removed', time, port: 'web-1' }, { type: 'generation', time, generation: 8, changes: [] }]);
  scripted.tell({ type: 'port_removed', time, port: 'web-2' });
  for (let i = 0; i < 50 && scripted.watcherCount > 0; ++i) await sleep(10);
  t.equal(scripted.watcherCount, 0);
});

t.test('a stopping server ends the stream', async (t) => {
  const { path, server } = await serve(t);
  let watching = (): void => {};
  const isWatching = new Promise<void>((resolve) => { watching = resolve; });
  const reader = (async () => { for await (const _ of new ApiClient(path).watch({ watching })); })();
  await isWatching;
  await server.close();
  await reader;
});

t.test('an idle stream carries heartbeats', async (t) => {
  const { answer } = await open(t, new ScriptedSwitch(), { heartbeatMs: 10, stalledMs: 1000 });
  let text = '';
  answer.setEncoding('utf8').on('data', (part: string) => { text += part; });
  for (let i = 0; i < 100 && !text.includes(': alive\n\n'); ++i) await sleep(10);
  t.match(text, /^: watching\n\n(: alive\n\n)+/);
  answer.destroy();
});

t.test('a client that takes nothing is let go', async (t) => {
  const scripted = new ScriptedSwitch();
  const stream = await open(t, scripted, { heartbeatMs: 1000, stalledMs: 50 });
  stream.answer.pause();
  const message = 'x'.repeat(100_000);
  for (let i = 0; i < 40; ++i) scripted.tell({ type: 'warning', time, message });
  await stream.ended;
  t.pass('the stream ended though the client never closed it');
  stream.answer.destroy();
});
