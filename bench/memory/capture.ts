/**
 * Captures for forwarding in memory: UDP frames of one length, a flow each, in an order by chance.
 *
 * By chance but always the same, so that no two neighbours lie side by side in anybody's tables. From 02:…:01, 10.0.0.1 to
 * 02:…:02, 10.0.0.2; flows differ in their ports. `length` is the frame's on the wire, with its checksum of 4 bytes, which
 * a capture does not hold.
 */

const fileHeader = 24;
const recordHeader = 16;
const frameChecksum = 4;
/** Of the shortest frame, without its checksum. */
export const frameLengthMin = 60;
/** Drivers that play a capture over and over copy it more evenly when it holds a whole batch. */
const framesMin = 64;
const udp = 17;

export function captureOf(flows: number, length: number): { bytes: Buffer; frames: number } {
  const frame = headerFilled(length - frameChecksum, { protocol: udp, length: length - frameChecksum - 14 });
  frame.writeUInt16BE(frame.length - 34, 38);
  const frames = Math.max(flows, framesMin);
  const bytes = captureOfFrames(shuffled(frames), frame.length, (position, into) => {
    const flow = position % flows;
    frame.writeUInt16BE(1024 + (flow & 0x7fff), 34);
    frame.writeUInt16BE(1024 + (flow >> 15), 36);
    frame.copy(into);
  });
  return { bytes, frames };
}

/** Frames of one length in that order, each written by `write`. */
export function captureOfFrames(order: Uint32Array, length: number, write: (number: number, into: Buffer) => void): Buffer {
  const record = recordHeader + length;
  const bytes = Buffer.alloc(fileHeader + order.length * record);
  emptyCapture().copy(bytes);
  order.forEach((number, index) => {
    const at = fileHeader + index * record;
    bytes.writeUInt32LE(length, at + 8);
    bytes.writeUInt32LE(length, at + 12);
    write(number, bytes.subarray(at + recordHeader, at + record));
  });
  return bytes;
}

/** One after the other in one capture. */
export function joined(captures: readonly Buffer[]): Buffer {
  return Buffer.concat([emptyCapture(), ...captures.map((bytes) => bytes.subarray(fileHeader))]);
}

/** A capture without a frame. */
export function emptyCapture(): Buffer {
  const header = Buffer.alloc(fileHeader);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

interface Header {
  readonly protocol: number;
  /** Of the IP packet. */
  readonly length: number;
  /** From the second address to the first; and so the MACs. */
  readonly isBack?: boolean;
  readonly macsBack?: boolean;
}

/** A frame with its Ethernet and IPv4 headers, and nothing behind them. */
export function headerFilled(frameLength: number, { protocol, length, isBack = false, macsBack = false }: Header): Buffer {
  const frame = Buffer.alloc(frameLength);
  Buffer.from(`02000000000${macsBack ? '1' : '2'}02000000000${macsBack ? '2' : '1'}08004500`, 'hex').copy(frame);
  frame.writeUInt16BE(length, 16);
  frame.set([64, protocol], 22);
  frame.set(isBack ? [10, 0, 0, 2, 10, 0, 0, 1] : [10, 0, 0, 1, 10, 0, 0, 2], 26);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += frame.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.writeUInt16BE(~sum & 0xffff, 24);
  return frame;
}

/** The numbers below `count` in an order by chance. */
export function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  let random = 1;
  for (let index = count - 1; index > 0; index -= 1) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    const other = random % (index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}
