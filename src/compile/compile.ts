/**
 * Compile: a whole intent becomes the tables of the dataplane.
 *
 * Pure and deterministic: the same intent and allocations give the same tables, whatever order the
 * resources were written in. The intent holds together already and everything is allocated.
 */
import { parseCidr, type Cidr } from '../address/cidr.ts';
import { parseIp } from '../address/ip.ts';
import { macOf, type Held } from '../intent/held.ts';
import { portKey, portName, type Intent } from '../intent/intent.ts';
import { addressesByNetwork, homeOf, networksOf } from '../intent/membership.ts';
import { querySecondsDefault, responseSecondsDefault } from '../intent/multicast.ts';
import { loopDetectionDefault, macAgeSecondsDefault, networkMtuDefault, stormLimitDefault, type NetworkResource } from '../intent/network.ts';
import { deviceOf } from '../intent/port-coherence.ts';
import {
  captureBytesDefault, flowsLimitDefault, groupsLimitDefault, macsLimitDefault, snapshotLengthDefault, type PortResource, type PortSpec, type PortType, type RouteSpec,
} from '../intent/port.ts';
import type { PutNetwork, PutPort, PutStaticMac, RouteEntry } from '../table/edits.gen.ts';
import type { TableSet } from '../table/table-set.ts';
import { heldBy, type Allocations } from './allocations.ts';

/** What the dataplane calls the types of ports. */
export const portTypes: Readonly<Record<PortType, number>> = { tap: 1, memory: 2, pcap: 3 };

const faultDirections = { receive: 1, transmit: 2, both: 3 } as const;

export function compile(intent: Intent, allocations: Allocations): TableSet {
  const networks = new Map<number, PutNetwork>();
  const ports = new Map<number, PutPort>();
  const staticMacs = new Map<string, PutStaticMac>();
  const held = heldBy(allocations);
  for (const [name, network] of intent.networks) {
    const entry = compileNetwork(name, network, allocations);
    networks.set(entry.network, entry);
    for (const { mac, port } of network.spec.staticMacs ?? []) {
      staticMacs.set(`${entry.network} ${mac}`, { edit: 'PutStaticMac', network: entry.network, mac, port: allocations.portIds[portKey(port)]! });
    }
  }
  for (const [key, port] of intent.ports) {
    const entry = compilePort(key, port, intent, allocations, held);
    ports.set(entry.port, entry);
  }
  return { networks, ports, staticMacs };
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
    timeouts: [],
    tcpLoose: 1,
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
    connectionsMax: 65_536,
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
