/**
 * Address sets: whom a rule is about, as numbers. What stands in the `from` of a rule is one set, the union of its entries; the same list
 * in another rule is the same set. A set has members by address, which are those of ports that its entries choose, and by prefix.
 */
import { cidrHolds, formatCidr, parseCidr, type Cidr } from '../address/cidr.ts';
import { prefixesWithout } from '../address/prefixes.ts';
import { selectorKey, type Selector } from '../intent/selector.ts';
import type { NetworkPrefix, PutPrefixSet } from '../table/edits.gen.ts';
import type { Choice } from './choices.ts';

/** One entry of a list of peers. Without `ports`, `namespaces` and `namespace` it is about addresses, whoever has them. */
export interface Peer {
  readonly ports?: Selector | undefined;
  readonly namespaces?: Selector | undefined;
  readonly namespace?: string | undefined;
  /** Numbers, ascending. */
  readonly networks?: readonly number[] | undefined;
  readonly cidr?: string | undefined;
  readonly except?: readonly string[] | undefined;
}

/** Addresses of the ports that it chooses are in the set, as far as they are in its networks and prefixes. */
export interface PortsOfSet extends Choice {
  readonly set: number;
  readonly networks: readonly number[] | undefined;
  readonly prefixes: readonly Cidr[] | undefined;
}

export interface AddressSet {
  readonly number: number;
  readonly ports: readonly PortsOfSet[];
  /** The members by prefix; undefined when there are none. */
  readonly prefixes: PutPrefixSet | undefined;
}

/** Network 0 stands for all. */
const anyNetwork = 0;
const everything: readonly Cidr[] = [parseCidr('0.0.0.0/0')!, parseCidr('::/0')!];

/** The same for lists that mean the same. */
export function keyOfPeers(peers: readonly Peer[]): string {
  if (peers.length === 1) return keyOfPeer(peers[0]!);
  return [...new Set(peers.map(keyOfPeer))].sort().join('\n');
}

function keyOfPeer({ ports, namespaces, namespace, networks, cidr, except }: Peer): string {
  const holes = except === undefined || except.length === 0 ? null : [...except].sort();
  if (ports === undefined && namespaces === undefined && namespace === undefined && networks === undefined && holes === null) return cidr!;
  return JSON.stringify([
    ports === undefined ? null : selectorKey(ports), namespaces === undefined ? null : selectorKey(namespaces), namespace ?? null, networks ?? null, cidr ?? null, holes,
  ]);
}

/** The set of these peers. */
export function addressSetOf(number: number, peers: readonly Peer[]): AddressSet {
  const ports = peers.filter(isAboutPorts).map(({ ports, namespaces, namespace, networks, cidr, except }): PortsOfSet => ({
    set: number, ports, namespaces, namespace, networks, prefixes: cidr === undefined ? undefined : prefixesOf(cidr, except),
  }));
  const prefixes = peers.filter((peer) => !isAboutPorts(peer)).flatMap(({ cidr, except, networks }): NetworkPrefix[] => {
    const list = cidr === undefined ? everything : prefixesOf(cidr, except);
    return (networks ?? [anyNetwork]).flatMap((network) => list.map((prefix) => ({ network, prefix })));
  });
  return { number, ports, prefixes: prefixes.length === 0 ? undefined : { edit: 'PutPrefixSet', set: number, prefixes: eachOnce(prefixes) } };
}

function isAboutPorts({ ports, namespaces, namespace }: Peer): boolean {
  return ports !== undefined || namespaces !== undefined || namespace !== undefined;
}

function prefixesOf(cidr: string, except: readonly string[] = []): readonly Cidr[] {
  return prefixesWithout(parseCidr(cidr)!, except.map((text) => parseCidr(text)!));
}

/** In the order of network, family, address and length. */
function eachOnce(prefixes: readonly NetworkPrefix[]): readonly NetworkPrefix[] {
  if (prefixes.length === 1) return prefixes;
  const byText = new Map(prefixes.map((one) => [`${one.network} ${formatCidr(one.prefix)}`, one]));
  return [...byText.values()].sort((a, b) => a.network - b.network || compareCidr(a.prefix, b.prefix));
}

function compareCidr(a: Cidr, b: Cidr): number {
  if (a.address.family !== b.address.family) return a.address.family - b.address.family;
  return a.address.value < b.address.value ? -1 : a.address.value > b.address.value ? 1 : a.length - b.length;
}

/** Which of the sets that chose a port hold an address of it, ascending. */
export function setsHolding(chosen: readonly PortsOfSet[], { network, prefix }: NetworkPrefix): readonly number[] {
  const numbers = new Set<number>();
  for (const { set, networks, prefixes } of chosen) {
    if (networks !== undefined && !networks.includes(network)) continue;
    if (prefixes !== undefined && !prefixes.some((one) => cidrHolds(one, prefix.address))) continue;
    numbers.add(set);
  }
  return [...numbers].sort((a, b) => a - b);
}
