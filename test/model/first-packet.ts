/**
 * Why a packet may not be the first of a connection: TCP (RFC 9293, running connections may be picked up), SCTP (RFC 9260),
 * echo (RFC 792, RFC 4443); of everything else anything may.
 */
import { read16 } from '../harness/frames.ts';
import type { Reading } from './reading.ts';

const [fin, syn, rst, ack, urg] = [0x01, 0x02, 0x04, 0x10, 0x20];

const read32 = (bytes: Uint8Array, at: number): number => read16(bytes, at) * 0x1_0000 + read16(bytes, at + 2);

export function firstPacketFault(frame: Uint8Array, reading: Reading): string | undefined {
  const errors = reading.kind === 'ipv4' ? [3, 11, 12] : [1, 2, 3, 4];
  const isIcmp = reading.protocol === (reading.kind === 'ipv4' ? 1 : 58);
  if (isIcmp && reading.isWhole && reading.tags === 0 && errors.includes(frame[reading.transport]!)) return 'related_unmatched';
  return mayBegin(frame, reading) ? undefined : 'connection_invalid';
}

/** A segment of a running TCP connection, from a port below Linux's ephemeral ones to one of these. */
export function looksLikeAnswer(frame: Uint8Array, { protocol, isWhole, tags, fragment, transport }: Reading): boolean {
  if (protocol !== 6 || !isWhole || tags > 0 || fragment !== 'none' || (frame[transport + 13]! & syn) !== 0) return false;
  return read16(frame, transport) < 32_768 && read16(frame, transport + 2) >= 32_768;
}

/** What defaults say where the packet is sent and where it is received; of an answer, what they say of the packet that it answers. */
export function denialsOf(defaults: { readonly egress?: string; readonly ingress?: string } | undefined, isAnswer: boolean): (string | undefined)[] {
  const [egress, ingress] = [defaults?.egress === 'drop' ? 'egress_denied' : undefined, defaults?.ingress === 'drop' ? 'ingress_denied' : undefined];
  return isAnswer ? [ingress, egress] : [egress, ingress];
}

function mayBegin(frame: Uint8Array, reading: Reading): boolean {
  // Of these the switch keeps no connection.
  if (reading.tags > 0 || reading.fragment === 'later' || isDhcp(frame, reading)) return true;
  if (!reading.isWhole) return true;
  if (reading.protocol === 6) return mayBeginTcp(frame[reading.transport + 13]!);
  if (reading.protocol === 132) return mayBeginSctp(frame, reading);
  if (reading.protocol === (reading.kind === 'ipv4' ? 1 : 58)) return frame[reading.transport] !== (reading.kind === 'ipv4' ? 0 : 129);
  return true;
}

function isDhcp(frame: Uint8Array, { protocol, isWhole, transport }: Reading): boolean {
  const ports = [67, 68, 546, 547];
  return protocol === 17 && isWhole && (ports.includes(read16(frame, transport)) || ports.includes(read16(frame, transport + 2)));
}

function mayBeginTcp(flags: number): boolean {
  const asked = flags & (fin | syn | rst | ack | urg);
  return [syn, syn | urg, ack, ack | urg, fin | ack, fin | ack | urg].includes(asked);
}

/** An INIT or a HEARTBEAT, in chunks that have a length, at most sixteen of which are read. */
function mayBeginSctp(frame: Uint8Array, { transport, end }: Reading): boolean {
  const tag = read32(frame, transport + 4);
  const types: number[] = [];
  for (let at = transport + 12; types.length < 16 && at + 4 <= end;) {
    const type = frame[at]!;
    const size = read16(frame, at + 2);
    if (size < 4) return false;
    if (type === 1 || type === 2) {
      if (size < 20 || at + 20 > end) return false;
      if (type === 1 && (tag !== 0 || read32(frame, at + 4) === 0)) return false;
    }
    types.push(type);
    if (type === 0) break;
    at += (size + 3) & ~3;
  }
  const [first] = types;
  if (first === undefined || (types.some((type) => [1, 2, 14].includes(type)) && types.length > 1)) return false;
  return first === 1 || (first === 4 && tag !== 0);
}
