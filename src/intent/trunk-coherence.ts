/** Whether a port's networks are there and fit together: one network or a trunk, a tag for each, none twice. */
import { homeOf, networksOf } from './membership.ts';
import type { NetworkResource } from './network.ts';
import type { Report } from './port-coherence.ts';
import type { PortSpec } from './port.ts';
import { nearest } from './suggest.ts';

export interface KnownNetworks {
  readonly networks: ReadonlyMap<string, NetworkResource>;
  /** Named in the same request, and refused for their form: nothing is said of their absence. */
  readonly broken: ReadonlySet<string>;
}

/** Whether the port's networks could all be found; what is wrong with them is reported. */
export function checkMembership(spec: PortSpec, known: KnownNetworks, report: Report): boolean {
  if (spec.trunk === undefined) {
    if (spec.network !== undefined) return isKnown(spec.network, '/network', known, report);
    report('/network', 'network is missing', 'add network, the name of the one that the port is in, or trunk for several');
    return false;
  }
  const { networks: names, native } = spec.trunk;
  if (spec.network !== undefined) report('/trunk', 'a port is in one network or a trunk of several, not both', 'remove network or trunk');
  if (names.length === 0) report('/trunk/networks', 'a trunk of no networks carries nothing', 'list at least one network');
  if (native !== undefined && !names.includes(native)) {
    const meant = nearest(native, names);
    report('/trunk/native', `${native} is not one of the trunk's networks`, meant ? `did you mean ${meant}?` : 'add it to networks, or leave native out');
  }
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) report(`/trunk/networks/${index}`, `${name} is listed twice`, 'remove one of them');
  });
  let areAllThere = names.length > 0;
  networksOf(spec).forEach((name) => {
    const at = `/trunk/networks/${names.indexOf(name)}`;
    areAllThere = isKnown(name, at, known, report) && areAllThere;
  });
  checkTags(spec, known, report);
  return areAllThere;
}

function checkTags(spec: PortSpec, { networks }: KnownNetworks, report: Report): void {
  const names = spec.trunk!.networks;
  const home = homeOf(spec);
  const byVlan = new Map<number, string>();
  for (const name of networksOf(spec)) {
    const network = networks.get(name);
    if (network === undefined) continue;
    const at = `/trunk/networks/${names.indexOf(name)}`;
    const { vlan, carryTags } = network.spec;
    if (vlan === undefined && name !== home) {
      report(at, `network ${name} has no vlan, and only the native network goes without a tag`, `give network ${name} a vlan, or make it the native one`);
    }
    if (carryTags === true && name === home) {
      // A host could write another network's tag, and behind the trunk nobody could tell it from ours.
      report('/trunk/native', `network ${name} carries its hosts' own tags, so it needs a tag itself here`, `leave native out and give network ${name} a vlan, or take carryTags from it`);
    }
    const other = vlan === undefined ? undefined : byVlan.get(vlan);
    if (other !== undefined) report(at, `networks ${other} and ${name} have the same vlan ${vlan}`, 'give one of them another vlan, or leave it out of this trunk');
    else if (vlan !== undefined) byVlan.set(vlan, name);
  }
}

function isKnown(name: string, field: string, { networks, broken }: KnownNetworks, report: Report): boolean {
  if (networks.has(name)) return true;
  if (broken.has(name)) return false;
  const meant = nearest(name, [...networks.keys()]);
  report(field, `there is no network ${name}`, meant ? `did you mean ${meant}?` : `add a Network named ${name} to the request or apply it before`);
  return false;
}
