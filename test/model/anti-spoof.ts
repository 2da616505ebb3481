/**
 * What a port may not say of itself, slowly: another's MAC or address, in any of the places where a frame states them.
 *
 * From DESIGN's "Anti-spoof", RFC 826, RFC 4861 and RFC 4862 (neighbour discovery), RFC 2131 (DHCP).
 */
import { ipText, linkLocalOf, macText, read16 } from '../harness/frames.ts';
import type { Reading } from './reading.ts';

export interface Discovery {
  type: number;
  target: string;
  isBroken: boolean;
  mac: string | undefined; // the link-layer address that it claims for its sender
}

/** Router and neighbour discovery (RFC 4861); undefined for everything else. */
export function readDiscovery(frame: Uint8Array, { kind, protocol, isWhole, transport, end, hopLimit, fragment }: Reading): Discovery | undefined {
  const type = frame[transport] ?? 0;
  if (kind !== 'ipv6' || protocol !== 58 || !isWhole || type < 133 || type > 137) return undefined;
  const fixed = { 133: 8, 134: 16, 135: 24, 136: 24, 137: 40 }[type as 133];
  const message: Discovery = { type, target: '', isBroken: true, mac: undefined };
  if (end - transport < fixed || hopLimit !== 255 || fragment !== 'none') return message;
  if (type === 135 || type === 136) message.target = ipText(frame.subarray(transport + 8, transport + 24));
  // An IPv4-mapped address never stands in IPv6 on a link (RFC 4038, 4.2).
  if (message.target.startsWith('::ffff:') && message.target.split(':').length === 5) return message;
  const wanted = type === 136 || type === 137 ? 2 : 1;
  let count = 0;
  for (let at = transport + fixed; at < end; ++count) {
    const length = (frame[at + 1] ?? 0) * 8;
    if (end - at < 8 || length === 0 || length > end - at || count === 16) return message;
    if (frame[at] === wanted) {
      const mac = macText(frame, at + 2);
      if (length !== 8 || (message.mac !== undefined && message.mac !== mac)) return message;
      message.mac = mac;
    }
    at += length;
  }
  message.isBroken = false;
  return message;
}

/** Neighbour discovery and multicast listener discovery: what no policy judges. */
export function isDiscovery(frame: Uint8Array, { kind, protocol, isWhole, transport }: Reading): boolean {
  const type = frame[transport] ?? 0;
  return kind === 'ipv6' && protocol === 58 && isWhole && ((type >= 130 && type <= 137) || type === 143);
}

/** The reason why a port may not say this of itself, if there is one. */
export function findSpoof(port: { readonly mac: string }, own: readonly string[], frame: Uint8Array, reading: Reading, source: string): string | undefined {
  if (source !== port.mac) return 'mac_spoofed';
  const owns = (address: string): boolean => own.includes(address);
  const mayUse = (address: string): boolean => owns(address) || address === linkLocalOf(port.mac);
  if (reading.kind === 'arp') {
    const operation = read16(frame, reading.network + 6);
    const sender = ipText(frame.subarray(reading.network + 14, reading.network + 18));
    const isProbe = operation === 1 && sender === '0.0.0.0';
    const isHonest = [1, 2].includes(operation) && macText(frame, reading.network + 8) === port.mac && (isProbe || owns(sender));
    return isHonest ? undefined : 'arp_spoofed';
  }
  if (reading.kind !== 'ipv4' && reading.kind !== 'ipv6') return undefined;
  const sourcePort = read16(frame, reading.transport);
  const destinationPort = read16(frame, reading.transport + 2);
  const isUdp = reading.protocol === 17 && reading.isWhole;
  const isDhcpClient = reading.kind === 'ipv4' && isUdp && sourcePort === 68 && destinationPort === 67;
  if (reading.source === '0.0.0.0' ? !isDhcpClient : reading.source === '::' ? !isDiscovery(frame, reading) : !mayUse(reading.source)) return 'ip_spoofed';
  const message = readDiscovery(frame, reading);
  if (message !== undefined) {
    if (message.isBroken || (message.mac !== undefined && message.mac !== port.mac)) return 'nd_spoofed';
    if (message.type === 134 || message.type === 137) return 'router_advertisement_denied';
    return message.type === 136 && !mayUse(message.target) ? 'nd_spoofed' : undefined;
  }
  if (isUdp && destinationPort === (reading.kind === 'ipv4' ? 68 : 546)) return 'dhcp_spoofed';
  if (!isUdp || reading.kind !== 'ipv4' || destinationPort !== 67) return undefined;
  const hardware = reading.payload + 28;
  return hardware + 6 <= reading.end && macText(frame, hardware) === port.mac ? undefined : 'dhcp_spoofed';
}
