/**
 * Claims: what only one port may have, and who has it. A MAC and each address within a network, a device of a
 * namespace, a file that is written.
 *
 * Kept beside the intent that runs, so that a change looks up what it claims instead of asking every port.
 */
import { formatCidr } from '../address/cidr.ts';
import { formatIp } from '../address/ip.ts';
import { differing, SharedMap } from '../shared-map.ts';
import { macOf, type Held } from './held.ts';
import { keyOfPort, type Intent } from './intent.ts';
import { addressesByNetwork, networksOf } from './membership.ts';
import { deviceOf } from './port-coherence.ts';
import type { PortResource } from './port.ts';

/** By place, the key of the port that has it. */
export type Claims = ReadonlyMap<string, string>;

export interface Claim {
  readonly kind: 'MAC' | 'address' | 'device' | 'file';
  /** What must not be claimed twice. */
  readonly place: string;
  /** As a sentence calls it. */
  readonly what: string;
  /** Where the port says so, below its spec. */
  readonly field: string;
  /** The network that it is about; undefined for what has nothing to do with one. */
  readonly network: string | undefined;
}

/** All that a port claims; what it was given without asking counts like what it declares. */
export function claimsBy(key: string, port: PortResource, networks: Intent['networks'], held: Held): Claim[] {
  const { spec } = port;
  const claims: Claim[] = [];
  const mac = macOf(key, port, held);
  const names = networksOf(spec);
  if (mac !== undefined) for (const network of names) claims.push({ kind: 'MAC', place: `${mac} in ${network}`, what: mac, field: '/mac', network });
  for (const [network, addresses] of addressesByNetwork(key, port, networks, held)) {
    if (!names.includes(network)) continue;
    for (const address of addresses) {
      const what = formatIp(address.address);
      const index = (spec.addresses ?? []).indexOf(formatCidr(address));
      const field = index >= 0 ? `/addresses/${index}` : spec.trunk === undefined ? '/network' : '/trunk/native';
      claims.push({ kind: 'address', place: `${what} in ${network}`, what, field, network });
    }
  }
  const device = deviceOf(spec);
  if (device !== undefined) {
    const what = `${device.device} of ${device.path === '' ? "the switch's own namespace" : device.path}`;
    claims.push({ kind: 'device', place: `device ${device.path} ${device.device}`, what, field: '/device', network: undefined });
  }
  for (const [field, file] of [['/pcap/write', spec.pcap?.write], ['/capture/file', spec.capture?.file]] as const) {
    if (file !== undefined) claims.push({ kind: 'file', place: `file ${file}`, what: file, field, network: undefined });
  }
  return claims;
}

/** What the ports of an intent claim. */
export function claimsOf(ports: Iterable<PortResource>, networks: Intent['networks'], held: Held): Claims {
  const claims = new SharedMap<string, string>();
  for (const port of ports) {
    const key = keyOfPort(port);
    for (const { place } of claimsBy(key, port, networks, held)) claims.set(place, key);
  }
  return claims;
}

interface Grounds {
  readonly intent: Intent;
  readonly held: Held;
}

/** The claims of `after`, from those of `before`. What was given to a port stays while neither it nor a network changes. */
export function claimsAfter(claims: Claims, before: Grounds, after: Grounds): Claims {
  const { intent, held } = after;
  if (differing(before.intent.networks, intent.networks).length > 0) return claimsOf(intent.ports.values(), intent.networks, held);
  const next = new SharedMap(claims);
  const keys = differing(before.intent.ports, intent.ports);
  for (const key of keys) {
    const port = before.intent.ports.get(key);
    if (port === undefined) continue;
    for (const { place } of claimsBy(key, port, before.intent.networks, before.held)) if (next.get(place) === key) next.delete(place);
  }
  for (const key of keys) {
    const port = intent.ports.get(key);
    if (port !== undefined) for (const { place } of claimsBy(key, port, intent.networks, held)) next.set(place, key);
  }
  return next;
}
