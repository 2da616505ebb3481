/** Classic pcap captures: read and written whole, with nanoseconds kept as given. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface CapturedFrame {
  timeMs: number;
  frame: Uint8Array;
}

const fileHeaderLength = 24;
const recordHeaderLength = 16;
const ethernetLink = 1;

export function parseCapture(bytes: Uint8Array, name = 'capture'): CapturedFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < fileHeaderLength) throw new Error(`${name}: ${bytes.length} bytes are too short for a pcap file`);
  const magic = view.getUint32(0, true);
  const little = magic === 0xa1b2_c3d4 || magic === 0xa1b2_3c4d;
  const nanoseconds = [0xa1b2_3c4d, 0x4d3c_b2a1].includes(magic);
  if (!little && magic !== 0xd4c3_b2a1 && magic !== 0x4d3c_b2a1) throw new Error(`${name}: not a pcap file`);
  if ((view.getUint32(20, little) & 0x0fff_ffff) !== ethernetLink) throw new Error(`${name}: not a capture of Ethernet frames`);
  const frames: CapturedFrame[] = [];
  for (let at = fileHeaderLength; at < bytes.length; ) {
    if (at + recordHeaderLength > bytes.length) throw new Error(`${name}: the record at ${at} has no whole header`);
    const length = view.getUint32(at + 8, little);
    const start = at + recordHeaderLength;
    if (start + length > bytes.length) throw new Error(`${name}: the record at ${at} is longer than the file`);
    const fraction = view.getUint32(at + 4, little) / (nanoseconds ? 1_000_000 : 1000);
    frames.push({ timeMs: view.getUint32(at, little) * 1000 + fraction, frame: Uint8Array.from(bytes.subarray(start, start + length)) });
    at = start + length;
  }
  return frames;
}

export const readCapture = (path: string): CapturedFrame[] => parseCapture(readFileSync(path), path);

export function formatCapture(frames: readonly CapturedFrame[]): Uint8Array {
  const size = frames.reduce((sum, { frame }) => sum + recordHeaderLength + frame.length, fileHeaderLength);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2_c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, ethernetLink, true);
  let at = fileHeaderLength;
  for (const { timeMs, frame } of frames) {
    view.setUint32(at, Math.floor(timeMs / 1000), true);
    view.setUint32(at + 4, Math.round((timeMs % 1000) * 1000), true);
    view.setUint32(at + 8, frame.length, true);
    view.setUint32(at + 12, frame.length, true);
    bytes.set(frame, at + recordHeaderLength);
    at += recordHeaderLength + frame.length;
  }
  return bytes;
}

export function writeCapture(path: string, frames: readonly CapturedFrame[]): void {
  writeFileSync(path, formatCapture(frames));
}
