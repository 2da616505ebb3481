/** A live capture ends with its signal, its count, its time or the switch, and every wrong wish is told at once. */
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { CommitError, type DataplaneOptions } from '../../../src/dataplane/dataplane.ts';
import { VswError } from '../../../src/errors.ts';
import { Capture, type CaptureOptions } from '../../../src/switch/capture.ts';
import { dropReasons } from '../../../src/table/drop-reasons.gen.ts';
import { ScriptedDataplane } from './scripted-dataplane.ts';

const never = new AbortController().signal;
const scripted = (): ScriptedDataplane => new ScriptedDataplane({ firstGeneration: 1, portsMax: 4 } as DataplaneOptions);
const piece = (value: number): Uint8Array => new Uint8Array(4).fill(value);

async function all(capture: Capture): Promise<number[]> {
  const seen: number[] = [];
  for await (const bytes of capture) seen.push(bytes[0]!);
  return seen;
}

t.test('what is wished reaches the dataplane', (t) => {
  const wish = (options: CaptureOptions): unknown => {
    const dataplane = scripted();
    new Capture(dataplane, 3, options, never).stop();
    return dataplane.captures[0];
  };
  t.same(wish({}), {
    port: 3, received: true, transmitted: true, onlyDropped: false, reason: 0, host: new Uint8Array(), protocol: 0, transportPort: 0, etherType: 0,
    snapshotLength: 65_557, classic: false,
  });
  t.match(wish({ direction: 'receive', dropped: true }), { received: true, transmitted: false, onlyDropped: true });
  t.match(wish({ direction: 'transmit', reason: 'mac_spoofed' }), { received: false, transmitted: true, onlyDropped: true, reason: dropReasons.indexOf('mac_spoofed') + 1 });
  t.match(wish({ host: '10.77.0.1', protocol: 'tcp', transportPort: 443 }), { host: Uint8Array.from(Buffer.from('00000000000000000000ffff0a4d0001', 'hex')), protocol: 6, transportPort: 443 });
  t.match(wish({ host: 'fd00:77::1', protocol: 47 }), { host: Uint8Array.from(Buffer.from('fd000077000000000000000000000001', 'hex')), protocol: 47 });
  t.match(wish({ snapshotLength: 96, format: 'pcap' }), { snapshotLength: 96, classic: true });
  t.end();
});

t.test('all that is wrong is told at once, and nothing begins', (t) => {
  const dataplane = scripted();
  const wrong = {
    direction: 'up', format: 'text', reason: 'mac_spofed', host: '10.77.0', protocol: 'ipx', transportPort: 0, snapshotLength: 13, count: 1.5, seconds: 0,
  } as unknown as CaptureOptions;
  const error = ((): unknown => { try { return new Capture(dataplane, 0, wrong, never); } catch (thrown) { return thrown; } })();
  t.ok(error instanceof VswError);
  const { code, errors } = error as VswError;
  t.equal(code, 'VSW_INVALID');
  t.same(errors.map(({ path }) => path).sort(), Object.keys(wrong).map((name) => `/${name}`).sort());
  t.match(errors.find(({ path }) => path === '/reason'), { remedy: /did you mean mac_spoofed/ });
  t.same(dataplane.captures, []);
  t.end();
});

t.test('a fifth is refused with its remedy', (t) => {
  const dataplane = scripted();
  dataplane.captureStart = () => { throw new CommitError('limit', 'there are four live captures already', 0); };
  t.throws(() => new Capture(dataplane, 0, {}, never), { code: 'VSW_LIMIT', errors: [{ message: /four/, remedy: /end another/ }] });
  t.end();
});

t.test('what is no signal is refused before anything begins', (t) => {
  const dataplane = scripted();
  t.throws(() => new Capture(dataplane, 0, { signal: new AbortController() as unknown as AbortSignal }, never), { code: 'VSW_INVALID', errors: [{ path: '/signal', remedy: /AbortController/ }] });
  t.same(dataplane.captures, []);
  t.end();
});

t.test('once it ended, nothing that could have ended it holds it', (t) => {
  const [closing, signal] = [new AbortController().signal, new AbortController().signal];
  const [one, other] = [new Capture(scripted(), 0, { signal }, closing), new Capture(scripted(), 0, { signal }, closing)];
  one.stop();
  t.same([closing, signal].map((one) => getEventListeners(one, 'abort').length), [1, 1]);
  other.stop();
  t.same([closing, signal].flatMap((one) => getEventListeners(one, 'abort')), []);
  t.end();
});

t.test('its count ends it', async (t) => {
  const dataplane = scripted();
  dataplane.captured = [1, 2, 3, 4].map(piece);
  const capture = new Capture(dataplane, 0, { count: 3 }, never);
  t.same(await all(capture), [1, 2, 3]);
  t.equal(capture.frames, 3);
  t.same(dataplane.stopped, [0]);
});

t.test('its time ends it, with what came meanwhile', async (t) => {
  const dataplane = scripted();
  const capture = new Capture(dataplane, 0, { seconds: 0.2 }, never);
  setTimeout(() => { dataplane.captured = [1, 2, 3].map(piece); }, 60);
  const begun = performance.now();
  t.same(await all(capture), [1, 2, 3]);
  t.ok(performance.now() - begun >= 195);
  t.same(dataplane.stopped, [0]);
});

t.test('its signal, or the end of the switch, ends it with what came; later reads touch no dataplane', async (t) => {
  for (const which of ['signal', 'switch']) {
    const dataplane = scripted();
    const [signal, closing] = [new AbortController(), new AbortController()];
    const capture = new Capture(dataplane, 0, { signal: signal.signal }, closing.signal);
    const seen = all(capture);
    await sleep(20);
    dataplane.captured = [1, 2, 3].map(piece);
    (which === 'signal' ? signal : closing).abort();
    t.same(dataplane.stopped, [0], 'at once');
    dataplane.captureRead = () => { throw new Error('the dataplane is gone'); };
    t.same(await seen, [1, 2, 3], which);
    t.same(dataplane.stopped, [0], 'and once');
  }
  const dataplane = scripted();
  t.same(await all(new Capture(dataplane, 0, { signal: AbortSignal.abort() }, never)), []);
  t.same(dataplane.stopped, [0], 'also when it was over before it began');
});

t.test('whoever leaves the loop, or stops it unread, ends it', async (t) => {
  const dataplane = scripted();
  dataplane.captured = [1, 2].map(piece);
  for await (const bytes of new Capture(dataplane, 0, {}, never)) {
    t.equal(bytes[0], 1);
    break;
  }
  t.same(dataplane.stopped, [0]);
  const unread = new Capture(dataplane, 0, {}, never);
  unread.stop();
  unread.stop();
  t.same(dataplane.stopped, [0, 1]);
  t.same(await all(unread), []);
});
