/**
 * IGMP and MLD read slowly, from the drawings of RFC 1112, 2236, 3376, 2710 and 3810: the twin's own reader.
 */
import { hex, internetChecksum, ipText, pseudoHeader, read16, sum16, join } from '../harness/frames.ts';
import type { Reading } from './reading.ts';

export interface GroupRecord {
  type: number;
  sources: number;
  group: string;
}

export interface MembershipMessage {
  kind: 'malformed' | 'unknown' | 'query' | 'report' | 'leave' | 'records' | 'unread';
  family: 4 | 6;
  source: string;
  group: string; // '' in a query for any group
  isVersion1: boolean;
  responseMs: number;
  intervalMs: number;
  sources: number;
  records: GroupRecord[];
}

const kinds4: Readonly<Record<number, 'query' | 'report' | 'leave' | 'records'>> = { 0x11: 'query', 0x12: 'report', 0x16: 'report', 0x17: 'leave', 0x22: 'records' };
const kinds6: Readonly<Record<number, 'query' | 'report' | 'leave' | 'records'>> = { 130: 'query', 131: 'report', 132: 'leave', 143: 'records' };

const nothing = (address: string): boolean => address === '0.0.0.0' || address === '::';
export const isGroupAddress = (address: string): boolean => (address.includes(':') ? address.startsWith('ff') && address.split(':')[0]?.length === 4 : /^2(2[4-9]|3\d)\./.test(address));

/** Eight bits of IGMPv3, sixteen of MLDv2: a number, or four or twelve bits with an exponent. */
const time8 = (code: number): number => (code < 128 ? code : ((code & 15) + 16) * 2 ** (((code >> 4) & 7) + 3));
const time16 = (code: number): number => (code < 32_768 ? code : ((code & 0xfff) + 4096) * 2 ** (((code >> 12) & 7) + 3));

/** undefined for what is neither. */
export function readMembership(frame: Uint8Array, reading: Reading): MembershipMessage | undefined {
  const { kind, protocol, transport, end, hopLimit, fragment, source } = reading;
  const family = kind === 'ipv6' ? 6 : 4;
  const type = frame[transport] ?? 0;
  if (kind === 'ipv4' ? protocol !== 2 : kind !== 'ipv6' || protocol !== 58 || !reading.isWhole || kinds6[type] === undefined) return undefined;
  const body = frame.subarray(transport, end);
  const message: MembershipMessage = { kind: 'malformed', family, source, group: '', isVersion1: false, responseMs: 0, intervalMs: 0, sources: 0, records: [] };
  if (fragment !== 'none' || body.length < 8) return message;
  const wanted = (family === 6 ? kinds6 : kinds4)[type];
  const start = reading.network + (family === 6 ? 8 : 12);
  const size = family === 6 ? 16 : 4;
  const addresses = [frame.subarray(start, start + size), frame.subarray(start + size, start + 2 * size)] as const;
  const isSound = family === 4 ? internetChecksum(body) === 0 : (~sum16(join(pseudoHeader(addresses[0], addresses[1], 58, body.length), body)) & 0xffff) === 0;
  if (wanted !== undefined && hopLimit !== 1) return message;
  const hasAlert = alerts(frame, reading);
  const isLocal = family === 4 || /^fe[89ab]/.test(source) || (source === '::' && wanted !== 'query');
  // Beyond this the switch does not look: such a report is taken for one that wants everything.
  if (end > 2048) return { ...message, kind: wanted === undefined ? 'unknown' : wanted === 'records' && hasAlert && isLocal ? 'unread' : 'malformed' };
  if (!isSound) return message;
  if (wanted === undefined) return { ...message, kind: 'unknown' };
  if (family === 6) {
    if (!hasAlert || !isLocal) return message;
    if (wanted !== 'records' && body.length < 24) return message;
  }
  if (wanted === 'records') return hasAlert ? readRecords(body, message) : message;
  const group = ipText(body.subarray(family === 6 ? 8 : 4, family === 6 ? 24 : 8));
  if (wanted === 'query') return readQuery(body, message, group, hasAlert);
  return isGroupAddress(group) ? { ...message, kind: wanted, group, isVersion1: family === 4 && type === 0x12 } : message;
}

function readQuery(body: Uint8Array, message: MembershipMessage, group: string, hasAlert: boolean): MembershipMessage {
  const [short, long] = message.family === 6 ? [24, 28] : [8, 12];
  const isShort = body.length === short;
  if (!isShort && body.length < long) return message;
  if (!hasAlert && !(isShort && message.family === 4 && body[1] === 0)) return message;
  if (!nothing(group) && !isGroupAddress(group)) return message;
  const answer: MembershipMessage = { ...message, kind: 'query', group: nothing(group) ? '' : group };
  const code = message.family === 6 ? read16(body, 4) : (body[1] ?? 0);
  if (isShort) return { ...answer, responseMs: message.family === 6 ? code : code === 0 ? 10_000 : code * 100 };
  const sources = read16(body, long - 2);
  if (long + sources * (message.family === 6 ? 16 : 4) > body.length) return message;
  return { ...answer, sources, responseMs: message.family === 6 ? time16(code) : time8(code) * 100, intervalMs: time8(body[long - 3] ?? 0) * 1000 };
}

function readRecords(body: Uint8Array, message: MembershipMessage): MembershipMessage {
  const size = message.family === 6 ? 16 : 4;
  const records: GroupRecord[] = [];
  let at = 8;
  for (let left = read16(body, 6); left > 0; --left) {
    const sources = read16(body, at + 2);
    const length = 4 + size + sources * size + (body[at + 1] ?? 0) * 4;
    if (at + length > body.length) return message;
    records.push({ type: body[at] ?? 0, sources, group: ipText(body.subarray(at + 4, at + 4 + size)) });
    at += length;
  }
  return { ...message, kind: 'records', records };
}

/** Router alert: RFC 2113 in IPv4's options, RFC 2711 in IPv6's hop-by-hop header, which stands first. */
function alerts(frame: Uint8Array, { kind, network, transport }: Reading): boolean {
  if (kind === 'ipv4') return walk(frame.subarray(network + 20, transport), [1], [0], '94040000', 0);
  if (frame[network + 6] !== 0) return false;
  const start = network + 40;
  return walk(frame.subarray(start + 2, start + ((frame[start + 1] ?? 0) + 1) * 8), [0], [], '05020000', 2);
}

function walk(options: Uint8Array, pads: readonly number[], ends: readonly number[], wanted: string, extra: number): boolean {
  for (let at = 0; at < options.length;) {
    const type = options[at] ?? 0;
    if (pads.includes(type)) {
      at += 1;
      continue;
    }
    const length = (options[at + 1] ?? 0) + extra;
    if (ends.includes(type) || at + 2 > options.length || length < 2 || at + length > options.length) return false;
    if (type === Number.parseInt(wanted.slice(0, 2), 16)) return hex(options.subarray(at, at + length)) === wanted;
    at += length;
  }
  return false;
}
