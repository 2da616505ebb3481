/**
 * Captures of connections: one frame of each, of 64 bytes on the wire, in an order by chance that is always the same.
 *
 * Every other connection is TCP, the rest UDP, or all of one. A capture holds one turn of all of them: `open` is the SYN or the first
 * datagram, `answer` what comes back first, `forth` and `back` what an established connection sends: acknowledgements
 * without data and datagrams, which may be played over and over. From 02:…:01, 10.0.0.1 to 02:…:02, 10.0.0.2 and back; checksums are right,
 * since who tracks connections looks.
 */
import { captureOfFrames, frameLengthMin, headerFilled, shuffled } from './capture.ts';

export type Turn = 'open' | 'answer' | 'forth' | 'back';

export interface Conversation {
  readonly connections: number;
  /** Absent: every other one is TCP. */
  readonly only?: 'tcp' | 'udp';
}

/** The addresses of both sides. */
export const conversationPrefix = '10.0.0.0/24';

const [tcp, udp] = [6, 17] as const;
const portFirst = 1024;
const portBits = 15;
const [synFlag, ackFlag] = [0x02, 0x10] as const;
const windowSize = 0x7fff;
const [sequenceFirst, sequenceOther] = [0x1000_0000, 0x2000_0000] as const;

interface Template {
  readonly frame: Buffer;
  /** Where its transport checksum stands, and the sum of all that it covers but for the ports; none: it has no checksum. */
  readonly checksum: { readonly at: number; readonly sum: number } | undefined;
}

/** `oneWire`: what comes back travels from and to the same MACs as what goes forth, for who has one input for both. */
export function turnOf({ connections, only }: Conversation, turn: Turn, { oneWire = false } = {}): Buffer {
  const isBack = turn === 'answer' || turn === 'back';
  const templates = { tcp: template(tcp, turn, isBack, oneWire), udp: template(udp, turn, isBack, oneWire) };
  return captureOfFrames(shuffled(connections), frameLengthMin, (index, into) => {
    const { frame, checksum } = templates[only ?? (index % 2 === 0 ? 'tcp' : 'udp')];
    frame.copy(into);
    const [near, far] = [portFirst + (index & (2 ** portBits - 1)), portFirst + (index >> portBits)];
    into.writeUInt16BE(isBack ? far : near, 34);
    into.writeUInt16BE(isBack ? near : far, 36);
    if (checksum !== undefined) into.writeUInt16BE(~folded(checksum.sum + near + far) & 0xffff, checksum.at);
  });
}

function template(protocol: typeof tcp | typeof udp, turn: Turn, isBack: boolean, oneWire: boolean): Template {
  // A SYN and an acknowledgement are as short as TCP can be: what follows up to 60 bytes is Ethernet's.
  const payload = protocol === tcp ? 20 : frameLengthMin - 34;
  const frame = headerFilled(frameLengthMin, { protocol, length: 20 + payload, isBack, macsBack: isBack && !oneWire });
  if (protocol === udp) {
    frame.writeUInt16BE(payload, 38);
    return { frame, checksum: undefined };
  }
  const [own, other] = isBack ? [sequenceOther, sequenceFirst] : [sequenceFirst, sequenceOther];
  const isOpening = turn === 'open' || turn === 'answer';
  frame.writeUInt32BE(isOpening ? own : own + 1, 38);
  if (turn !== 'open') frame.writeUInt32BE(other + 1, 42);
  frame[46] = 5 << 4;
  frame[47] = (isOpening ? synFlag : 0) | (turn === 'open' ? 0 : ackFlag);
  frame.writeUInt16BE(windowSize, 48);
  let sum = tcp + payload;
  for (let at = 26; at < 34 + payload; at += 2) sum += frame.readUInt16BE(at);
  return { frame, checksum: { at: 50, sum } };
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return rest;
}
