/**
 * Worlds by chance: networks, ports, and a story of frames, changes and time; and how a switch lives through one.
 *
 * A step that would be refused in the world at hand (a port that is not there, two ports with one
 * address) is left out, the same way for every player.
 */
import fc from 'fast-check';
import type { ModelFault } from '../model/fault.ts';
import { compareFrames, findImbalances } from '../harness/checkers.ts';
import { type DeathRow, type Player, sumDeaths } from '../golden/player.ts';
import type { Delivered } from '../model/slow-switch.ts';
import type { MulticastSpec } from '../model/multicast.ts';
import type { Resource } from '../model/world.ts';
import { type BuiltFrame, buildFrame, type FramePlan, framePlan, type Host } from './frame-stories.ts';

export interface NetworkPlan {
  mtu: number;
  egress: 'allow' | 'drop';
  ingress: 'allow' | 'drop';
  etherTypes: readonly number[];
  macAgeSeconds: number;
  staticMac: boolean; // a stranger's MAC is declared at port 0
  storm: number; // frames a second of each kind
  multicast: MulticastSpec;
  otherVlan: boolean;
  carryTags: boolean; // network 2 alone: the others may be native somewhere
  isUnprobed?: boolean; // no probes for loops: a fault would count them, and the twin sends none
}

export interface PortPlan {
  network: number;
  antiSpoof: boolean;
  mtu: number;
  offloads: boolean;
  addresses: 'both' | 'v4' | 'v6' | 'none';
  macs: number;
  otherMac: boolean;
  hairpin: boolean;
  groups: number;
  multicastRouter: boolean;
  fault?: ModelFault | undefined;
}

export interface TrunkPlan {
  networks: readonly number[];
  isNative: boolean; // the first of them has no tag
  antiSpoof: boolean;
  mtu: number;
  offloads: boolean;
  hasAddresses: boolean; // one of each family in each network
  macs: number;
  hairpin: boolean;
}

export type Step =
  | { step: 'send'; port: number; to: number; network: number; plan: FramePlan; repeat: number }
  | { step: 'advance'; ms: number }
  | { step: 'putPort'; port: number; plan: PortPlan }
  | { step: 'putTrunk'; port: number; plan: TrunkPlan }
  | { step: 'removePort'; port: number }
  | { step: 'putNetwork'; network: number; plan: NetworkPlan };

export interface World {
  networks: readonly NetworkPlan[];
  ports: readonly PortPlan[];
  trunks: readonly TrunkPlan[];
  steps: readonly Step[];
}

const policy = fc.oneof({ weight: 9, arbitrary: fc.constant('allow' as const) }, { weight: 1, arbitrary: fc.constant('drop' as const) });
const soundNetworkPlan: fc.Arbitrary<NetworkPlan> = fc.record({
  mtu: fc.constant(9000), egress: policy, ingress: policy, etherTypes: fc.constantFrom<readonly number[]>([], [], [0x88b5]),
  macAgeSeconds: fc.constantFrom(10, 300), staticMac: fc.constantFrom(false, false, true), otherVlan: fc.constantFrom(false, false, true), carryTags: fc.boolean(),
  storm: fc.constantFrom(1000, 1000, 1000, 1000, 5, 2, 0),
  multicast: fc.constantFrom<MulticastSpec>(
    {}, { snooping: true }, { snooping: true, querier: true, querySeconds: 20, responseSeconds: 1 },
    { snooping: true, querier: true, querySeconds: 300, responseSeconds: 2, fastLeave: true, unknownGroups: 'flood' },
  ),
});
const faultPlan: fc.Arbitrary<ModelFault | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 1, arbitrary: fc.record({
      loss: fc.constantFrom(0, 30), repeat: fc.constantFrom(0, 30), corrupt: fc.constantFrom(0, 0, 30), seed: fc.nat(100),
      direction: fc.constantFrom<NonNullable<ModelFault['direction']>>('receive', 'transmit', 'both'),
    }),
  },
);
const soundPortPlan: fc.Arbitrary<PortPlan> = fc.record({
  network: fc.constantFrom(0, 0, 2), antiSpoof: fc.constantFrom(true, true, false), mtu: fc.constantFrom(1500, 1500, 1280, 9000),
  offloads: fc.boolean(), addresses: fc.constantFrom<PortPlan['addresses']>('both', 'both', 'both', 'v4', 'v6', 'none'), macs: fc.constantFrom(1, 2, 16),
  otherMac: fc.constantFrom(false, false, false, true), hairpin: fc.constantFrom(false, false, false, true),
  groups: fc.constantFrom(1, 2, 256), multicastRouter: fc.constantFrom(false, false, false, true),
});
const trunkPlan: fc.Arbitrary<TrunkPlan> = fc.record({
  networks: fc.constantFrom([0, 1], [0, 2], [1, 2], [0, 1, 2], [1, 0], [2]), isNative: fc.boolean(), antiSpoof: fc.constantFrom(false, false, true),
  mtu: fc.constantFrom(1500, 1500, 1280), offloads: fc.boolean(), hasAddresses: fc.constantFrom(true, true, false), macs: fc.constantFrom(1, 2, 16),
  hairpin: fc.constantFrom(false, false, false, true),
});
const faultyPortPlan: fc.Arbitrary<PortPlan> = fc.tuple(soundPortPlan, faultPlan).map(([plan, fault]) => ({ ...plan, fault }));
const sendStep: fc.Arbitrary<Step> = fc.record({
  step: fc.constant('send' as const), port: fc.nat(7), to: fc.nat(7), network: fc.nat(2), plan: framePlan, repeat: fc.constantFrom(1, 1, 2, 3),
});
const otherStep = (networkPlan: fc.Arbitrary<NetworkPlan>, portPlan: fc.Arbitrary<PortPlan>): fc.Arbitrary<Step> => fc.oneof(
  fc.record({ step: fc.constant('advance' as const), ms: fc.constantFrom(1, 500, 2000, 9999, 10_000, 301_000) }),
  fc.record({ step: fc.constant('putPort' as const), port: fc.nat(5), plan: portPlan }),
  fc.record({ step: fc.constant('putPort' as const), port: fc.constantFrom(2, 4), plan: portPlan }),
  fc.record({ step: fc.constant('putTrunk' as const), port: fc.constantFrom(6, 7), plan: trunkPlan }),
  fc.record({ step: fc.constant('removePort' as const), port: fc.nat(7) }),
  fc.record({ step: fc.constant('putNetwork' as const), network: fc.nat(2), plan: networkPlan }),
);

/** Worlds, where asked for with ports that lose, repeat and corrupt frames. */
export function worlds(stepsMax: number, hasFaults = false): fc.Arbitrary<World> {
  const portPlan = hasFaults ? faultyPortPlan : soundPortPlan;
  const networkPlan = hasFaults ? soundNetworkPlan.map((plan) => ({ ...plan, isUnprobed: true, multicast: {} })) : soundNetworkPlan;
  return fc.record({
    networks: fc.array(networkPlan, { minLength: 3, maxLength: 3 }),
    ports: fc.array(portPlan, { minLength: 2, maxLength: 6 }),
    trunks: fc.array(trunkPlan, { maxLength: 2 }),
    steps: fc.array(fc.oneof({ weight: 8, arbitrary: sendStep }, { weight: 1, arbitrary: otherStep(networkPlan, portPlan) }), { minLength: 1, maxLength: stepsMax }),
  });
}

export const portName = (index: number): string => `port-${index}`;
const networkName = (index: number): string => `net-${index}`;

const vlanOf = (index: number, { otherVlan }: NetworkPlan): number => (otherVlan ? 110 : 100) + index;

/** The hosts of different networks have the same addresses: port 0, 2 and 4 look like 1, 3 and 5. */
function hostOf(index: number, plan: PortPlan): Host {
  const number = (index >> 1) + 1;
  const mark = plan.otherMac ? 'a' : '0';
  return { mac: `02:00:00:00:00:${mark}${number}`, v4: `10.0.0.${number}`, v6: `fd00::${number}` };
}

/** A trunk in one of its networks: without a tag among the others' addresses, elsewhere in a subnet that no other network has. */
function trunkHostOf(index: number, network: number, isHome: boolean): Host {
  const number = index + 2;
  return { mac: `02:00:00:00:00:0${number}`, v4: `10.0.${isHome ? 0 : network + 1}.${number}`, v6: `fd00${isHome ? '' : `:${network + 1}`}::${number}` };
}

function networkResource(index: number, plan: NetworkPlan, hasPort0: boolean): Resource {
  const { mtu, egress, ingress, etherTypes, macAgeSeconds, storm, multicast } = plan;
  const staticMacs = plan.staticMac && hasPort0 ? [{ mac: '02:00:00:00:01:01', port: portName(0) }] : [];
  return {
    apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: networkName(index) },
    spec: {
      subnets: ['10.0.0.0/24', 'fd00::/64', `10.0.${index + 1}.0/24`, `fd00:${index + 1}::/64`], mtu, defaultPolicy: { egress, ingress }, etherTypes: [...etherTypes], macAgeSeconds, staticMacs,
      multicast, stormLimit: { broadcast: storm, multicast: storm, unknownUnicast: storm },
      ...(plan.isUnprobed === true ? { loopDetection: { probeSeconds: 0 } } : {}),
      vlan: vlanOf(index, plan), ...(index === 2 && plan.carryTags ? { carryTags: true } : {}),
    },
  };
}

function portResource(index: number, plan: PortPlan): Resource {
  const host = hostOf(index, plan);
  const addresses = [...(['both', 'v4'].includes(plan.addresses) ? [`${host.v4}/24`] : []), ...(['both', 'v6'].includes(plan.addresses) ? [`${host.v6}/64`] : [])];
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: portName(index) },
    spec: { network: networkName(plan.network), type: 'memory', mac: host.mac, addresses, antiSpoof: plan.antiSpoof, mtu: plan.mtu, offloads: plan.offloads, hairpin: plan.hairpin, limits: { macs: plan.macs, groups: plan.groups }, multicastRouter: plan.multicastRouter, ...(plan.fault === undefined ? {} : { fault: plan.fault }) },
  };
}

function trunkResource(index: number, plan: TrunkPlan): Resource {
  const home = homeOf(plan);
  const hosts = plan.networks.map((network) => trunkHostOf(index, network, network === home));
  const trunk = { networks: plan.networks.map(networkName), ...(home === undefined ? {} : { native: networkName(home) }) };
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: portName(index) },
    spec: {
      trunk, type: 'memory', mac: hosts[0]?.mac, addresses: plan.hasAddresses ? hosts.flatMap(({ v4, v6 }) => [`${v4}/24`, `${v6}/64`]) : [],
      antiSpoof: plan.antiSpoof, mtu: plan.mtu, offloads: plan.offloads, hairpin: plan.hairpin, limits: { macs: plan.macs },
    },
  };
}

/** Network 2 may carry tags, so it is native nowhere. */
function homeOf({ networks, isNative }: TrunkPlan): number | undefined {
  return isNative && networks[0] !== 2 ? networks[0] : undefined;
}

const isTrunk = (plan: PortPlan | TrunkPlan | undefined): plan is TrunkPlan => plan !== undefined && 'networks' in plan;

/** What stands now, so that a step can be left out when it would be refused. */
export class Standing {
  readonly networks: NetworkPlan[];
  readonly ports = new Map<number, PortPlan | TrunkPlan>();

  constructor(world: World) {
    this.networks = [...world.networks];
    for (const [index, plan] of world.ports.entries()) {
      // Even and odd ports look alike, so they never share a network: 0, 2 and 4 stand in network 0 or 2, the others in 1.
      this.ports.set(index, { ...plan, network: this.#placeOf(index, plan) });
    }
    for (const [index, plan] of world.trunks.entries()) this.ports.set(6 + index, plan);
  }

  #placeOf(index: number, plan: PortPlan): number {
    return index % 2 === 1 ? 1 : index === 0 || plan.network !== 2 ? 0 : 2;
  }

  #resourceOf(index: number, plan: PortPlan | TrunkPlan): Resource {
    return isTrunk(plan) ? trunkResource(index, plan) : portResource(index, plan);
  }

  #hostOf(index: number, network: number): Host {
    const plan = this.ports.get(index);
    return isTrunk(plan) ? trunkHostOf(index, network, homeOf(plan) === network) : hostOf(index, plan as PortPlan);
  }

  networksOf(index: number): readonly number[] {
    const plan = this.ports.get(index);
    return plan === undefined ? [] : isTrunk(plan) ? plan.networks : [plan.network];
  }

  resources(): Resource[] {
    return [
      ...this.networks.map((plan, index) => networkResource(index, plan, index === 0)),
      ...[...this.ports].map(([index, plan]) => this.#resourceOf(index, plan)),
    ];
  }

  /** The resource that the step puts; port 0 holds static MACs and stays. */
  put(step: Step): Resource | undefined {
    if (step.step === 'putNetwork') {
      this.networks[step.network] = step.plan;
      return networkResource(step.network, step.plan, step.network === 0);
    }
    if (step.step !== 'putPort' && step.step !== 'putTrunk') return undefined;
    const plan = step.step === 'putTrunk' ? step.plan : { ...step.plan, network: this.#placeOf(step.port, step.plan) };
    this.ports.set(step.port, plan);
    return this.#resourceOf(step.port, plan);
  }

  remove(step: Step): string | undefined {
    return step.step === 'removePort' && step.port !== 0 && this.ports.delete(step.port) ? portName(step.port) : undefined;
  }

  /** A frame of a trunk is in one of its networks, with that one's tag in front of those that the plan has. */
  frame(step: Step): { port: string; built: BuiltFrame } | undefined {
    if (step.step !== 'send') return undefined;
    const indexes = [...this.ports.keys()];
    const from = indexes[step.port % indexes.length] ?? 0;
    const own = this.ports.get(from);
    const mine = this.networksOf(from);
    const network = mine[step.network % mine.length] ?? 0;
    const neighbours = indexes.filter((index) => index !== from && this.networksOf(index).includes(network));
    const to = neighbours[step.to % Math.max(1, neighbours.length)] ?? from;
    const isTagged = isTrunk(own) && homeOf(own) !== network;
    const tags = isTagged ? [vlanOf(network, this.networks[network] as NetworkPlan), ...step.plan.tags] : step.plan.tags;
    return { port: portName(from), built: buildFrame({ ...step.plan, tags }, this.#hostOf(from, network), this.#hostOf(to, network)) };
  }
}

export interface Life {
  got: Map<string, Delivered[]>;
  deaths: DeathRow[];
  learned: { network: string; mac: string; port: string }[];
  imbalances: string[];
}

export interface Manner {
  batched: boolean; // the frames of one port travel together until somebody else speaks
  cold: boolean; // what the flow cache remembers is flushed before every run
}

const mayDeny = (plan: NetworkPlan | undefined): boolean => plan?.egress === 'drop' || plan?.ingress === 'drop';

/**
 * Flows that were known before a network begins to judge are connections then. This twin knows of none, and gives another reason for a
 * packet that dies either way; which is the right one is said in `rejudging`.
 */
const withoutWhy = (row: DeathRow): DeathRow => (
  ['connection_invalid', 'egress_denied', 'ingress_denied'].includes(row.reason) ? { ...row, reason: 'connection_invalid or denied' } : row);

/** Lives through the world, and tells all that can be seen from outside. */
export async function live(player: Player, world: World, manner: Manner): Promise<Life> {
  const standing = new Standing(world);
  await player.apply(standing.resources());
  const got = new Map<string, Delivered[]>();
  let waiting = '';
  let count = 0;
  let hasBegun = false;
  const collect = (): void => {
    for (const index of standing.ports.keys()) {
      const taken = player.take(portName(index));
      if (taken.length > 0) got.set(portName(index), [...(got.get(portName(index)) ?? []), ...taken]);
    }
  };
  const move = (): void => {
    if (count === 0) return;
    if (manner.cold) player.flushFlows();
    player.run();
    count = 0;
    collect();
  };
  for (const step of world.steps) {
    const sent = standing.frame(step);
    if (sent !== undefined && step.step === 'send') {
      for (let time = 0; time < step.repeat; ++time) {
        if (sent.port !== waiting || count >= 64) move();
        waiting = sent.port;
        player.send(sent.port, sent.built.frame, sent.built.offload);
        ++count;
        if (!manner.batched) move();
      }
      continue;
    }
    move();
    if (step.step === 'advance') {
      player.advance(step.ms);
      collect(); // what the switch itself asks when time passes
    }
    const removed = standing.remove(step);
    if (removed !== undefined) await player.remove('Port', removed);
    hasBegun ||= step.step === 'putNetwork' && !mayDeny(standing.networks[step.network]) && mayDeny(step.plan);
    const resource = standing.put(step);
    if (resource !== undefined) await player.apply([resource]);
  }
  move();
  return { got, deaths: hasBegun ? sumDeaths(player.deaths().map(withoutWhy)) : player.deaths(), learned: player.learned(), imbalances: findImbalances(player.ledger()) };
}

/** How two lives differ, in sentences; empty when they are alike. */
export function findDifferences(one: Life, other: Life): string[] {
  const wrong: string[] = [];
  for (const port of new Set([...one.got.keys(), ...other.got.keys()])) {
    const [mine, theirs] = [one.got.get(port) ?? [], other.got.get(port) ?? []];
    const lines = compareFrames(mine.map(({ frame }) => frame), theirs.map(({ frame }) => frame));
    wrong.push(...lines.map((line) => `${port}: ${line}`));
    if (lines.length === 0 && JSON.stringify(mine.map(({ offload }) => offload)) !== JSON.stringify(theirs.map(({ offload }) => offload))) {
      wrong.push(`${port}: the offloads beside its frames differ`);
    }
  }
  const say = (rows: readonly object[]): string => rows.map((row) => Object.values(row).join(' ')).join('; ');
  if (say(one.deaths) !== say(other.deaths)) wrong.push(`deaths: ${say(one.deaths)} ≠ ${say(other.deaths)}`);
  if (say(one.learned) !== say(other.learned)) wrong.push(`learned: ${say(one.learned)} ≠ ${say(other.learned)}`);
  return wrong;
}
