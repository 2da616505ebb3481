/**
 * Allocations: what was chosen for ports that left it open, and the numbers behind all names.
 *
 * A MAC or an address that was once chosen belongs to its port's name, also while there is no such
 * port; only when a subnet has nothing else left is the address that was unused longest given to
 * another. MACs follow from the name, so they are the same even where the state was lost.
 *
 * Pure: `allocate` reads the intent and what was held before, and answers what is held from now on. Where only ports changed, what is
 * answered is what would have been found by looking at all of them, at the cost of those that changed and a walk along what is held.
 */
import { createHash } from 'node:crypto';
import { cidrHolds, formatCidr, parseCidr, rangeOf, reservedIn, type Cidr } from '../address/cidr.ts';
import { formatIp, parseIp, parseRange, rangeHolds, type Ip, type IpRange } from '../address/ip.ts';
import { VswError } from '../errors.ts';
import { sameData } from '../intent/changes.ts';
import { groupBy } from '../intent/group.ts';
import { nothingHeld, type Held } from '../intent/held.ts';
import { portName, type Intent } from '../intent/intent.ts';
import { addressesByNetwork, homeOf, subnetsOf } from '../intent/membership.ts';
import type { NetworkResource } from '../intent/network.ts';
import type { PortResource } from '../intent/port.ts';
import { differing } from '../shared-map.ts';

/** Plain data, as it is stored. Keys of ports are `namespace/name`. */
export interface Allocations {
  readonly macs: Readonly<Record<string, string>>;
  /** In the order in which they were last in use, longest unused first. */
  readonly addresses: readonly AddressLease[];
  readonly portIds: Readonly<Record<string, number>>;
  readonly networkIds: Readonly<Record<string, number>>;
}

export interface AddressLease {
  readonly port: string;
  readonly network: string;
  /** With the length of the subnet that it was taken from. */
  readonly address: string;
}

export const noAllocations: Allocations = { macs: {}, addresses: [], portIds: {}, networkIds: {} };

const readAllocations = new WeakMap<Allocations, Held>();

/** The same for the same allocations. */
export function heldBy(allocations: Allocations): Held {
  const known = readAllocations.get(allocations);
  if (known !== undefined) return known;
  const addresses = new Map<string, Cidr[]>();
  for (const { port, network, address } of allocations.addresses) {
    const place = `${port} ${network}`;
    const own = addresses.get(place);
    if (own === undefined) addresses.set(place, [parseCidr(address)!]);
    else own.push(parseCidr(address)!);
  }
  const held: Held = { macOf: (key) => allocations.macs[key], addressesOf: (key, network) => addresses.get(`${key} ${network}`) ?? [] };
  readAllocations.set(allocations, held);
  return held;
}

/**
 * Throws VSW_LIMIT when a subnet or the numbers of ports are used up. What was held `before` for the intent `settled` stays the same
 * object as long as nothing changes that it rests on.
 */
export function allocate(intent: Intent, before: Allocations, portIdsEnd: number, settled?: Intent): Allocations {
  if (settled !== undefined && asksTheSame(settled, intent)) return before;
  if (settled !== undefined && isAboutPortsAlone(settled, intent)) return allocateForPorts(intent, before, portIdsEnd, settled);
  return {
    macs: allocateMacs(intent, before.macs),
    addresses: allocateAddresses(intent, before.addresses),
    portIds: allocateIds([...intent.ports.keys()], before.portIds, portIdsEnd, 'ports'),
    networkIds: allocateIds([...intent.networks.keys()], before.networkIds, 0xffff, 'networks'),
  };
}

/** Only numbers and MACs of these ports came, went or are others: what the rest holds was right and is left alone. */
function allocateForPorts(intent: Intent, before: Allocations, portIdsEnd: number, settled: Intent): Allocations {
  const keys = differing(settled.ports, intent.ports).sort();
  return {
    macs: macsAfter(intent, before.macs, keys),
    addresses: addressesAfter(intent, before.addresses, keys, settled) ?? allocateAddresses(intent, before.addresses),
    portIds: idsAfter(intent, before.portIds, portIdsEnd, keys),
    networkIds: before.networkIds,
  };
}

function isAboutPortsAlone(one: Intent, other: Intent): boolean {
  return differing(one.networks, other.networks).every((name) => {
    const [old, network] = [one.networks.get(name), other.networks.get(name)];
    return old !== undefined && network !== undefined && sameData(askedByNetwork(old), askedByNetwork(network));
  });
}

/** As `allocateIds` says, where only these names may have come or gone. */
function idsAfter({ ports }: Intent, before: Readonly<Record<string, number>>, end: number, keys: readonly string[]): Readonly<Record<string, number>> {
  const came = keys.filter((key) => ports.has(key) && before[key] === undefined);
  const gone = keys.filter((key) => !ports.has(key) && before[key] !== undefined);
  if (came.length === 0 && gone.length === 0) return before;
  const ids = { ...before };
  for (const key of gone) delete ids[key];
  const taken = new Set(came.length === 0 ? [] : Object.values(before));
  let next = 1;
  for (const key of came) {
    while (taken.has(next)) next += 1;
    if (next >= end) throw noRoom(end, 'ports');
    taken.add(next);
    ids[key] = next;
  }
  return ids;
}

/** As `allocateMacs` says, where only these ports came, went or declare another. */
function macsAfter(intent: Intent, before: Readonly<Record<string, string>>, keys: readonly string[]): Readonly<Record<string, string>> {
  const isGiven = (key: string): boolean => intent.ports.has(key) && intent.ports.get(key)?.spec.mac === undefined;
  const asking = keys.filter((key) => isGiven(key) && before[key] === undefined);
  const declaring = new Set(keys.flatMap((key) => intent.ports.get(key)?.spec.mac ?? []));
  const leaving = keys.filter((key) => before[key] !== undefined && !isGiven(key));
  if (asking.length === 0 && declaring.size === 0 && leaving.length === 0) return before;
  const declared = declaredMacs(intent);
  const gone = leaving.filter((key) => declared.has(before[key]!));
  if (declaring.size > 0) for (const key in before) if (declaring.has(before[key]!) && !isGiven(key)) gone.push(key);
  if (asking.length === 0 && gone.length === 0) return before;
  const macs = { ...before };
  for (const key of gone) delete macs[key];
  giveMacs(asking, macs, declared);
  return macs;
}

/** Whether both intents declare and leave open the same, as far as allocations read it. */
function asksTheSame(one: Intent, other: Intent): boolean {
  const isSame = <R>(key: string, from: Pick<ReadonlyMap<string, R>, 'get'>, to: Pick<ReadonlyMap<string, R>, 'get'>, asked: (resource: R) => unknown): boolean => {
    const [old, resource] = [from.get(key), to.get(key)];
    return old !== undefined && resource !== undefined && sameData(asked(old), asked(resource));
  };
  return differing(one.networks, other.networks).every((name) => isSame(name, one.networks, other.networks, askedByNetwork))
    && differing(one.ports, other.ports).every((key) => isSame(key, one.ports, other.ports, askedByPort));
}

function askedByNetwork({ spec: { subnets, excluded, staticMacs } }: NetworkResource): unknown {
  return { subnets, excluded, staticMacs };
}

// Next hops keep addresses from being given, and take none away; so they need not be looked at until something is given.
function askedByPort({ spec: { mac, addresses, network, trunk } }: PortResource): unknown {
  return { mac, addresses, network, trunk };
}

function allocateIds(names: readonly string[], before: Readonly<Record<string, number>>, end: number, what: string): Record<string, number> {
  // `constructor` is a name like any other, so what every object inherits must not be taken for an entry.
  const held = new Map(Object.entries(before));
  const ids = new Map<string, number>();
  for (const name of names) {
    const id = held.get(name);
    if (id !== undefined && id < end) ids.set(name, id);
  }
  // A number that becomes free now is given again later: no transaction lets a port become another.
  const taken = new Set([...ids.values(), ...held.values()]);
  let next = 1;
  for (const name of [...names].sort()) {
    if (ids.has(name)) continue;
    while (taken.has(next)) next += 1;
    if (next >= end) throw noRoom(end, what);
    taken.add(next);
    ids.set(name, next);
  }
  return Object.fromEntries(ids);
}

function noRoom(end: number, what: string): VswError {
  return VswError.of('VSW_LIMIT', [{ path: '', message: `there is room for ${end - 1} ${what}`, remedy: 'delete some, or open the switch with larger limits; nothing was changed' }]);
}

function allocateMacs(intent: Intent, before: Readonly<Record<string, string>>): Record<string, string> {
  const declared = declaredMacs(intent);
  // A MAC that somebody declared while its port was gone does not come back with the port.
  const stays = ([key, mac]: [string, string]): boolean => !declared.has(mac) || (intent.ports.has(key) && intent.ports.get(key)?.spec.mac === undefined);
  const macs: Record<string, string> = Object.fromEntries(Object.entries(before).filter(stays));
  giveMacs(sortedByKey(intent.ports).flatMap(([key, { spec }]) => (spec.mac === undefined && macs[key] === undefined ? [key] : [])), macs, declared);
  return macs;
}

function declaredMacs(intent: Intent): ReadonlySet<string> {
  const declared = new Set<string>();
  for (const port of intent.ports.values()) if (port.spec.mac !== undefined) declared.add(port.spec.mac);
  for (const network of intent.networks.values()) for (const entry of network.spec.staticMacs ?? []) declared.add(entry.mac);
  return declared;
}

/** One for each of the keys that nobody else has. */
function giveMacs(keys: readonly string[], macs: Record<string, string>, declared: ReadonlySet<string>): void {
  if (keys.length === 0) return;
  const taken = new Set([...Object.values(macs), ...declared, unknownMac]);
  for (const key of keys) {
    let attempt = 0;
    let mac = macFor(key, attempt);
    while (taken.has(mac)) mac = macFor(key, (attempt += 1));
    taken.add(mac);
    macs[key] = mac;
  }
}

/** What `explain` shows where nobody has the address. */
const unknownMac = '02:ff:ff:ff:ff:ff';

/** Locally administered, unicast. */
function macFor(key: string, attempt: number): string {
  const digest = createHash('sha256').update(`${key} ${attempt}`).digest();
  return ['02', ...[...digest.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

/** A lease with its address read once. */
interface ReadLease extends AddressLease {
  readonly lease: AddressLease;
  readonly cidr: Cidr;
  readonly host: string;
}

/** The network in which a port wants to be given addresses. */
function wantedBy(key: string, { ports }: Intent): string | undefined {
  const spec = ports.get(key)?.spec;
  return spec === undefined || spec.addresses !== undefined ? undefined : homeOf(spec);
}

/**
 * As `allocateAddresses` says, where only these ports came, went or want something else. Undefined where a subnet has nothing left that
 * was nobody's yet.
 */
function addressesAfter(intent: Intent, before: readonly AddressLease[], keys: readonly string[], settled: Intent): readonly AddressLease[] | undefined {
  const changed = new Set(keys);
  // Those in use stand behind the others.
  let idleEnd = 0;
  while (idleEnd < before.length && wantedBy(before[idleEnd]!.port, settled) !== before[idleEnd]!.network) idleEnd += 1;
  const declared = declaredAddresses(intent, keys);
  const stays = (lease: AddressLease): boolean => declared.get(lease.network)?.has(readLease(lease).host) !== true;
  const left = declared.size === 0 ? before : before.filter(stays);
  const given = giveAddresses(intent, left, changed);
  if (given === undefined) return undefined;
  const isOthers = given.length > 0 || left.length < before.length || before.some(({ port }) => changed.has(port));
  if (!isOthers) return before;
  const idle: AddressLease[] = [];
  const inUse: AddressLease[] = [];
  before.forEach((lease, index) => {
    if (declared.size > 0 && !stays(lease)) return;
    const isInUse = changed.has(lease.port) ? wantedBy(lease.port, intent) === lease.network : index >= idleEnd;
    (isInUse ? inUse : idle).push(lease);
  });
  return [...idle, ...inUse, ...given];
}

/** What these ports still want, in their order, of what nobody has; undefined where there is none. */
function giveAddresses(intent: Intent, held: readonly AddressLease[], keys: ReadonlySet<string>): readonly AddressLease[] | undefined {
  const given: AddressLease[] = [];
  const taken = new Map<string, Set<string>>();
  const cursors = new Map<string, bigint>();
  const own = groupBy(held.filter(({ port }) => keys.has(port)), ({ port, network }) => `${port} ${network}`);
  for (const key of keys) {
    const network = wantedBy(key, intent);
    if (network === undefined) continue;
    const ground = groundOf(intent.networks.get(network)!);
    for (const subnet of ground.subnets) {
      if (own.get(`${key} ${network}`)?.some((lease) => cidrHolds(subnet, readLease(lease).cidr.address)) === true) continue;
      if (!taken.has(network)) {
        const hosts = held.filter((lease) => lease.network === network).map((lease) => readLease(lease).host);
        taken.set(network, new Set([...hosts, ...declaredAddresses(intent).get(network) ?? [], ...nextHopAddresses(intent).get(network) ?? []]));
      }
      const place = `${network} ${formatCidr(subnet)}`;
      const address = firstFree(subnet, ground, taken.get(network)!, cursors.get(place));
      if (address === undefined) return undefined;
      cursors.set(place, address.value + 1n);
      taken.get(network)!.add(formatIp(address));
      given.push({ port: key, network, address: formatCidr({ address, length: subnet.length }) });
    }
  }
  return given;
}

function allocateAddresses(intent: Intent, before: readonly AddressLease[]): readonly AddressLease[] {
  const wanting = sortedByKey(intent.ports).flatMap(([key]) => {
    const network = wantedBy(key, intent);
    return network === undefined ? [] : [{ key, network }];
  });
  const inUse = (lease: AddressLease): boolean => wantedBy(lease.port, intent) === lease.network;
  const declared = declaredAddresses(intent);
  const nextHops = nextHopAddresses(intent);
  const grounds = new Map([...intent.networks].map(([name, network]) => [name, groundOf(network)]));
  // What somebody declared since is no longer ours to give.
  const leases = new Set(before.map(readLease).filter((lease) => fits(lease, grounds.get(lease.network)) && !declared.get(lease.network)?.has(lease.host)));
  const byOwner = groupBy(leases, (lease) => `${lease.port} ${lease.network}`);
  const byNetwork = groupBy(leases, (lease) => lease.network);
  const taken = new Map<string, Set<string>>();
  for (const name of intent.networks.keys()) {
    const held = (byNetwork.get(name) ?? []).map(({ host }) => host);
    taken.set(name, new Set([...(declared.get(name) ?? []), ...(nextHops.get(name) ?? []), ...held]));
  }
  const cursors = new Map<string, bigint>();

  for (const { key, network } of wanting) {
    const own = byOwner.get(`${key} ${network}`) ?? [];
    const ground = grounds.get(network)!;
    for (const subnet of ground.subnets) {
      if (own.some(({ cidr }) => cidrHolds(subnet, cidr.address))) continue;
      const place = `${network} ${formatCidr(subnet)}`;
      let address = firstFree(subnet, ground, taken.get(network)!, cursors.get(place));
      if (address !== undefined) {
        cursors.set(place, address.value + 1n);
      } else {
        cursors.set(place, rangeOf(subnet).last.value + 1n);
        const idle = byNetwork.get(network)?.find((lease) => leases.has(lease) && !inUse(lease) && cidrHolds(subnet, lease.cidr.address) && !nextHops.get(network)?.has(lease.host));
        if (idle === undefined) {
          throw VswError.of('VSW_LIMIT', [{
            path: '',
            message: `subnet ${formatCidr(subnet)} of network ${network} has no address left for port ${portName(key)}`,
            remedy: 'delete ports, shrink excluded, or add a larger subnet; nothing was changed',
          }]);
        }
        leases.delete(idle);
        address = idle.cidr.address;
      }
      taken.get(network)!.add(formatIp(address));
      leases.add(readLease({ port: key, network, address: formatCidr({ address, length: subnet.length }) }));
    }
  }
  const kept = [...leases].map(({ lease }) => lease);
  return [...kept.filter((lease) => !inUse(lease)), ...kept.filter(inUse)];
}

const readLeases = new WeakMap<AddressLease, ReadLease>();

/** The same for the same lease. */
function readLease(lease: AddressLease): ReadLease {
  let read = readLeases.get(lease);
  if (read === undefined) {
    const cidr = parseCidr(lease.address)!;
    read = { ...lease, lease, cidr, host: formatIp(cidr.address) };
    readLeases.set(lease, read);
  }
  return read;
}

/** Addresses that ports of each network declare, all of them or those with these keys. */
function declaredAddresses(intent: Intent, keys?: readonly string[]): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  for (const key of keys ?? intent.ports.keys()) {
    const port = intent.ports.get(key);
    if (port?.spec.addresses === undefined) continue;
    for (const [network, addresses] of addressesByNetwork(key, port, intent.networks, nothingHeld)) {
      for (const { address } of addresses) setOf(sets, network).add(formatIp(address));
    }
  }
  return sets;
}

/** Addresses that ports of each network route through: not given out, but left to whom they were given. */
function nextHopAddresses(intent: Intent): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  for (const { spec } of intent.ports.values()) {
    const network = spec.routes === undefined ? undefined : homeOf(spec);
    if (network === undefined) continue;
    for (const { via } of spec.routes ?? []) if (via !== undefined) setOf(sets, network).add(formatIp(parseIp(via)!));
  }
  return sets;
}

function setOf(sets: Map<string, Set<string>>, network: string): Set<string> {
  const set = sets.get(network) ?? new Set<string>();
  sets.set(network, set);
  return set;
}

/** What a network's addresses are taken from, read once. */
interface Ground {
  readonly subnets: readonly Cidr[];
  readonly excluded: readonly IpRange[];
}

function groundOf(network: NetworkResource): Ground {
  return { subnets: subnetsOf(network), excluded: (network.spec.excluded ?? []).map((text) => parseRange(text)!) };
}

/** A lease outlives its network's deletion, but not a change of its subnets that leaves it outside. */
function fits(lease: ReadLease, ground: Ground | undefined): boolean {
  if (ground === undefined) return true;
  const { address, length } = lease.cidr;
  const subnet = ground.subnets.find((candidate) => cidrHolds(candidate, address));
  if (subnet === undefined || subnet.length !== length) return false;
  return reservedIn(subnet, address) === undefined && !ground.excluded.some((range) => rangeHolds(range, address));
}

/** The first free address of the subnet from `cursor` on; excluded ranges are stepped over whole. */
function firstFree(subnet: Cidr, ground: Ground, taken: ReadonlySet<string>, cursor: bigint | undefined): Ip | undefined {
  const { first, last } = rangeOf(subnet);
  for (let value = cursor ?? first.value; value <= last.value; value += 1n) {
    const ip: Ip = { family: first.family, value };
    const range = ground.excluded.find((candidate) => rangeHolds(candidate, ip));
    if (range !== undefined) value = range.last.value;
    else if (reservedIn(subnet, ip) === undefined && !taken.has(formatIp(ip))) return ip;
  }
  return undefined;
}

function sortedByKey<R>(map: ReadonlyMap<string, R>): [string, R][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
