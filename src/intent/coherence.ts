/**
 * Whether a whole intent holds together: every name leads somewhere, every address has its place and
 * one owner. Each resource is checked alone for form before (`structure.ts`).
 *
 * Only what a request touches is checked: its own resources, and the ports of the networks in it. A fault of a port
 * outside it is told at its network. What the ports outside it own is looked up in the claims of the intent that runs.
 */
import { cidrHolds, cidrsOverlap, formatCidr, parseCidr, reservedIn, subnetOf, type Cidr } from '../address/cidr.ts';
import { formatIp, isLinkLocal, isUnicast, parseIp, parseRange, sameIp } from '../address/ip.ts';
import type { ErrorDetail } from '../errors.ts';
import { claimsBy, claimsOf, type Claim, type Claims } from './claims.ts';
import { macOf, type Held } from './held.ts';
import { portKey, portName, type Intent } from './intent.ts';
import { addressesByNetwork, homeOf, isInNetwork, networksOf, placesOf, subnetsOf } from './membership.ts';
import { checkMulticast } from './multicast.ts';
import { networkMtuDefault, type NetworkResource } from './network.ts';
import { checkNetworkPolicy, checkPolicy } from './policy-coherence.ts';
import { checkDevice, checkNamedPorts, checkRoutes, type Report } from './port-coherence.ts';
import type { PortResource, PortSpec } from './port.ts';
import { nearest } from './suggest.ts';
import { checkMembership, type KnownNetworks } from './trunk-coherence.ts';

export interface Touched {
  /** Of the resources in the request, by key, their paths in it. */
  readonly networks: ReadonlyMap<string, string>;
  readonly ports: ReadonlyMap<string, string>;
  readonly policies: ReadonlyMap<string, string>;
  readonly networkPolicies: ReadonlyMap<string, string>;
  /** Names of networks that are in the request but whose form is wrong: nothing is said of their absence. */
  readonly brokenNetworks: ReadonlySet<string>;
}

const ipv6MtuMin = 1280;
const reservedEtherTypes = new Map([
  [0x0800, 'IPv4'],
  [0x0806, 'ARP'],
  [0x86dd, 'IPv6'],
  [0x8100, 'the VLAN tag'],
  [0x88a8, 'the outer VLAN tag'],
]);

/** All that keeps the intent from holding together, as far as the request touches it. `claims` are those of the ports before it. */
export function checkCoherence(intent: Intent, held: Held, touched: Touched, claims: Claims): ErrorDetail[] {
  const errors: ErrorDetail[] = [];
  for (const [name, path] of touched.networks) checkNetwork(intent.networks.get(name)!, path, errors);
  const known = { networks: intent.networks, broken: touched.brokenNetworks };
  for (const [key, port] of touched.networks.size > 0 ? intent.ports : touchedPorts(intent, touched)) {
    const path = touched.ports.get(key);
    const networkPath = networksOf(port.spec).map((name) => touched.networks.get(name)).find((one) => one !== undefined);
    if (path === undefined && networkPath === undefined) continue;
    const report = reporter(key, path, networkPath, errors);
    if (checkMembership(port.spec, known, report)) checkPort(key, port, intent.networks, held, report);
  }
  checkOwners(intent, held, touched, claims, errors);
  checkPolicies(intent, known, touched, errors);
  checkStaticMacs(intent, held, touched, errors);
  return withoutRepetitions(errors);
}

function touchedPorts(intent: Intent, touched: Touched): (readonly [string, PortResource])[] {
  return [...touched.ports.keys()].map((key) => [key, intent.ports.get(key)!] as const);
}

function checkPolicies(intent: Intent, known: KnownNetworks, touched: Touched, errors: ErrorDetail[]): void {
  const reportAt = (path: string): Report => (field, message, remedy) => errors.push({ path: `${path}/spec${field}`, message, remedy });
  for (const [key, path] of touched.policies) checkPolicy(intent.policies.get(key)!, known, reportAt(path));
  for (const [key, path] of touched.networkPolicies) checkNetworkPolicy(intent.networkPolicies.get(key)!, reportAt(path));
}

/** Two trunks that clash do so in each network that they share; once is enough to be told. */
function withoutRepetitions(errors: readonly ErrorDetail[]): ErrorDetail[] {
  return [...new Map(errors.map((error) => [`${error.path} ${error.message}`, error])).values()];
}

function reporter(key: string, path: string | undefined, networkPath: string | undefined, errors: ErrorDetail[]): Report {
  return (field, message, remedy) => {
    if (path !== undefined) errors.push({ path: `${path}/spec${field}`, message, remedy });
    else errors.push({ path: `${networkPath ?? ''}/spec`, message: `port ${portName(key)}: ${message}`, remedy: `change the port in the same request: ${remedy}` });
  };
}

function checkNetwork(network: NetworkResource, path: string, errors: ErrorDetail[]): void {
  const { spec } = network;
  const report: Report = (field, message, remedy) => errors.push({ path: `${path}/spec${field}`, message, remedy });
  const subnets = subnetsOf(network);
  subnets.forEach((subnet, index) => {
    const exact = subnetOf(subnet);
    if (!sameIp(exact.address, subnet.address)) report(`/subnets/${index}`, `${formatCidr(subnet)} is not the first address of its prefix`, `write ${formatCidr(exact)}`);
    else if (!isUnicast(subnet.address) || isLinkLocal(subnet.address)) report(`/subnets/${index}`, `${formatCidr(subnet)} holds no addresses that a port may be given`, 'choose a private range such as 10.77.0.0/24 or fd00:77::/64');
    const earlier = subnets.slice(0, index).find((other) => cidrsOverlap(other, subnet));
    if (earlier !== undefined) report(`/subnets/${index}`, `${formatCidr(subnet)} overlaps ${formatCidr(earlier)}`, 'divide the addresses so that each belongs to one subnet');
  });
  if (subnets.some((subnet) => subnet.address.family === 6) && (spec.mtu ?? networkMtuDefault) < ipv6MtuMin) {
    report('/mtu', `${spec.mtu} is too small for IPv6`, `write at least ${ipv6MtuMin}, or take the IPv6 subnets out`);
  }
  (spec.excluded ?? []).forEach((text, index) => {
    const range = parseRange(text)!;
    const inside = subnets.some((subnet) => cidrHolds(subnet, range.first) && cidrHolds(subnet, range.last));
    if (!inside) report(`/excluded/${index}`, `${text} is not inside a subnet of the network`, 'exclude only addresses of the subnets, each range within one');
  });
  checkMulticast(spec.multicast, report);
  checkNodeAddresses(spec.nodeAddresses ?? [], report);
  const types = spec.etherTypes ?? [];
  types.forEach((type, index) => {
    const hex = `0x${type.toString(16).padStart(4, '0')}`;
    const reserved = reservedEtherTypes.get(type);
    if (reserved !== undefined) report(`/etherTypes/${index}`, `${hex} is ${reserved}, which is judged by itself`, 'remove it from the list');
    else if (type < 0x600) report(`/etherTypes/${index}`, `${hex} is a length, not an EtherType`, 'write a number from 0x0600 to 0xffff');
    else if (types.indexOf(type) !== index) report(`/etherTypes/${index}`, `${hex} is listed twice`, 'remove one of them');
  });
}

function checkNodeAddresses(addresses: readonly string[], report: Report): void {
  addresses.forEach((text, index) => {
    if (!isUnicast(parseIp(text)!)) report(`/nodeAddresses/${index}`, `${text} is not an address that the host can have`, 'write a unicast address');
    else if (addresses.indexOf(text) !== index) report(`/nodeAddresses/${index}`, `${text} is listed twice`, 'remove one of them');
  });
}

function checkPort(key: string, port: PortResource, networks: ReadonlyMap<string, NetworkResource>, held: Held, report: Report): void {
  const { spec } = port;
  const names = networksOf(spec);
  const mtuMax = Math.max(...names.map((name) => networks.get(name)!.spec.mtu ?? networkMtuDefault));
  if (spec.mtu !== undefined && spec.mtu > mtuMax) {
    const whose = spec.trunk === undefined ? `the MTU of network ${names[0]}` : 'the largest MTU of its networks';
    report('/mtu', `${spec.mtu} is larger than ${whose}, ${mtuMax}`, `write at most ${mtuMax}, or raise the network's mtu`);
  }
  const declared = (spec.addresses ?? []).map((text) => parseCidr(text)!);
  declared.forEach((address, index) => checkAddress(address, spec, networks, (message, remedy) => report(`/addresses/${index}`, message, remedy)));
  declared.forEach((address, index) => {
    if (declared.findIndex((other) => sameIp(other.address, address.address)) !== index) report(`/addresses/${index}`, `${formatIp(address.address)} is listed twice`, 'remove one of them');
  });
  const ipv6 = declared.find((address) => address.address.family === 6);
  if (ipv6 !== undefined && (spec.mtu ?? mtuMax) < ipv6MtuMin) {
    report('/mtu', `${spec.mtu ?? mtuMax} is too small for the IPv6 address ${formatCidr(ipv6)}`, `write at least ${ipv6MtuMin}`);
  }
  checkDevice(spec, report);
  checkNamedPorts(spec, report);
  const home = homeOf(spec);
  if (home === undefined) {
    if ((spec.routes ?? []).length > 0) report('/routes', 'a trunk without a native network has no address to route from on its own device', 'add native, or set the routes on the VLAN devices inside the namespace');
    return;
  }
  const own = addressesByNetwork(key, port, networks, held).get(home) ?? [];
  const isDeclared = spec.addresses !== undefined;
  checkRoutes(spec, own.length > 0 || isDeclared ? own : subnetsOf(networks.get(home)), isDeclared ? own : [], report);
}

function checkAddress(address: Cidr, spec: PortSpec, networks: ReadonlyMap<string, NetworkResource>, report: (message: string, remedy: string) => void): void {
  const text = formatIp(address.address);
  if (!isUnicast(address.address)) return report(`${text} is not an address that a port can have`, 'choose a unicast address');
  const places = placesOf(address, spec, networks);
  if (places.length > 1) {
    return report(`${text} is in subnets of ${places.join(' and ')}, so nothing says in which network the trunk has it`, 'divide the addresses between the networks, or make the one that is meant native');
  }
  if (isLinkLocal(address.address) && places.length === 1) return undefined;
  const subnets = (places.length === 1 ? places : networksOf(spec)).flatMap((name) => subnetsOf(networks.get(name)));
  const subnet = subnets.find((candidate) => cidrHolds(candidate, address.address));
  if (subnet === undefined && (subnets.length > 0 || places.length === 0)) {
    const where = spec.trunk === undefined ? `no subnet of network ${spec.network}` : "no subnet of the trunk's networks";
    return report(`${text} is in ${where}`, subnets.length > 0 ? `choose one in ${subnets.map(formatCidr).join(' or ')}, or add its subnet to the network` : 'add its subnet to one of the networks');
  }
  const kind = reservedIn(subnet ?? address, address.address) ?? reservedIn(address, address.address);
  if (kind !== undefined) report(`${text} is the ${kind} address of ${formatCidr(subnetOf(subnet ?? address))}`, 'choose an address between the first and the last');
}

/** One owner for each MAC and each address within a network, each device and each file. */
function checkOwners(intent: Intent, held: Held, touched: Touched, before: Claims, errors: ErrorDetail[]): void {
  if (touched.ports.size === 0) return;
  const outside = (key: string): boolean => intent.ports.has(key) && !touched.ports.has(key);
  // In which network a trunk has an address follows from the networks' subnets.
  const claims = touched.networks.size === 0 ? before
    : claimsOf([...intent.ports].filter(([key]) => outside(key)).map(([, port]) => port), intent.networks, held);
  const inside = new Map<string, string>();
  for (const [key, port] of touchedPorts(intent, touched)) {
    for (const claim of claimsBy(key, port, intent.networks, held)) {
      if (claim.network !== undefined && !intent.networks.has(claim.network)) continue;
      const known = claims.get(claim.place);
      const owner = known !== undefined && outside(known) ? known : inside.get(claim.place);
      if (owner === undefined) inside.set(claim.place, key);
      else if (owner !== key) errors.push({ path: `${touched.ports.get(key)!}/spec${claim.field}`, ...clashOf(claim, portName(owner)) });
    }
  }
}

function clashOf({ kind, what }: Claim, owner: string): { message: string; remedy: string } {
  if (kind === 'file') return { message: `port ${owner} already writes ${what}`, remedy: 'name a file of its own' };
  if (kind === 'device') return { message: `device ${what} already belongs to port ${owner}`, remedy: `choose another device or netns, or delete port ${owner}` };
  return { message: `${what} is already the ${kind} of port ${owner}`, remedy: `choose another, or change or delete port ${owner}` };
}

function checkStaticMacs(intent: Intent, held: Held, touched: Touched, errors: ErrorDetail[]): void {
  for (const [name, network] of intent.networks) {
    const networkPath = touched.networks.get(name);
    const entries = network.spec.staticMacs ?? [];
    entries.forEach((entry, index) => {
      const key = portKey(entry.port);
      const port = intent.ports.get(key);
      const portPath = touched.ports.get(key);
      if (networkPath === undefined && portPath === undefined) return;
      const where = networkPath === undefined ? portPath! : `${networkPath}/spec/staticMacs/${index}`;
      if (port === undefined) errors.push({ path: `${where}/port`, message: `there is no port ${entry.port}`, remedy: nearestPort(entry.port, intent) });
      else if (!isInNetwork(port.spec, name)) {
        const field = port.spec.trunk === undefined ? 'network' : 'trunk/networks';
        const path = networkPath === undefined ? `${where}/spec/${field}` : `${where}/port`;
        errors.push({ path, message: `port ${entry.port} is in network ${networksOf(port.spec).join(', ')}, and network ${name} maps ${entry.mac} to it`, remedy: `map the MAC to a port of network ${name}` });
      }
      const twin = entries.findIndex((other) => other.mac === entry.mac);
      if (networkPath !== undefined && twin !== index) errors.push({ path: `${where}/mac`, message: `${entry.mac} is listed twice`, remedy: 'remove one of them' });
    });
    if (entries.length === 0) continue;
    for (const [key, owner] of networkPath === undefined ? touchedPorts(intent, touched) : intent.ports) {
      if (!isInNetwork(owner.spec, name)) continue;
      const index = entries.findIndex((entry) => entry.mac === macOf(key, owner, held));
      const path = networkPath === undefined ? touched.ports.get(key) : `${networkPath}/spec/staticMacs/${index}`;
      if (index < 0 || path === undefined) continue;
      errors.push({ path: networkPath === undefined ? `${path}/spec/mac` : `${path}/mac`, message: `${entries[index]!.mac} is the MAC of port ${portName(key)} itself`, remedy: 'a port needs no static entry for its own MAC: remove the entry or choose another MAC' });
    }
  }
}

function nearestPort(name: string, intent: Intent): string {
  const meant = nearest(name, [...intent.ports.keys()].map(portName));
  return meant ? `did you mean ${meant}?` : `add a Port named ${name} to the request, or remove the entry`;
}
