/**
 * Super-frames, slowly: what a virtio_net_hdr may claim, and the packets that it stands for.
 *
 * From virtio 1.2, 5.1.6, and what Linux does when it segments in software.
 */
import { be16, be32, join, protocols, read16, read32, sum16 } from '../harness/frames.ts';
import type { Reading } from './reading.ts';

export interface ModelOffload {
  gso: 'none' | 'tcp4' | 'tcp6' | 'udp';
  gsoSize: number;
  needsChecksum: boolean;
  checksumStart: number;
  checksumOffset: number;
  ecn?: boolean;
  checksumValid?: boolean;
}

const flagBits = { fin: 1, syn: 2, rst: 4, psh: 8, urg: 32, cwr: 128 };

/** How many packets the frame stands for; undefined when its offload contradicts it. */
export function countPackets(frame: Uint8Array, reading: Reading, offload: ModelOffload): number | undefined {
  const { gso, gsoSize, needsChecksum, checksumStart, checksumOffset } = offload;
  const field = reading.protocol === protocols.tcp ? 16 : reading.protocol === protocols.udp ? 6 : -1;
  if (needsChecksum) {
    if (!reading.isWhole || reading.fragment !== 'none' || field < 0) return undefined;
    if (checksumStart !== reading.transport || checksumOffset !== field) return undefined;
  }
  if (gso === 'none') return offload.ecn === true ? undefined : 1;
  const wanted = gso === 'udp' ? protocols.udp : protocols.tcp;
  const family = gso === 'tcp4' ? 'ipv4' : gso === 'tcp6' ? 'ipv6' : reading.kind;
  if (!needsChecksum || reading.protocol !== wanted || reading.kind !== family || gsoSize === 0) return undefined;
  if (offload.ecn === true && gso === 'udp') return undefined;
  if (reading.end !== frame.length) return undefined; // padding behind a super-frame would be cut as payload
  if (gso === 'udp' && read16(frame, reading.transport + 4) !== reading.end - reading.transport) return undefined;
  const count = Math.ceil((reading.end - reading.payload) / gsoSize);
  if (count <= 1) return 1;
  if (gso === 'udp') return count <= 128 ? count : undefined;
  const flags = frame[reading.transport + 13] ?? 0;
  return gsoSize >= 8 && (flags & (flagBits.syn | flagBits.rst | flagBits.urg)) === 0 ? count : undefined;
}

/** The segment's checksum, from the sum that the super-frame's field holds: its pseudo-header's, but for the length. */
function storeChecksum(segment: Uint8Array, reading: Reading, superLength: number): void {
  const at = reading.transport;
  const field = at + (reading.protocol === protocols.tcp ? 16 : 6);
  const stated = segment.slice(field, field + 2);
  segment.set([0, 0], field);
  const sum = sum16(join(stated, be16(~superLength & 0xffff), be16(segment.length - at), segment.subarray(at)));
  const checksum = ~sum & 0xffff;
  segment.set(be16(checksum === 0 && reading.protocol === protocols.udp ? 0xffff : checksum), field);
}

/** Completes a partial checksum: what the field holds already is the pseudo-header's sum. */
export function completeChecksum(frame: Uint8Array, reading: Reading): Uint8Array {
  const completed = Uint8Array.from(frame);
  const field = reading.transport + (reading.protocol === protocols.tcp ? 16 : 6);
  const checksum = ~sum16(completed.subarray(reading.transport, reading.end)) & 0xffff;
  completed.set(be16(checksum === 0 && reading.protocol === protocols.udp ? 0xffff : checksum), field);
  return completed;
}

export function cutSegments(frame: Uint8Array, reading: Reading, offload: ModelOffload): Uint8Array[] {
  const { network, transport, payload, end, kind, protocol } = reading;
  const segments: Uint8Array[] = [];
  for (let at = payload; at < end; at += offload.gsoSize) {
    const piece = frame.subarray(at, Math.min(at + offload.gsoSize, end));
    const segment = join(frame.subarray(0, payload), piece);
    const index = segments.length;
    if (kind === 'ipv4') {
      segment.set(be16(segment.length - network), network + 2);
      segment.set(be16((read16(frame, network + 4) + index) & 0xffff), network + 4);
      segment.set([0, 0], network + 10);
      segment.set(be16(~sum16(segment.subarray(network, transport)) & 0xffff), network + 10);
    } else {
      segment.set(be16(segment.length - network - 40), network + 4);
    }
    if (protocol === protocols.tcp) {
      segment.set(be32((read32(frame, transport + 4) + at - payload) % 2 ** 32), transport + 4);
      const isLast = at + offload.gsoSize >= end;
      let flags = frame[transport + 13] ?? 0;
      if (!isLast) flags &= ~(flagBits.fin | flagBits.psh);
      if (index > 0) flags &= ~flagBits.cwr;
      segment[transport + 13] = flags;
    } else {
      segment.set(be16(8 + piece.length), transport + 4);
    }
    storeChecksum(segment, reading, end - transport);
    segments.push(segment);
  }
  return segments;
}
