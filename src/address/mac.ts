/**
 * MAC: a 48-bit Ethernet address as its canonical text, lower case with colons.
 *
 * Text keeps it comparable, printable and usable as a key; bytes are made where bytes are needed.
 */
import type { Ip } from './ip.ts';

const pattern = /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}$/i;

export const broadcastMac = 'ff:ff:ff:ff:ff:ff';

/** Six hexadecimal pairs divided by colons or by dashes; undefined when the text is none. */
export function parseMac(text: string): string | undefined {
  return pattern.test(text) ? text.toLowerCase().replaceAll('-', ':') : undefined;
}

export function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (pair) => Number.parseInt(pair, 16));
}

export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** A multicast or broadcast address: it names many, so no port can own it. */
export function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) !== 0;
}

export function isZeroMac(mac: string): boolean {
  return mac === '00:00:00:00:00:00';
}

/** The link-local IPv6 address that a host derives from its MAC (RFC 4291, appendix A). */
export function linkLocalOf(mac: string): Ip {
  const bytes = macBytes(mac);
  const id = [bytes[0]! ^ 2, bytes[1]!, bytes[2]!, 0xff, 0xfe, bytes[3]!, bytes[4]!, bytes[5]!];
  return { family: 6, value: id.reduce((value, byte) => (value << 8n) | BigInt(byte), 0xfe80n << 48n) };
}
