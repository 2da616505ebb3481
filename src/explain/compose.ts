/**
 * A frame from its fields: what a port would send to reach an address, byte for byte valid.
 *
 * IPv4 (RFC 791) or IPv6 (RFC 8200) over Ethernet II, with a TCP SYN (RFC 9293), an empty UDP datagram
 * (RFC 768), an SCTP INIT (RFC 9260), an ICMP or ICMPv6 echo request (RFC 792, RFC 4443), or nothing
 * behind the IP header for another protocol's number.
 */
import { bytesOf, type Ip } from '../address/ip.ts';

export interface FrameFields {
  readonly sourceMac: string;
  readonly destinationMac: string;
  readonly source: Ip;
  readonly destination: Ip;
  /** IANA number. */
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export const protocolNumbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };

const hopLimit = 64;

export function composeFrame(fields: FrameFields): Uint8Array {
  const transport = composeTransport(fields);
  const network = fields.source.family === 4 ? ipv4Header(fields, transport.length) : ipv6Header(fields, transport.length);
  const etherType = fields.source.family === 4 ? [0x08, 0x00] : [0x86, 0xdd];
  return Buffer.concat([
    Uint8Array.from([...macBytes(fields.destinationMac), ...macBytes(fields.sourceMac), ...etherType]), network, transport,
  ]);
}

/** With an 802.1Q tag of this VLAN, of priority 0. */
export function tagFrame(frame: Uint8Array, vlan: number): Uint8Array {
  const tag = Uint8Array.from([0x81, 0x00, vlan >> 8, vlan & 0xff]);
  return Buffer.concat([frame.subarray(0, 12), tag, frame.subarray(12)]);
}

function composeTransport(fields: FrameFields): Buffer {
  const bytes = transportBytes(fields);
  const at = checksumOffset(fields.protocol);
  if (at !== undefined) {
    const pseudo = fields.protocol === protocolNumbers['icmp'] ? [] : pseudoHeader(fields, bytes.length);
    const sum = internetChecksum([...pseudo, ...bytes]);
    bytes.writeUInt16BE(sum === 0 && fields.protocol === protocolNumbers['udp'] ? 0xffff : sum, at);
  } else if (fields.protocol === protocolNumbers['sctp']) {
    bytes.writeUInt32LE(crc32c(bytes), 8);
  }
  return bytes;
}

function transportBytes({ protocol, sourcePort, destinationPort }: FrameFields): Buffer {
  switch (protocol) {
    case protocolNumbers['tcp']: {
      const bytes = Buffer.alloc(20);
      bytes.writeUInt16BE(sourcePort, 0);
      bytes.writeUInt16BE(destinationPort, 2);
      bytes.writeUInt32BE(1, 4);
      bytes.writeUInt16BE(0x5002, 12); // five words of header, SYN
      bytes.writeUInt16BE(0xffff, 14);
      return bytes;
    }
    case protocolNumbers['udp']: {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt16BE(sourcePort, 0);
      bytes.writeUInt16BE(destinationPort, 2);
      bytes.writeUInt16BE(8, 4);
      return bytes;
    }
    case protocolNumbers['sctp']: {
      const bytes = Buffer.alloc(32);
      bytes.writeUInt16BE(sourcePort, 0);
      bytes.writeUInt16BE(destinationPort, 2);
      bytes[12] = 1; // INIT, 20 bytes
      bytes.writeUInt16BE(20, 14);
      bytes.writeUInt32BE(1, 16);
      bytes.writeUInt32BE(0xffff, 20);
      bytes.writeUInt16BE(1, 24);
      bytes.writeUInt16BE(1, 26);
      return bytes;
    }
    case protocolNumbers['icmp']:
    case protocolNumbers['icmpv6']: {
      const bytes = Buffer.alloc(8);
      bytes[0] = protocol === protocolNumbers['icmp'] ? 8 : 128; // echo request
      bytes.writeUInt16BE(1, 4);
      return bytes;
    }
    default:
      return Buffer.alloc(0);
  }
}

function checksumOffset(protocol: number): number | undefined {
  if (protocol === protocolNumbers['tcp']) return 16;
  if (protocol === protocolNumbers['udp']) return 6;
  return protocol === protocolNumbers['icmp'] || protocol === protocolNumbers['icmpv6'] ? 2 : undefined;
}

function ipv4Header({ source, destination, protocol }: FrameFields, payloadLength: number): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payloadLength, 2);
  header.writeUInt16BE(0x4000, 6); // don't fragment
  header[8] = hopLimit;
  header[9] = protocol;
  header.set(addressBytes(source), 12);
  header.set(addressBytes(destination), 16);
  header.writeUInt16BE(internetChecksum([...header]), 10);
  return header;
}

function ipv6Header({ source, destination, protocol }: FrameFields, payloadLength: number): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(payloadLength, 4);
  header[6] = protocol;
  header[7] = hopLimit;
  header.set(addressBytes(source), 8);
  header.set(addressBytes(destination), 24);
  return header;
}

function pseudoHeader({ source, destination, protocol }: FrameFields, length: number): number[] {
  const addresses = [...addressBytes(source), ...addressBytes(destination)];
  return source.family === 4 ? [...addresses, 0, protocol, length >> 8, length & 0xff] : [...addresses, 0, 0, length >> 8, length & 0xff, 0, 0, 0, protocol];
}

/** RFC 1071. */
function internetChecksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The CRC of SCTP (RFC 9260, appendix A), over the packet with a checksum of zero. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function macBytes(mac: string): Uint8Array {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

const known = new WeakMap<Ip, readonly number[]>();

/** Who reaches whom asks with the same few addresses again and again. */
function addressBytes(ip: Ip): readonly number[] {
  let bytes = known.get(ip);
  if (bytes === undefined) {
    bytes = bytesOf(ip);
    known.set(ip, bytes);
  }
  return bytes;
}
