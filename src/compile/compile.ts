/**
 * Compile: a whole intent becomes the tables of the dataplane.
 *
 * Pure and deterministic: the same intent and allocations give the same tables, whatever order the
 * resources were written in. The intent holds together already and everything is allocated.
 */
import { parseCidr, type Cidr } from '../address/cidr.ts';
import { parseIp } from '../address/ip.ts';
import { macOf, type Held } from '../intent/held.ts';
import { sameData } from '../intent/changes.ts';
import { emptyIntent, portKey, portName, type Intent } from '../intent/intent.ts';
import { addressesByNetwork, homeOf, networksOf } from '../intent/membership.ts';
import { querySecondsDefault, responseSecondsDefault } from '../intent/multicast.ts';
import { loopDetectionDefault, macAgeSecondsDefault, networkMtuDefault, stormLimitDefault, type NetworkResource } from '../intent/network.ts';
import { deviceOf } from '../intent/port-coherence.ts';
import {
  captureBytesDefault, connectionsLimitDefault, flowsLimitDefault, groupsLimitDefault, macsLimitDefault, snapshotLengthDefault, type PortResource, type PortSpec, type PortType, type RouteSpec,
} from '../intent/port.ts';
import { timeoutSeconds } from '../intent/timeouts.ts';
import type { PutNetwork, PutPort, PutStaticMac, RouteEntry } from '../table/edits.gen.ts';
import { SharedMap, differing } from '../shared-map.ts';
import { emptyTableSet, type TableSet } from '../table/table-set.ts';
import { heldBy, noAllocations, type Allocations } from './allocations.ts';
import { compilePolicies } from './policies.ts';

/** What the dataplane calls the types of ports. */
export const portTypes: Readonly<Record<PortType, number>> = { tap: 1, memory: 2, pcap: 3 };

const faultDirections = { receive: 1, transmit: 2, both: 3 } as const;

/** Tables, and what they were compiled from. */
export interface Compiled {
  readonly intent: Intent;
  readonly allocations: Allocations;
  readonly tables: TableSet;
}

/** The tables. With what was compiled `before`, only what changed since is compiled again, and what is equal stays the same object. */
export function compile(intent: Intent, allocations: Allocations, before: Compiled = nothingCompiled): TableSet {
  const held = heldBy(allocations);
  const changedNetworks = new Set(differing(before.intent.networks, intent.networks));
  const changedPorts = differing(before.intent.ports, intent.ports);

  const networks = new SharedMap(before.tables.networks);
  for (const name of changedNetworks) {
    const network = intent.networks.get(name);
    if (network === undefined) networks.delete(before.allocations.networkIds[name]!);
    else put(networks, allocations.networkIds[name]!, compileNetwork(name, network, allocations));
  }

  const ports = new SharedMap(before.tables.ports);
  for (const key of changedPorts) if (!intent.ports.has(key)) ports.delete(before.allocations.portIds[key]!);
  // What was given to a port stays while neither it nor a network of it changes.
  for (const [key, port] of changedNetworks.size > 0 ? intent.ports : portsOf(intent, changedPorts)) {
    if (before.intent.ports.get(key) !== port || networksOf(port.spec).some((name) => changedNetworks.has(name))) {
      put(ports, allocations.portIds[key]!, compilePort(key, port, intent, allocations, held));
    }
  }

  const staticMacs = changedNetworks.size === 0 ? before.tables.staticMacs : compileStaticMacs(intent, allocations);
  return { networks, ports, staticMacs, ...compilePolicies(intent, allocations, ports, before) };
}

const nothingCompiled: Compiled = { intent: emptyIntent, allocations: noAllocations, tables: emptyTableSet };

function put<Key extends string | number, Entry>(table: SharedMap<Key, Entry>, key: Key, entry: Entry): void {
  if (!sameData(table.get(key), entry)) table.set(key, entry);
}

function portsOf(intent: Intent, keys: readonly string[]): (readonly [string, PortResource])[] {
  return keys.flatMap((key) => {
    const port = intent.ports.get(key);
    return port === undefined ? [] : [[key, port] as const];
  });
}

function compileStaticMacs(intent: Intent, allocations: Allocations): SharedMap<string, PutStaticMac> {
  const staticMacs = new SharedMap<string, PutStaticMac>();
  for (const [name, { spec }] of intent.networks) {
    const network = allocations.networkIds[name]!;
    for (const { mac, port } of spec.staticMacs ?? []) staticMacs.set(`${network} ${mac}`, { edit: 'PutStaticMac', network, mac, port: allocations.portIds[portKey(port)]! });
  }
  return staticMacs;
}

function compileNetwork(name: string, { spec }: NetworkResource, allocations: Allocations): PutNetwork {
  return {
    edit: 'PutNetwork',
    network: allocations.networkIds[name]!,
    name,
    mtu: spec.mtu ?? networkMtuDefault,
    macAgeMs: (spec.macAgeSeconds ?? macAgeSecondsDefault) * 1000,
    etherTypes: [...(spec.etherTypes ?? [])].sort((a, b) => a - b),
    ingressAllowed: spec.defaultPolicy?.ingress === 'drop' ? 0 : 1,
    egressAllowed: spec.defaultPolicy?.egress === 'drop' ? 0 : 1,
    vlan: spec.vlan ?? 0,
    carriesTags: spec.carryTags === true ? 1 : 0,
    stormBroadcast: spec.stormLimit?.broadcast ?? stormLimitDefault.broadcast,
    stormMulticast: spec.stormLimit?.multicast ?? stormLimitDefault.multicast,
    stormUnknownUnicast: spec.stormLimit?.unknownUnicast ?? stormLimitDefault.unknownUnicast,
    loopProbeMs: (spec.loopDetection?.probeSeconds ?? loopDetectionDefault.probeSeconds) * 1000,
    loopHoldMs: (spec.loopDetection?.holdSeconds ?? loopDetectionDefault.holdSeconds) * 1000,
    snooping: spec.multicast?.snooping === true ? 1 : 0,
    querier: spec.multicast?.querier === true ? 1 : 0,
    fastLeave: spec.multicast?.fastLeave === true ? 1 : 0,
    floodUnknown: spec.multicast?.unknownGroups === 'flood' ? 1 : 0,
    queryMs: (spec.multicast?.querySeconds ?? querySecondsDefault) * 1000,
    responseMs: (spec.multicast?.responseSeconds ?? responseSecondsDefault) * 1000,
    timeouts: timeoutSeconds(spec.timeouts),
    tcpLoose: spec.tcpLoose === false ? 0 : 1,
  };
}

function compilePort(key: string, port: PortResource, intent: Intent, allocations: Allocations, held: Held): PutPort {
  const { spec } = port;
  const device = deviceOf(spec);
  const home = homeOf(spec);
  const names = networksOf(spec);
  const idOf = (network: string): number => allocations.networkIds[network]!;
  const addresses = addressesByNetwork(key, port, intent.networks, held);
  return {
    edit: 'PutPort',
    port: allocations.portIds[key]!,
    name: portName(key),
    network: home === undefined ? 0 : idOf(home),
    type: portTypes[spec.type ?? 'tap'],
    netns: device?.path ?? '',
    device: device?.device ?? '',
    mac: macOf(key, port, held)!,
    addresses: home === undefined ? [] : addresses.get(home) ?? [],
    routes: (spec.routes ?? []).map(compileRoute),
    mtu: spec.mtu ?? Math.max(...names.map((name) => intent.networks.get(name)!.spec.mtu ?? networkMtuDefault)),
    antiSpoof: spec.antiSpoof === false ? 0 : 1,
    persist: spec.persist === false ? 0 : 1,
    offloads: spec.offloads === true ? 1 : 0,
    macsMax: spec.limits?.macs ?? macsLimitDefault,
    flowsMax: spec.limits?.flows ?? flowsLimitDefault,
    pcapRead: spec.pcap?.read ?? '',
    pcapWrite: spec.pcap?.write ?? '',
    hairpin: spec.hairpin === true ? 1 : 0,
    pcapRepeat: spec.pcap?.repeat === true ? 1 : 0,
    trunk: spec.trunk === undefined ? [] : names.map(idOf).sort((a, b) => a - b),
    trunkAddresses: [...addresses]
      .filter(([name]) => name !== home)
      .flatMap(([name, prefixes]) => prefixes.map((prefix) => ({ network: idOf(name), prefix })))
      .sort((a, b) => a.network - b.network),
    groupsMax: spec.limits?.groups ?? groupsLimitDefault,
    multicastRouter: spec.multicastRouter === true ? 1 : 0,
    queues: spec.queues ?? 1,
    connectionsMax: spec.limits?.connections ?? connectionsLimitDefault,
    ...compileWrappers(spec),
  };
}

type Wrappers = Pick<PutPort,
  'captureFile' | 'captureSnapshotLength' | 'captureBytesMax' | 'faultSeed' | 'faultLoss' | 'faultRepeat' | 'faultCorrupt' | 'faultDelayMs' | 'faultDirections'>;

function compileWrappers({ capture, fault }: PortSpec): Wrappers {
  const perMillion = (percent: number | undefined): number => Math.round((percent ?? 0) * 10_000);
  return {
    captureFile: capture?.file ?? '',
    captureSnapshotLength: capture?.snapshotLength ?? snapshotLengthDefault,
    captureBytesMax: capture?.bytesMax ?? captureBytesDefault,
    faultSeed: fault?.seed ?? 0,
    faultLoss: perMillion(fault?.loss),
    faultRepeat: perMillion(fault?.repeat),
    faultCorrupt: perMillion(fault?.corrupt),
    faultDelayMs: fault?.delayMs ?? 0,
    faultDirections: fault === undefined ? 0 : faultDirections[fault.direction ?? 'both'],
  };
}

function compileRoute({ to, via: text }: RouteSpec): RouteEntry {
  const via = text === undefined ? undefined : parseIp(text)!;
  const everything: Cidr = { address: { family: via?.family ?? 4, value: 0n }, length: 0 };
  return { to: to === 'default' ? everything : parseCidr(to)!, via };
}
