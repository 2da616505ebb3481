import t from 'tap';
import { joined } from '../../../../bench/memory/capture.ts';
import { turnOf, type Turn } from '../../../../bench/memory/conversation.ts';
import { framesIn } from './frames.ts';

const [forth, back] = ['020000000002020000000001', '020000000001020000000002'];

/** Whether what the sum covers adds up to nothing with the checksum in it. */
function isWhole(frame: Buffer, from: number, to: number, more = 0): boolean {
  let sum = more;
  for (let at = from; at < to; at += 2) sum += frame.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}

function fieldsOf(frame: Buffer): { macs: string; key: string; isTcp: boolean } {
  return { macs: frame.toString('hex', 0, 12), key: `${frame[23]} ${frame.toString('hex', 26, 38)}`, isTcp: frame[23] === 6 };
}

/** The same with both sides exchanged. */
function reversed(key: string): string {
  const [protocol = '', sides = ''] = key.split(' ');
  return `${protocol} ${sides.slice(8, 16)}${sides.slice(0, 8)}${sides.slice(20, 24)}${sides.slice(16, 20)}`;
}

t.test('a frame of every connection in every turn, each its own, half of them TCP, and all of them right', (t) => {
  const keys = new Map<Turn, Set<string>>();
  for (const turn of ['open', 'answer', 'forth', 'back'] as const) {
    const frames = framesIn(turnOf({ connections: 70_000 }, turn));
    t.equal(frames.length, 70_000);
    keys.set(turn, new Set(frames.map((frame) => fieldsOf(frame).key)));
    t.equal(keys.get(turn)!.size, 70_000);
    const tcp = frames.filter((frame) => fieldsOf(frame).isTcp);
    t.equal(tcp.length, 35_000);
    t.ok(frames.every((frame) => frame.length === 60 && isWhole(frame, 14, 34)), 'the headers of IP');
    t.ok(tcp.every((frame) => isWhole(frame, 26, 54, 6 + 20)), 'the checksums of TCP');
    t.ok(frames.every((frame) => fieldsOf(frame).macs === (turn === 'open' || turn === 'forth' ? forth : back)));
  }
  t.same(keys.get('forth'), keys.get('open'));
  t.same(keys.get('back'), keys.get('answer'));
  t.same(new Set([...keys.get('back')!].map(reversed)), keys.get('forth'), 'what comes back belongs to what went forth');
  t.end();
});

t.test('the handshake of TCP, and what follows it', (t) => {
  const of = (turn: Turn): object => {
    const frame = framesIn(turnOf({ connections: 1, only: 'tcp' }, turn))[0]!;
    return { sequence: frame.readUInt32BE(38), acknowledged: frame.readUInt32BE(42), flags: frame[47], headerWords: frame[46]! >> 4, length: frame.readUInt16BE(16) };
  };
  const all = { headerWords: 5, length: 40 };
  t.same(of('open'), { sequence: 0x1000_0000, acknowledged: 0, flags: 0x02, ...all });
  t.same(of('answer'), { sequence: 0x2000_0000, acknowledged: 0x1000_0001, flags: 0x12, ...all });
  t.same(of('forth'), { sequence: 0x1000_0001, acknowledged: 0x2000_0001, flags: 0x10, ...all });
  t.same(of('back'), { sequence: 0x2000_0001, acknowledged: 0x1000_0001, flags: 0x10, ...all });
  t.end();
});

t.test('all of one protocol, and a wire for both directions', (t) => {
  t.ok(framesIn(turnOf({ connections: 10, only: 'udp' }, 'open')).every((frame) => !fieldsOf(frame).isTcp));
  const both = joined([turnOf({ connections: 10 }, 'forth', { oneWire: true }), turnOf({ connections: 10 }, 'back', { oneWire: true })]);
  const frames = framesIn(both);
  t.equal(frames.length, 20);
  t.ok(frames.every((frame) => fieldsOf(frame).macs === forth));
  t.equal(new Set(frames.map((frame) => fieldsOf(frame).key)).size, 20);
  t.end();
});
