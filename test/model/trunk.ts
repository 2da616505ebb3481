/**
 * Trunks and tags, slowly: in which networks a port is, what stands in its tags, whose its addresses are.
 *
 * From IEEE 802.1Q, 9.6, and the sentences of the README: the native network has no tag; an address is where
 * its subnet is.
 */
import { be16, ipBytes, ipText, join, read16 } from '../harness/frames.ts';

export interface Trunk {
  networks: readonly string[];
  native?: string;
}

interface Member {
  network?: string;
  trunk?: Trunk;
  addresses: readonly string[];
}

/** Where frames without a tag belong. */
export function homeOf(port: Member): string | undefined {
  return port.trunk === undefined ? port.network : port.trunk.native;
}

export function isIn(port: Member, network: string): boolean {
  return port.trunk === undefined ? port.network === network : port.trunk.networks.includes(network);
}

/** The 802.1Q tag of a frame that is long enough for one; priority is PCP and DEI, where they stand in the tag. */
export function readTag(frame: Uint8Array): { vlan: number; priority: number } | undefined {
  if (frame.length < 18 || read16(frame, 12) !== 0x8100) return undefined;
  return { vlan: read16(frame, 14) & 0xfff, priority: read16(frame, 14) & 0xf000 };
}

export function putTag(frame: Uint8Array, vlan: number, priority: number): Uint8Array {
  return join(frame.subarray(0, 12), [0x81, 0x00], be16(vlan | priority), frame.subarray(12));
}

const bitsOf = (address: string): string => [...ipBytes(address)].map((byte) => byte.toString(2).padStart(8, '0')).join('');

function holds(subnet: string, address: string): boolean {
  const [first = '', length = '0'] = subnet.split('/');
  const [mine, theirs] = [bitsOf(first), bitsOf(address)];
  return mine.length === theirs.length && mine.slice(0, Number(length)) === theirs.slice(0, Number(length));
}

/** The port's addresses in the network, in their canonical text. */
export function addressesIn(port: Member, network: string, networks: ReadonlyMap<string, { subnets?: readonly string[] }>): string[] {
  const own = port.addresses.map((prefix) => ipText(ipBytes(prefix.split('/')[0] ?? '')));
  if (port.trunk === undefined) return own;
  const has = (name: string | undefined, address: string): boolean => networks.get(name ?? '')?.subnets?.some((subnet) => holds(subnet, address)) === true;
  return own.filter((address) => (has(port.trunk?.native, address) ? port.trunk?.native === network : has(network, address)));
}
