/** What the drop log kept of a frame, made ready to be judged anew. */
import t from 'tap';
import { asReceived, fullLength, notesOfDead } from '../../../src/explain/dead-frame.ts';
import { allocate, noAllocations } from '../../../src/compile/allocations.ts';
import { compile } from '../../../src/compile/compile.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import type { PutPort } from '../../../src/table/edits.gen.ts';
import { network, port, trunk } from '../intent/resources.ts';

const intent = intentWith([
  network('dev', { vlan: 100 }), network('prod', { vlan: 200 }), port('a', {}), port('b', { network: 'prod' }), trunk('up', ['dev', 'prod'], { native: 'dev' }), trunk('bare', ['dev', 'prod'], {}),
], emptyIntent, nothingHeld);
const tables = compile(intent, allocate(intent, noAllocations, 100));
const of = (name: string): PutPort => [...tables.ports.values()].find((entry) => entry.name === name)!;

const dead = { timeMs: 0, reason: 'no_receiver', frame: Uint8Array.of(1, 2), length: 2, transmitted: false, ingress: 0, packets: 1 };
/** 160 bytes kept of a frame of this type, whose byte 9 behind the type (IPv4's protocol) is such. */
const kept = (type: number, protocol: number, at: number): Uint8Array => {
  const frame = new Uint8Array(160);
  frame.set([type >> 8, type & 0xff], 12);
  frame[14 + at] = protocol;
  return frame;
};

t.test('zeros stand for what was not kept, up to the longest frame that may be', (t) => {
  t.strictSame([...fullLength({ ...dead, length: 5 })], [1, 2, 0, 0, 0]);
  t.strictSame([...fullLength(dead)], [1, 2]);
  t.equal(fullLength({ ...dead, length: 4_000_000_000 }).length, 65_557);
  t.end();
});

t.test('a frame is tagged as it was when it came', (t) => {
  const bare = Buffer.from(`${'02'.repeat(12)}0800${'45'.repeat(46)}`, 'hex');
  const tagged = (vlan: string): Buffer => Buffer.concat([bare.subarray(0, 12), Buffer.from(`8100${vlan}`, 'hex'), bare.subarray(12)]);
  const received = (frame: Uint8Array, receiver: string, origin: string): string => Buffer.from(asReceived(frame, of(receiver), of(origin), tables)).toString('hex');
  const hex = (frame: Buffer): string => frame.toString('hex');
  t.equal(received(bare, 'a', 'a'), hex(bare), 'between ports of one network');
  t.equal(received(bare, 'a', 'up'), hex(bare), 'from the native network');
  t.equal(received(bare, 'a', 'bare'), hex(tagged('0064')), 'from a trunk that tags it');
  t.equal(received(bare, 'b', 'up'), hex(tagged('00c8')));
  t.equal(received(tagged('60c8'), 'up', 'b'), hex(bare), 'into a trunk, with a priority');
  t.equal(received(bare, 'up', 'a'), hex(bare), 'into the native network of a trunk');
  t.equal(received(tagged('0064'), 'bare', 'up'), hex(bare), 'between trunks');
  t.equal(received(bare, 'up', 'bare'), hex(tagged('0064')));
  t.equal(received(tagged('0005'), 'a', 'a'), hex(tagged('0005')), 'a tag of the hosts is theirs');
  t.end();
});

t.test('notes tell what was not kept, where that may matter, and where a frame came from', (t) => {
  t.strictSame(notesOfDead(dead, 'a', 'a'), []);
  const long = (frame: Uint8Array): string => notesOfDead({ ...dead, frame, length: 999 }, 'a', 'a').join();
  t.equal(long(kept(0x0800, 17, 9)), 'only the first 160 of 999 bytes were kept');
  for (const frame of [kept(0x0800, 2, 9), kept(0x86dd, 58, 6), kept(0x86dd, 0, 6)]) t.match(long(frame), /kept; the rest counts as zeros, so that a checksum/);
  t.match(notesOfDead({ ...dead, transmitted: true }, 'b', 'a'), ['died on its way out to b, came from a']);
  t.match(notesOfDead({ ...dead, packets: 28 }, 'b', 'b'), [/stood for 28 packets/]);
  t.end();
});
