/**
 * Frames from facts: builders of whole Ethernet frames, and the same frames read back as one line.
 *
 * Lengths and checksums are computed unless they are given, so a test may state a wrong one. Written
 * apart from the product: what the two agree on was not copied from one to the other.
 */
import { isIPv6 } from 'node:net';

export type Bytes = Uint8Array;

export const ethertypes = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, lldp: 0x88cc } as const;
export const protocols = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;
export const broadcastMac = 'ff:ff:ff:ff:ff:ff';

export function join(...parts: readonly (Bytes | readonly number[])[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const be16 = (value: number): number[] => [(value >>> 8) & 255, value & 255];
export const be32 = (value: number): number[] => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
export const read16 = (bytes: Bytes, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
export const read32 = (bytes: Bytes, at: number): number => read16(bytes, at) * 65_536 + read16(bytes, at + 2);

export const hex = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');
export const fromHex = (text: string): Bytes => new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
export const ascii = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'latin1'));

export function macBytes(mac: string): Bytes {
  return fromHex(mac.replaceAll(':', ''));
}

export function macText(bytes: Bytes, at = 0): string {
  return [...bytes.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export function ipBytes(ip: string): Bytes {
  if (!isIPv6(ip)) return new Uint8Array(ip.split('.').map(Number));
  const [head = '', tail] = ip.split('::');
  const words = (text: string): number[] => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)));
  const front = words(head);
  const back = tail === undefined ? [] : words(tail);
  const middle = new Array<number>(8 - front.length - back.length).fill(0);
  return new Uint8Array([...front, ...middle, ...back].flatMap(be16));
}

/** IPv6 as RFC 5952 writes it. */
export function ipText(bytes: Bytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, index) => read16(bytes, index * 2).toString(16));
  const runs = [...words.join(':').matchAll(/(?<=^|:)0(:0)+(?=:|$)/g)].map((match) => match[0]);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return words.join(':');
  const text = words.join(':');
  const pattern = new RegExp(`(^|:)${longest}(:|$)`);
  return text.replace(pattern, '::');
}

/** The EUI-64 link-local address that a host makes of its MAC (RFC 4291, appendix A). */
export function linkLocalOf(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = macBytes(mac);
  return ipText(new Uint8Array([0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f]));
}

export function multicastMacOf(ip: string): string {
  const bytes = ipBytes(ip);
  const mac = bytes.length === 4 ? [1, 0, 0x5e, (bytes[1] ?? 0) & 0x7f, bytes[2] ?? 0, bytes[3] ?? 0] : [0x33, 0x33, ...bytes.subarray(12)];
  return macText(new Uint8Array(mac));
}

export function solicitedNodeOf(ip: string): string {
  const bytes = ipBytes(ip);
  return ipText(join([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff], bytes.subarray(13)));
}

/** The sum of 16-bit words, folded; complemented it is the Internet checksum (RFC 1071). */
export function sum16(bytes: Bytes): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += at + 1 < bytes.length ? read16(bytes, at) : (bytes[at] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65_536);
  return sum;
}

export const internetChecksum = (bytes: Bytes): number => ~sum16(bytes) & 0xffff;

export function pseudoHeader(source: Bytes, destination: Bytes, protocol: number, length: number): Bytes {
  return source.length === 4
    ? join(source, destination, [0, protocol], be16(length))
    : join(source, destination, be32(length), [0, 0, 0, protocol]);
}

export interface EthernetFacts {
  source: string;
  destination: string;
  type: number;
  payload: Bytes;
  tags?: readonly { vlan: number; priority?: number; type?: number }[];
}

export function ethernet({ source, destination, type, payload, tags = [] }: EthernetFacts): Bytes {
  const tagBytes = tags.flatMap((tag) => [...be16(tag.type ?? ethertypes.vlan), ...be16(((tag.priority ?? 0) << 13) | tag.vlan)]);
  return join(macBytes(destination), macBytes(source), tagBytes, be16(type), payload);
}

/** An 802.3 frame: a length instead of an EtherType. */
export function llc(source: string, destination: string, payload: Bytes, length = payload.length): Bytes {
  return join(macBytes(destination), macBytes(source), be16(length), payload);
}

export interface Ipv4Facts {
  source: string;
  destination: string;
  protocol: number;
  payload: Bytes;
  options?: Bytes;
  identification?: number;
  offset?: number; // in bytes
  more?: boolean;
  dontFragment?: boolean;
  ttl?: number;
  serviceType?: number;
  totalLength?: number;
  headerLength?: number;
  version?: number;
  checksum?: number;
}

export function ipv4(facts: Ipv4Facts): Bytes {
  const options = facts.options ?? new Uint8Array(0);
  const headerLength = facts.headerLength ?? 20 + options.length;
  const flags = (facts.dontFragment ? 0x4000 : 0) | (facts.more ? 0x2000 : 0) | ((facts.offset ?? 0) / 8);
  const header = (checksum: number): Bytes =>
    join(
      [((facts.version ?? 4) << 4) | (headerLength / 4), facts.serviceType ?? 0],
      be16(facts.totalLength ?? 20 + options.length + facts.payload.length),
      be16(facts.identification ?? 1), be16(flags), [facts.ttl ?? 64, facts.protocol], be16(checksum),
      ipBytes(facts.source), ipBytes(facts.destination), options,
    );
  return join(header(facts.checksum ?? internetChecksum(header(0))), facts.payload);
}

export interface Ipv6Facts {
  source: string;
  destination: string;
  next: number; // the protocol behind the extension headers
  payload: Bytes;
  extensions?: readonly { type: number; body: Bytes }[]; // bodies without their first byte, the next header
  hopLimit?: number;
  payloadLength?: number;
  version?: number;
}

export function ipv6(facts: Ipv6Facts): Bytes {
  const extensions = facts.extensions ?? [];
  const chain = join(...extensions.map(({ body }, index) => join([extensions[index + 1]?.type ?? facts.next], body)));
  return join(
    be32(((facts.version ?? 6) << 28) >>> 0),
    be16(facts.payloadLength ?? chain.length + facts.payload.length),
    [extensions[0]?.type ?? facts.next, facts.hopLimit ?? 64], ipBytes(facts.source), ipBytes(facts.destination), chain, facts.payload,
  );
}

/** The body of an IPv6 fragment header (type 44). */
export const fragmentBody = (offset: number, more: boolean, identification = 7): Bytes =>
  join([0], be16(offset | (more ? 1 : 0)), be32(identification));

export interface Ends {
  source: string;
  destination: string;
}

function withChecksum(segment: Bytes, at: number, ends: Ends, protocol: number, zeroIsAllOnes = false): Bytes {
  const pseudo = pseudoHeader(ipBytes(ends.source), ipBytes(ends.destination), protocol, segment.length);
  let checksum = internetChecksum(join(pseudo, segment));
  if (checksum === 0 && zeroIsAllOnes) checksum = 0xffff;
  segment.set(be16(checksum), at);
  return segment;
}

export function udp(ends: Ends, sourcePort: number, destinationPort: number, payload: Bytes, length = 8 + payload.length): Bytes {
  return withChecksum(join(be16(sourcePort), be16(destinationPort), be16(length), [0, 0], payload), 6, ends, protocols.udp, true);
}

export interface TcpFacts {
  sequence?: number;
  acknowledgment?: number;
  flags?: string; // of SAFPRUEC
  window?: number;
  options?: Bytes;
  dataOffset?: number;
}

const tcpFlags = 'FSRPAUEC';

export function tcp(ends: Ends, sourcePort: number, destinationPort: number, payload: Bytes, facts: TcpFacts = {}): Bytes {
  const options = facts.options ?? new Uint8Array(0);
  const flags = [...(facts.flags ?? 'A')].reduce((bits, flag) => bits | (1 << tcpFlags.indexOf(flag)), 0);
  const segment = join(
    be16(sourcePort), be16(destinationPort), be32(facts.sequence ?? 1), be32(facts.acknowledgment ?? 1),
    [((facts.dataOffset ?? (20 + options.length) / 4) << 4) & 255, flags], be16(facts.window ?? 8192), [0, 0, 0, 0], options, payload,
  );
  return withChecksum(segment, 16, ends, protocols.tcp);
}

export function sctp(sourcePort: number, destinationPort: number, payload: Bytes): Bytes {
  return join(be16(sourcePort), be16(destinationPort), be32(1), be32(0), payload);
}

export function icmp(type: number, code: number, rest: Bytes): Bytes {
  const message = join([type, code, 0, 0], rest);
  message.set(be16(internetChecksum(message)), 2);
  return message;
}

export function icmpv6(ends: Ends, type: number, code: number, rest: Bytes): Bytes {
  return withChecksum(join([type, code, 0, 0], rest), 2, ends, protocols.icmpv6);
}

export interface ArpFacts {
  operation: number;
  senderMac: string;
  senderIp: string;
  targetMac?: string;
  targetIp: string;
  hardware?: number;
}

export function arp(facts: ArpFacts): Bytes {
  return join(
    be16(facts.hardware ?? 1), be16(ethertypes.ipv4), [6, 4], be16(facts.operation), macBytes(facts.senderMac), ipBytes(facts.senderIp),
    macBytes(facts.targetMac ?? '00:00:00:00:00:00'), ipBytes(facts.targetIp),
  );
}

export const linkLayerOption = (type: number, mac: string): Bytes => join([type, 1], macBytes(mac));

export const neighborSolicitation = (ends: Ends, target: string, options: Bytes = new Uint8Array(0)): Bytes =>
  icmpv6(ends, 135, 0, join(be32(0), ipBytes(target), options));

export const neighborAdvertisement = (ends: Ends, target: string, flags: number, options: Bytes = new Uint8Array(0)): Bytes =>
  icmpv6(ends, 136, 0, join([flags, 0, 0, 0], ipBytes(target), options));

/** The fixed part of a BOOTP message (RFC 951) with the MAC it is about. */
export function dhcp(operation: 1 | 2, clientMac: string): Bytes {
  return join([operation, 1, 6, 0], be32(0x1234_5678), new Uint8Array(20), macBytes(clientMac), new Uint8Array(10 + 64 + 128), be32(0x6382_5363), [255]);
}
