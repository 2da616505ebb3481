/** Blocks of pcapng for tests, written from the draft and not by the product. */
export function block(type: number, body: Uint8Array): Buffer {
  const padded = Buffer.alloc(12 + Math.ceil(body.length / 4) * 4);
  padded.writeUInt32LE(type, 0);
  padded.writeUInt32LE(padded.length, 4);
  padded.set(body, 8);
  padded.writeUInt32LE(padded.length, padded.length - 4);
  return padded;
}

export const section = block(0x0a0d0d0a, Buffer.from('4d3c2b1a01000000ffffffffffffffff', 'hex'));
export const ethernet = block(1, Buffer.from('0100000000000000', 'hex'));

export function framed(frame: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(frame.length, 12);
  head.writeUInt32LE(frame.length, 16);
  return block(6, Buffer.concat([head, frame]));
}
