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
/** Drivers that play a capture over and over copy it more evenly when it holds a whole batch. */
const framesMin = 64;

export function captureOf(flows: number, length: number): { bytes: Buffer; frames: number } {
  const frame = frameOf(length - frameChecksum);
  const frames = Math.max(flows, framesMin);
  const record = recordHeader + frame.length;
  const bytes = Buffer.alloc(fileHeader + frames * record);
  emptyCapture().copy(bytes);
  shuffled(frames).forEach((position, index) => {
    const at = fileHeader + index * record;
    const flow = position % flows;
    bytes.writeUInt32LE(frame.length, at + 8);
    bytes.writeUInt32LE(frame.length, at + 12);
    frame.writeUInt16BE(1024 + (flow & 0x7fff), 34);
    frame.writeUInt16BE(1024 + (flow >> 15), 36);
    frame.copy(bytes, at + recordHeader);
  });
  return { bytes, frames };
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

function frameOf(length: number): Buffer {
  const frame = Buffer.alloc(length);
  Buffer.from('02000000000202000000000108004500', 'hex').copy(frame);
  frame.writeUInt16BE(length - 14, 16);
  frame.set([64, 17], 22);
  frame.set([10, 0, 0, 1, 10, 0, 0, 2], 26);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += frame.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.writeUInt16BE(~sum & 0xffff, 24);
  frame.writeUInt16BE(length - 34, 38);
  return frame;
}

function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  let random = 1;
  for (let index = count - 1; index > 0; index -= 1) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    const other = random % (index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}
