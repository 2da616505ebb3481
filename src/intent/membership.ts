/**
 * In which networks a port is: one, or as a trunk several; and in which of them each of its addresses is.
 *
 * A trunk gets and sends the frames of each network with that network's tag, but for the native one's,
 * which have none; so the native network is the one that an untagged device is in. An address of a trunk is
 * where its subnet is: in the native network when that one's subnets hold it, otherwise in the one
 * carried network whose subnets do.
 */
import { cidrHolds, parseCidr, type Cidr } from '../address/cidr.ts';
import { isLinkLocal } from '../address/ip.ts';
import type { Held } from './held.ts';
import type { NetworkResource } from './network.ts';
import type { PortResource, PortSpec } from './port.ts';

type Networks = ReadonlyMap<string, NetworkResource>;

/** All networks that the port is in, as they are listed. */
export function networksOf(spec: PortSpec): readonly string[] {
  if (spec.trunk !== undefined) return [...new Set(spec.trunk.networks)];
  return spec.network === undefined ? [] : [spec.network];
}

/** The network of the frames without a tag; undefined when the port carries none. */
export function homeOf(spec: PortSpec): string | undefined {
  return spec.trunk === undefined ? spec.network : spec.trunk.native;
}

export function isInNetwork(spec: PortSpec, network: string): boolean {
  return spec.trunk === undefined ? spec.network === network : spec.trunk.networks.includes(network);
}

/** The networks of the port that the address may be in; one in what holds together. */
export function placesOf(address: Cidr, spec: PortSpec, networks: Networks): readonly string[] {
  const home = homeOf(spec);
  if (spec.trunk === undefined) return home === undefined ? [] : [home];
  const holding = networksOf(spec).filter((name) => subnetsOf(networks.get(name)).some((subnet) => cidrHolds(subnet, address.address)));
  if (home !== undefined && (holding.includes(home) || isLinkLocal(address.address))) return [home];
  if (holding.length > 0 || home === undefined) return holding;
  return subnetsOf(networks.get(home)).length === 0 ? [home] : [];
}

export function subnetsOf(network: NetworkResource | undefined): readonly Cidr[] {
  return (network?.spec.subnets ?? []).map((text) => parseCidr(text)!);
}

/** The addresses by which the port is known, by network: its own words first, otherwise what it was given. */
export function addressesByNetwork(key: string, port: PortResource, networks: Networks, held: Held): ReadonlyMap<string, readonly Cidr[]> {
  const { spec } = port;
  const home = homeOf(spec);
  if (spec.addresses === undefined) return new Map(home === undefined ? [] : [[home, held.addressesOf(key, home)]]);
  const byNetwork = new Map<string, Cidr[]>();
  for (const text of spec.addresses) {
    const address = parseCidr(text)!;
    const place = placesOf(address, spec, networks)[0];
    if (place !== undefined) byNetwork.set(place, [...(byNetwork.get(place) ?? []), address]);
  }
  return byNetwork;
}
