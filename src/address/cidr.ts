/** CIDR: an address with a prefix length. As a subnet its host bits are zero; as a port's address they are its own. */
import { bitsOf, formatIp, parseIp, type Ip, type IpRange } from './ip.ts';

export interface Cidr {
  readonly address: Ip;
  readonly length: number;
}

/**
 * What was read of late, by its text: every apply reads the addresses of all ports again, and values that are the same
 * object are compared at once. Emptied when it is full.
 */
const readCidrs = new Map<string, Cidr | undefined>();
const readMax = 16_384;

/** `ADDRESS/LENGTH`; undefined when the text is none. */
export function parseCidr(text: string): Cidr | undefined {
  if (readCidrs.has(text)) return readCidrs.get(text);
  const cidr = readCidr(text);
  if (readCidrs.size >= readMax) readCidrs.clear();
  readCidrs.set(text, cidr);
  return cidr;
}

function readCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text);
  const address = match ? parseIp(match[1]!) : undefined;
  const length = Number(match?.[2]);
  return address !== undefined && length <= bitsOf(address.family) ? { address, length } : undefined;
}

export function formatCidr(cidr: Cidr): string {
  return `${formatIp(cidr.address)}/${cidr.length}`;
}

/** The same prefix with its host bits zero. */
export function subnetOf(cidr: Cidr): Cidr {
  return { address: rangeOf(cidr).first, length: cidr.length };
}

/** From the first to the last address of the prefix. */
export function rangeOf(cidr: Cidr): IpRange {
  const { family, value } = cidr.address;
  const size = 1n << BigInt(bitsOf(family) - cidr.length);
  const first = (value / size) * size;
  return { first: { family, value: first }, last: { family, value: first + size - 1n } };
}

export function cidrHolds(cidr: Cidr, ip: Ip): boolean {
  if (ip.family !== cidr.address.family) return false;
  const shift = BigInt(bitsOf(ip.family) - cidr.length);
  return ip.value >> shift === cidr.address.value >> shift;
}

export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrHolds(a.length <= b.length ? a : b, (a.length <= b.length ? b : a).address);
}

/**
 * Whether the prefix reserves the address: the network and broadcast address of an IPv4 subnet with
 * more than two addresses, the subnet-router anycast address of an IPv6 one (RFC 4291, 2.6.1).
 */
export function reservedIn(subnet: Cidr, ip: Ip): 'network' | 'broadcast' | undefined {
  const { family } = subnet.address;
  if (bitsOf(family) - subnet.length < 2) return undefined;
  const { first, last } = rangeOf(subnet);
  if (ip.value === first.value) return 'network';
  return family === 4 && ip.value === last.value ? 'broadcast' : undefined;
}
