/** IP: an IPv4 or IPv6 address as a family and a number, and ranges of them. */
import ipaddr from 'ipaddr.js';

export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** All addresses from `first` to `last`, which are of one family. */
export interface IpRange {
  readonly first: Ip;
  readonly last: Ip;
}

export function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** Four decimal parts, or IPv6 without a zone; undefined when the text is neither. */
export function parseIp(text: string): Ip | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return { family: 4, value: numberOf(ipaddr.IPv4.parse(text).toByteArray()) };
  if (text.includes('%') || !text.includes(':') || !ipaddr.IPv6.isValid(text)) return undefined;
  return { family: 6, value: numberOf(ipaddr.IPv6.parse(text).toByteArray()) };
}

/** IPv4 with dots, IPv6 as RFC 5952 writes it. */
export function formatIp(ip: Ip): string {
  if (ip.family === 4) {
    const value = Number(ip.value);
    return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
  }
  return ipaddr.fromByteArray(bytesOf(ip)).toString();
}

/** 4 or 16 bytes, highest first. */
export function bytesOf(ip: Ip): number[] {
  const bytes: number[] = [];
  for (let shift = bitsOf(ip.family) - 8; shift >= 0; shift -= 8) bytes.push(Number((ip.value >> BigInt(shift)) & 0xffn));
  return bytes;
}

export function ipFromBytes(bytes: Uint8Array): Ip {
  return { family: bytes.length === 4 ? 4 : 6, value: numberOf([...bytes]) };
}

/** IPv4 before IPv6, then by number. */
export function compareIp(a: Ip, b: Ip): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

export function sameIp(a: Ip, b: Ip): boolean {
  return a.family === b.family && a.value === b.value;
}

/** Multicast, unspecified, loopback or the limited broadcast: nothing that a port could be called by. */
export function isUnicast(ip: Ip): boolean {
  if (ip.family === 4) {
    const first = ip.value >> 24n;
    return first !== 0n && first !== 127n && first < 224n;
  }
  return ip.value > 1n && ip.value >> 120n !== 0xffn && ip.value >> 32n !== 0xffffn;
}

/** fe80::/10 */
export function isLinkLocal(ip: Ip): boolean {
  return ip.family === 6 && ip.value >> 118n === 0xfe80n >> 6n;
}

/** `A` or `A-B`; undefined when it is neither or runs backwards. */
export function parseRange(text: string): IpRange | undefined {
  const parts = text.split('-').map((part) => parseIp(part.trim()));
  const first = parts[0];
  const last = parts.length === 1 ? first : parts[1];
  if (parts.length > 2 || first === undefined || last === undefined) return undefined;
  if (first.family !== last.family || compareIp(first, last) > 0) return undefined;
  return { first, last };
}

export function formatRange(range: IpRange): string {
  return sameIp(range.first, range.last) ? formatIp(range.first) : `${formatIp(range.first)}-${formatIp(range.last)}`;
}

export function rangeHolds(range: IpRange, ip: Ip): boolean {
  return ip.family === range.first.family && ip.value >= range.first.value && ip.value <= range.last.value;
}

function numberOf(bytes: readonly number[]): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
