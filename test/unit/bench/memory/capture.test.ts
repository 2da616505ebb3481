import t from 'tap';
import { captureOf, emptyCapture } from '../../../../bench/memory/capture.ts';
import { framesIn } from './frames.ts';

t.test('so many flows, each as often as the others, of the length on the wire', (t) => {
  for (const [flows, frames] of [[1, 64], [100, 100], [40_000, 40_000]] as const) {
    const capture = captureOf(flows, 64);
    t.equal(capture.frames, frames);
    const played = framesIn(capture.bytes);
    t.equal(played.length, frames);
    t.ok(played.every((frame) => frame.length === 60));
    t.equal(new Set(played.map((frame) => frame.toString('hex'))).size, flows);
  }
  t.end();
});

t.test('a frame is a whole one: lengths and the checksum of its IP header', (t) => {
  for (const length of [64, 1518]) {
    const frame = framesIn(captureOf(1, length).bytes)[0]!;
    let sum = 0;
    for (let at = 14; at < 34; at += 2) sum += frame.readUInt16BE(at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    t.equal(sum, 0xffff);
    t.equal(frame.readUInt16BE(16), frame.length - 14);
    t.equal(frame.readUInt16BE(38), frame.length - 34);
  }
  t.end();
});

t.test('neighbours are strangers', (t) => {
  const ports = framesIn(captureOf(10_000, 64).bytes).map((frame) => frame.readUInt16BE(34));
  const neighbours = ports.filter((port, index) => index > 0 && Math.abs(port - ports[index - 1]!) <= 1).length;
  t.ok(neighbours < 20, `${neighbours} of 10000 stand beside their neighbour`);
  t.end();
});

t.test('an empty capture is a header alone', (t) => {
  t.equal(emptyCapture().length, 24);
  t.equal(emptyCapture().readUInt32LE(0), 0xa1b2c3d4);
  t.end();
});
