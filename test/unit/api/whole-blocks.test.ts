/** However a capture file is cut on its way, what is given out ends where a block ends. */
import t from 'tap';
import { WholeBlocks } from '../../../src/api/whole-blocks.ts';
import { ethernet, framed, section } from '../../harness/capture-blocks.ts';

const frames = [new Uint8Array(60).fill(7), new Uint8Array(61).fill(8), new Uint8Array(0), new Uint8Array(1500).fill(6)];
const pcapng = [section, ethernet, ...frames.map(framed)];
const pcap = [
  Buffer.from('4d3cb2a1' + '02000400' + '00'.repeat(8) + 'ffff0000' + '01000000', 'hex'),
  ...frames.map((frame) => {
    const head = Buffer.alloc(16);
    head.writeUInt32LE(frame.length, 8);
    head.writeUInt32LE(frame.length, 12);
    return Buffer.concat([head, frame]);
  }),
];

for (const [name, blocks] of Object.entries({ pcapng, pcap })) {
  t.test(name, (t) => {
    const file = Buffer.concat(blocks);
    const ends = new Set([0]);
    for (const block of blocks) ends.add(Math.max(...ends) + block.length);
    for (const size of [1, 3, 16, 61, file.length]) {
      const whole = new WholeBlocks();
      const out: Buffer[] = [];
      let given = 0;
      let torn = 0;
      for (let at = 0; at < file.length; at += size) {
        out.push(whole.take(file.subarray(at, at + size)));
        given += out.at(-1)!.length;
        if (!ends.has(given)) torn += 1;
      }
      t.equal(torn, 0, `in pieces of ${size} bytes nothing is torn`);
      t.ok(Buffer.concat(out).equals(file), 'nothing is lost');
      t.equal(whole.frames, frames.length);
    }
    const broken = new WholeBlocks();
    const out = broken.take(file.subarray(0, file.length - 1));
    t.equal(out.length, file.length - blocks.at(-1)!.length, 'a frame that did not arrive whole is left out');
    t.equal(broken.frames, frames.length - 1);
    t.end();
  });
}

t.test('a block that says it is nothing does not hold it up for ever', (t) => {
  const whole = new WholeBlocks();
  whole.take(section);
  t.equal(whole.take(Buffer.alloc(64)).length, 60);
  t.end();
});
