/**
 * A capture is played into the switch, and what a port gets is written to another: real threads, real time.
 *
 *   in.pcap ──▶ port player ═══ worker ═══ port writer ──▶ out.pcap
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { VirtualSwitch } from '../../src/index.ts';
import { readCapture, writeCapture } from '../harness/capture.ts';

const [playerMac, writerMac] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const frameOf = (number: number): Uint8Array => Uint8Array.from(Buffer.from(`${writerMac}${playerMac}`.replaceAll(':', '') + '88b5' + '00'.repeat(45) + number.toString(16).padStart(2, '0'), 'hex'));

t.test('a capture is played at its own pace, and what arrives is written with its times', { timeout: 60_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vsw-pcap-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [read, write] = [join(folder, 'in.pcap'), join(folder, 'out.pcap')];
  const sent = [0, 50, 100, 100].map((timeMs, number) => ({ timeMs: 1_700_000_000_000 + timeMs, frame: frameOf(number) }));
  writeCapture(read, sent);
  const begun = Date.now();
  {
    await using product = await VirtualSwitch.open({ workers: 1 });
    await product.apply([
      { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'lab' }, spec: { etherTypes: [0x88b5] } },
      { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'player' }, spec: { network: 'lab', type: 'pcap', mac: playerMac, pcap: { read } } },
      { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'writer' }, spec: { network: 'lab', type: 'pcap', mac: writerMac, pcap: { write } } },
    ]);
    const count = (): number => product.stats().items.find(({ port }) => port === 'writer')!.transmittedPackets;
    for (let look = 0; count() < sent.length && look < 1000; look += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    t.equal(count(), sent.length, 'every frame arrived', { drops: product.drops() });
  }
  const got = readCapture(write);
  t.same(got.map(({ frame }) => Buffer.from(frame).toString('hex')), sent.map(({ frame }) => Buffer.from(frame).toString('hex')), 'byte for byte, in order');
  const early = got.map(({ timeMs }, number) => begun + sent[number]!.timeMs - sent[0]!.timeMs - timeMs);
  t.ok(early.every((ms) => ms < 5), 'no frame came before its time', { early });
  t.ok(got.every(({ timeMs }) => timeMs < Date.now() + 5), 'the times are those of the day');
});
