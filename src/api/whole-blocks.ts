/**
 * A capture file that arrives in pieces, cut where its blocks end: whoever stops at any time has a whole file.
 *
 * It knows as much of pcapng and of classic pcap as says where the next block begins and whether it is a frame.
 */
const section = 0x0a0d_0d0a;
const enhancedPacket = 6;
const pcapngLeast = 12;
const [classicHeader, classicRecord] = [24, 16];

export class WholeBlocks {
  #rest: Buffer = Buffer.alloc(0);
  #format: 'pcapng' | 'pcap' | undefined;
  #frames = 0;

  /** Frames that were given out. */
  get frames(): number {
    return this.#frames;
  }

  /** What is whole now; the rest waits for more. */
  take(piece: Uint8Array): Buffer {
    const bytes = Buffer.concat([this.#rest, piece]);
    let end = 0;
    for (;;) {
      const left = bytes.subarray(end);
      if (left.length < 8) break;
      const isFirst = this.#format === undefined;
      const format = this.#format ?? (left.readUInt32LE(0) === section ? 'pcapng' : 'pcap');
      const size = sizeOf(left, format, isFirst);
      if (left.length < size) break;
      this.#format = format;
      if (format === 'pcap' ? !isFirst : left.readUInt32LE(0) === enhancedPacket) this.#frames += 1;
      end += size;
    }
    this.#rest = bytes.subarray(end);
    return bytes.subarray(0, end);
  }
}

/** The size of the block at the beginning of `bytes`, or more than is there. */
function sizeOf(bytes: Buffer, format: 'pcapng' | 'pcap', isFirst: boolean): number {
  if (format === 'pcapng') return Math.max(bytes.readUInt32LE(4), pcapngLeast);
  if (isFirst) return classicHeader;
  return bytes.length < classicRecord ? classicRecord : classicRecord + bytes.readUInt32LE(8);
}
