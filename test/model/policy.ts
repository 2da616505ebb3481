/**
 * Policies, slowly: from resources as a user writes them to a verdict, one packet at a time, nothing kept.
 *
 * Written from DESIGN's "How a verdict comes about" and from the documentation of Kubernetes' NetworkPolicy; a peer is asked whether it means this
 * address, not turned into a list of addresses.
 */
import { ipBytes, ipText, linkLocalOf } from '../harness/frames.ts';
import { addressesIn, isIn, type Trunk } from './trunk.ts';

type Labels = Readonly<Record<string, string>>;
type Direction = 'ingress' | 'egress';
export type ModelVerdict = 'allow' | 'drop' | 'reject';

interface ModelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

interface ModelPeer {
  readonly ports?: ModelSelector;
  readonly namespaces?: ModelSelector;
  readonly networks?: readonly string[];
  readonly cidr?: string;
  readonly except?: readonly string[];
}

interface ModelRule {
  readonly name?: string;
  readonly action: string;
  readonly from?: readonly ModelPeer[];
  readonly to?: readonly ModelPeer[];
  readonly protocols?: readonly Readonly<Record<string, unknown>>[];
}

interface PolicySpec {
  readonly tier?: string;
  readonly order?: number;
  readonly appliesTo: { readonly ports?: ModelSelector; readonly namespaces?: ModelSelector; readonly networks?: readonly string[] };
  readonly ingress?: readonly ModelRule[];
  readonly egress?: readonly ModelRule[];
  readonly default?: Readonly<Partial<Record<Direction, string>>>;
  readonly enforce?: boolean;
}

interface PodPeer {
  readonly podSelector?: ModelSelector;
  readonly namespaceSelector?: ModelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface PodRule {
  readonly from?: readonly PodPeer[];
  readonly to?: readonly PodPeer[];
  readonly ports?: readonly { readonly protocol?: string; readonly port?: number | string; readonly endPort?: number }[];
}

interface PodPolicySpec {
  readonly podSelector?: ModelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly PodRule[];
  readonly egress?: readonly PodRule[];
}

export interface PolicyResource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: unknown;
}

/** A port as far as policies ask. */
export interface JudgedPort {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec: {
    readonly network?: string;
    readonly trunk?: Trunk;
    readonly mac?: string;
    readonly addresses?: readonly string[];
    readonly namedPorts?: readonly { readonly name: string; readonly protocol?: string; readonly port: number }[];
  };
}

export interface FirstPacket {
  readonly network: string;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** The destination's port; of ICMP the type and the code. */
  readonly port?: number;
  readonly type?: number;
  readonly code?: number;
}

export interface ModelDecision {
  readonly verdict: ModelVerdict;
  /** `Policy/name`, `NetworkPolicy/namespace/name` or `Network/name`. */
  readonly policy: string;
  readonly rule: string;
}

const protocols: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };
const tiers = ['emergency', 'infrastructure', 'environment', 'application', 'networkPolicy', 'baseline'];
const icmpTypes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  icmp: { 'echo-reply': 0, 'destination-unreachable': 3, 'echo-request': 8, 'time-exceeded': 11 },
  icmpv6: { 'destination-unreachable': 1, 'packet-too-big': 2, 'echo-request': 128, 'echo-reply': 129 },
};

const bits = (address: string): string => [...ipBytes(address)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
const canonical = (address: string): string => ipText(ipBytes(address));

function isInside(prefix: string, address: string): boolean {
  const [first = '', length = '0'] = prefix.split('/');
  const [theirs, own] = [bits(first), bits(address)];
  return theirs.length === own.length && own.startsWith(theirs.slice(0, Number(length)));
}

function isSelected(selector: ModelSelector, labels: Labels): boolean {
  const value = new Map(Object.entries(labels));
  const areEqual = Object.entries(selector.matchLabels ?? {}).every(([key, wanted]) => value.get(key) === wanted);
  return areEqual && (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const own = value.get(key);
    if (operator === 'Exists') return own !== undefined;
    if (operator === 'DoesNotExist') return own === undefined;
    return operator === 'In' ? own !== undefined && values.includes(own) : own === undefined || !values.includes(own);
  });
}

export class PolicyModel {
  readonly #resources: readonly PolicyResource[];
  readonly #networks = new Map<string, { subnets?: readonly string[]; nodeAddresses?: readonly string[]; defaultPolicy?: Readonly<Partial<Record<Direction, string>>> }>();
  readonly #ports: readonly JudgedPort[];

  constructor(resources: readonly PolicyResource[]) {
    this.#resources = resources;
    this.#ports = this.#of('Port') as unknown as readonly JudgedPort[];
    for (const { metadata, spec } of this.#of('Network')) this.#networks.set(metadata.name, (spec ?? {}) as object);
  }

  /** Who decides what about a packet in one direction of a port. `withAudit`: also policies that are not enforced have a say. */
  decide(port: JudgedPort, direction: Direction, packet: FirstPacket, withAudit = false): ModelDecision {
    for (const tier of tiers) {
      const decision = tier === 'networkPolicy' ? this.#byNetworkPolicies(port, direction, packet) : this.#byTier(tier, port, direction, packet, withAudit);
      if (decision !== undefined) return decision;
    }
    const verdict = this.#networks.get(packet.network)?.defaultPolicy?.[direction] === 'drop' ? 'drop' : 'allow';
    return { verdict, policy: `Network/${packet.network}`, rule: 'default' };
  }

  /** What becomes of the first packet of a connection between two ports. */
  connect(from: JudgedPort, to: JudgedPort, packet: FirstPacket): ModelVerdict {
    const { verdict } = this.decide(from, 'egress', packet);
    return verdict === 'allow' ? this.decide(to, 'ingress', packet).verdict : verdict;
  }

  #of(kind: string): readonly PolicyResource[] {
    return this.#resources.filter((resource) => resource.kind === kind);
  }

  #labelsOf(namespace: string): Labels {
    const declared = this.#of('Namespace').find(({ metadata }) => metadata.name === namespace)?.metadata.labels ?? {};
    return { ...declared, 'kubernetes.io/metadata.name': namespace };
  }

  #byTier(tier: string, port: JudgedPort, direction: Direction, packet: FirstPacket, withAudit: boolean): ModelDecision | undefined {
    const policies = this.#of('Policy')
      .map(({ metadata, spec }) => ({ name: metadata.name, spec: spec as PolicySpec }))
      .filter(({ spec }) => (spec.tier ?? 'application') === tier && (withAudit || spec.enforce !== false) && this.#appliesTo(spec, port, packet.network))
      .sort((a, b) => (a.spec.order ?? 100) - (b.spec.order ?? 100) || (a.name < b.name ? -1 : 1));
    for (const { name, spec } of policies) {
      for (const [index, rule] of (spec[direction] ?? []).entries()) {
        const peers = direction === 'ingress' ? rule.from : rule.to;
        const other = direction === 'ingress' ? packet.source : packet.destination;
        if (peers !== undefined && !peers.some((peer) => this.#isPeer(peer, packet.network, other))) continue;
        if (rule.protocols !== undefined && !rule.protocols.some((entry) => this.#isProtocol(entry, packet))) continue;
        if (rule.action === 'pass') return undefined;
        return { verdict: rule.action as ModelVerdict, policy: `Policy/${name}`, rule: rule.name ?? `${direction}[${index}]` };
      }
    }
    const first = policies.find(({ spec }) => spec.default?.[direction] !== undefined);
    const otherwise = first?.spec.default?.[direction];
    if (first === undefined || otherwise === undefined || otherwise === 'pass') return undefined;
    return { verdict: otherwise as ModelVerdict, policy: `Policy/${first.name}`, rule: 'default' };
  }

  #appliesTo({ appliesTo }: PolicySpec, port: JudgedPort, network: string): boolean {
    const { labels = {}, namespace = 'default' } = port.metadata;
    return isSelected(appliesTo.ports ?? {}, labels) && isSelected(appliesTo.namespaces ?? {}, this.#labelsOf(namespace)) && (appliesTo.networks?.includes(network) ?? true);
  }

  #isPeer(peer: ModelPeer, network: string, address: string): boolean {
    if (peer.networks?.includes(network) === false) return false;
    if (peer.cidr !== undefined && !isInside(peer.cidr, address)) return false;
    if (peer.except?.some((hole) => isInside(hole, address)) === true) return false;
    if (peer.ports === undefined && peer.namespaces === undefined) return true;
    return this.#ownersOf(network, address).some(({ metadata: { labels = {}, namespace = 'default' } }) => (
      isSelected(peer.ports ?? {}, labels) && isSelected(peer.namespaces ?? {}, this.#labelsOf(namespace))));
  }

  /** The ports that an address of a network stands for. */
  #ownersOf(network: string, address: string): readonly JudgedPort[] {
    const wanted = canonical(address);
    const members = this.#ports.filter(({ spec }) => isIn({ ...spec, addresses: [] }, network));
    const declares = ({ spec }: JudgedPort): boolean => addressesIn({ ...spec, addresses: spec.addresses ?? [] }, network, this.#networks).includes(wanted);
    const declaring = members.filter(declares);
    return declaring.length > 0 ? declaring : members.filter(({ spec }) => spec.mac !== undefined && linkLocalOf(spec.mac) === wanted);
  }

  #isProtocol(entry: Readonly<Record<string, unknown>>, packet: FirstPacket): boolean {
    return Object.entries(entry).some(([kind, value]) => (Array.isArray(value) ? value : [value]).some((item: unknown) => {
      if (kind === 'ip') return packet.protocol === Number(item);
      if (packet.protocol !== protocols[kind]) return false;
      if (kind === 'icmp' || kind === 'icmpv6') {
        const [type, code] = String(icmpTypes[kind]?.[String(item)] ?? item).split('/').map(Number);
        return packet.type === type && (code === undefined || packet.code === code);
      }
      if (typeof item === 'string' && !/^\d/.test(item)) return this.#isNamed(item, kind, packet);
      const [first = 0, last = first] = String(item).split('-').map(Number);
      return packet.port !== undefined && first <= packet.port && packet.port <= last;
    }));
  }

  #isNamed(name: string, protocol: string, packet: FirstPacket): boolean {
    const named = this.#ownersOf(packet.network, packet.destination).flatMap(({ spec }) => spec.namedPorts ?? []);
    return named.some((one) => one.name === name && (one.protocol ?? 'tcp') === protocol && one.port === packet.port);
  }

  #byNetworkPolicies(port: JudgedPort, direction: Direction, packet: FirstPacket): ModelDecision | undefined {
    const { labels = {}, namespace = 'default' } = port.metadata;
    const isolating = this.#of('NetworkPolicy')
      .map(({ metadata, spec }) => ({ name: `${metadata.namespace ?? 'default'}/${metadata.name}`, namespace: metadata.namespace ?? 'default', spec: (spec ?? {}) as PodPolicySpec }))
      .filter((policy) => policy.namespace === namespace && isSelected(policy.spec.podSelector ?? {}, labels) && typesOf(policy.spec).includes(direction))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const [first] = isolating;
    if (first === undefined) return undefined;
    if (direction === 'ingress' && this.#networks.get(packet.network)?.nodeAddresses?.some((node) => canonical(node) === canonical(packet.source)) === true) {
      return { verdict: 'allow', policy: `Network/${packet.network}`, rule: 'nodeAddresses' };
    }
    for (const { name, spec } of isolating) {
      const index = (spec[direction] ?? []).findIndex((rule) => this.#isPodRule(rule, direction, namespace, packet));
      if (index >= 0) return { verdict: 'allow', policy: `NetworkPolicy/${name}`, rule: `${direction}[${index}]` };
    }
    return { verdict: 'drop', policy: `NetworkPolicy/${first.name}`, rule: 'default' };
  }

  #isPodRule(rule: PodRule, direction: Direction, namespace: string, packet: FirstPacket): boolean {
    const peers = (direction === 'ingress' ? rule.from : rule.to) ?? [];
    const other = direction === 'ingress' ? packet.source : packet.destination;
    if (peers.length > 0 && !peers.some((peer) => this.#isPodPeer(peer, namespace, packet.network, other))) return false;
    const ports = rule.ports ?? [];
    return ports.length === 0 || ports.some(({ protocol = 'TCP', port, endPort }) => {
      const kind = protocol.toLowerCase();
      if (packet.protocol !== protocols[kind]) return false;
      if (port === undefined) return true;
      if (typeof port === 'string') return this.#isNamed(port, kind, packet);
      return packet.port !== undefined && port <= packet.port && packet.port <= (endPort ?? port);
    });
  }

  #isPodPeer({ podSelector, namespaceSelector, ipBlock }: PodPeer, namespace: string, network: string, address: string): boolean {
    if (ipBlock !== undefined) return isInside(ipBlock.cidr, address) && ipBlock.except?.some((hole) => isInside(hole, address)) !== true;
    return this.#ownersOf(network, address).some(({ metadata: { labels = {}, namespace: own = 'default' } }) => (
      isSelected(podSelector ?? {}, labels) && (namespaceSelector === undefined ? own === namespace : isSelected(namespaceSelector, this.#labelsOf(own)))));
  }
}

/** Ingress always, egress if there are rules for it, unless the policy says. */
function typesOf({ policyTypes, egress }: PodPolicySpec): readonly string[] {
  if (policyTypes !== undefined && policyTypes.length > 0) return policyTypes.map((type) => type.toLowerCase());
  return egress !== undefined && egress.length > 0 ? ['ingress', 'egress'] : ['ingress'];
}
