/** A capture reaches a client as fast as it takes it, and ends with whoever is gone first. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ApiClient, ApiError } from '../../../src/api/client.ts';
import { streamCapture } from '../../../src/api/capture-stream.ts';
import type { LiveCapture } from '../../../src/api/protocol.ts';
import { VswError } from '../../../src/errors.ts';
import { ethernet, framed, section } from '../../harness/capture-blocks.ts';
import { ask, serve, temporaryFolder } from './served.ts';

const file = [Buffer.concat([section, ethernet]), framed(new Uint8Array(60).fill(7)), framed(new Uint8Array(61).fill(8))];

async function open(t: Test, capture: LiveCapture, stop: () => void, format?: string): Promise<{ answer: IncomingMessage; ended: Promise<void> }> {
  const path = join(temporaryFolder(t), 's');
  let ended: Promise<void> = Promise.resolve();
  const server = createServer((_request, response) => { ended = streamCapture(capture, format, response, stop); }).listen(path);
  await once(server, 'listening');
  t.teardown(() => { server.closeAllConnections(); server.close(); });
  const asked = request({ socketPath: path, agent: false }).end();
  asked.on('error', () => {});
  const [answer] = await once(asked, 'response') as [IncomingMessage];
  return { answer, get ended() { return ended; } };
}

t.test('the bytes, and behind them the counts', async (t) => {
  const { path, scripted } = await serve(t);
  scripted.captured = file;
  const capture = await new ApiClient(path).capture({ count: '2', host: '10.77.0.1', dropped: 'true' });
  const got: Uint8Array[] = [];
  for await (const chunk of capture.chunks) got.push(chunk);
  t.ok(Buffer.concat(got).equals(Buffer.concat(file)));
  t.equal(capture.frames, 2);
  t.equal(capture.lost, 2, 'as the scripted switch says');
  t.match(scripted.asked, [{ capture: { count: 2, host: '10.77.0.1', dropped: true } }]);
});

t.test('what the switch refuses is a problem, not a stream', async (t) => {
  const { path, scripted } = await serve(t);
  const refusal = VswError.of('VSW_INVALID', [{ path: '/host', message: '"x" is not an IP address', remedy: 'write one' }]);
  scripted.refusal = refusal;
  await t.rejects(new ApiClient(path).capture({ host: 'x' }), ApiError);
  scripted.refusal = refusal;
  t.match(await ask(path, 'GET', '/v1/capture?host=x'), { status: 422, body: { errors: [{ message: '"x" is not an IP address' }] } });
});

t.test('a client that stops has what came, whole, and the switch hears of it', async (t) => {
  const { path, scripted } = await serve(t);
  scripted.captured = file;
  const stop = new AbortController();
  const capture = await new ApiClient(path).capture({}, stop.signal);
  const got: Uint8Array[] = [];
  for await (const chunk of capture.chunks) {
    got.push(chunk);
    if (Buffer.concat(got).length === Buffer.concat(file).length) stop.abort();
  }
  t.ok(Buffer.concat(got).equals(Buffer.concat(file)));
  t.equal(capture.lost, undefined, 'it did not come to its end');
});

t.test('a stopping server ends the file in good order', async (t) => {
  const { path, scripted, server } = await serve(t);
  scripted.captured = file;
  const capture = await new ApiClient(path).capture();
  const reader = (async () => { for await (const _ of capture.chunks); })();
  for (let i = 0; i < 500 && capture.frames < 2; ++i) await sleep(10);
  await server.close();
  await reader;
  t.equal(capture.frames, 2);
  t.equal(capture.lost, 2);
});

t.test('it is named by its format, and asked for more only when the client took the last', async (t) => {
  let asked = 0;
  let stopped = false;
  const piece = Buffer.alloc(1 << 20);
  const endless: LiveCapture = {
    frames: 0, lost: 0,
    async *[Symbol.asyncIterator]() {
      for (; !stopped; asked += 1) yield piece;
    },
  };
  const stream = await open(t, endless, () => { stopped = true; }, 'pcap');
  t.equal(stream.answer.headers['content-type'], 'application/vnd.tcpdump.pcap');
  stream.answer.pause();
  await sleep(200);
  const before = asked;
  t.ok(before < 20, 'a client that sleeps is not written to without end', { before });
  let taken = 0;
  stream.answer.resume();
  stream.answer.on('data', (bytes: Buffer) => { taken += bytes.length; });
  for (let i = 0; i < 500 && taken < 40 * piece.length; ++i) await sleep(10);
  t.ok(taken >= 40 * piece.length, 'one that wakes gets more', { taken });
  stream.answer.destroy();
  await stream.ended;
  t.ok(stopped, 'the capture ends with its client');
});
