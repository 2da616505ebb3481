/**
 * One policy as the dataplane's rules, in each direction, with the numbers of the sets and services that they name.
 *
 * A rule is known by its name, and one without a name by what it says: so a rule that only moved keeps its number, and with it
 * its counters, and the connections that it allowed need not be judged again.
 */
import { sameData } from '../intent/changes.ts';
import type { Selector } from '../intent/selector.ts';
import { isolates, type NetworkPolicyPeer, type NetworkPolicyPort, type NetworkPolicyResource, type NetworkPolicyRule } from '../intent/network-policy.ts';
import { actions, orderDefault, ruleNameOf, tierDefault, tiers, type Direction, type Established, type PeerSpec, type PolicyAction, type PolicyResource } from '../intent/policy.ts';
import { protocolNumbers, servicesOf, type Service } from '../intent/protocols.ts';
import type { RuleEntry, ServiceEntry } from '../table/edits.gen.ts';
import type { RuleName, RuleTier } from '../table/rule-names.ts';
import { keyOfPeers, type Peer } from './address-sets.ts';
import type { Choice } from './choices.ts';

/** In the order in which they decide: NetworkPolicies stand between the last two of `Policy`. */
export const ruleTiers: readonly RuleTier[] = [...tiers.slice(0, -1), 'networkPolicy', 'baseline'];

export const ruleFlags = { log: 1, audited: 2, keep: 4, kill: 8 } as const;
const portMax = 65_535;

/** What a policy says in one direction. */
export interface PolicyPart {
  readonly rules: readonly RuleEntry[];
  /** Decides in the policy's tier when no rule of it did. */
  readonly otherwise: RuleEntry | undefined;
  /** Whether it is a NetworkPolicy that selects ports in this direction. */
  readonly isolates: boolean;
}

export interface PolicyRules extends Choice {
  readonly resource: PolicyResource | NetworkPolicyResource;
  /** `Policy/name` or `NetworkPolicy/namespace/name`. */
  readonly name: string;
  readonly tier: number;
  readonly order: number;
  readonly isAudited: boolean;
  /** Where it judges; undefined: everywhere. */
  readonly networks: readonly number[] | undefined;
  /** The set of all addresses of those networks; 0: none is needed. */
  readonly scope: number;
  readonly ingress: PolicyPart;
  readonly egress: PolicyPart;
  /** Keys of the sets and services that it needs, once for each need. */
  readonly sets: readonly string[];
  readonly services: readonly string[];
  /** By what a rule is known, its entry. */
  readonly known: ReadonlyMap<string, RuleEntry>;
  readonly names: ReadonlyMap<number, RuleName>;
}

/** Where the numbers come from. */
export interface RuleNumbers {
  rule(): number;
  set(key: string, peers: readonly Peer[]): number;
  service(key: string): number;
  network(name: string): number;
}

/** The rules of a policy; numbers of the same rules stay those that they had `before`. */
export function rulesOfPolicy(resource: PolicyResource | NetworkPolicyResource, numbers: RuleNumbers, before: PolicyRules | undefined): PolicyRules {
  return new Writer(resource, numbers, before).write();
}

/** One rule before it has numbers. */
interface Sentence {
  /** By what it is known. */
  readonly identity: string;
  readonly name: string;
  readonly action: PolicyAction;
  readonly peers: readonly Peer[] | undefined;
  readonly services: readonly Service[];
  readonly log: boolean;
}

class Writer {
  readonly #resource: PolicyResource | NetworkPolicyResource;
  readonly #numbers: RuleNumbers;
  readonly #before: PolicyRules | undefined;
  readonly #sets: string[] = [];
  readonly #services: string[] = [];
  readonly #known = new Map<string, RuleEntry>();
  readonly #names = new Map<number, RuleName>();
  readonly #name: string;
  readonly #tier: number;
  readonly #flags: number;

  constructor(resource: PolicyResource | NetworkPolicyResource, numbers: RuleNumbers, before: PolicyRules | undefined) {
    this.#resource = resource;
    this.#numbers = numbers;
    this.#before = before;
    const { kind, metadata } = resource;
    this.#name = kind === 'Policy' ? `Policy/${metadata.name}` : `NetworkPolicy/${metadata.namespace ?? 'default'}/${metadata.name}`;
    this.#tier = ruleTiers.indexOf(kind === 'Policy' ? resource.spec.tier ?? tierDefault : 'networkPolicy');
    this.#flags = kind === 'Policy' ? flagsOf(resource.spec.established ?? 'recheck', resource.spec.enforce === false) : 0;
  }

  write(): PolicyRules {
    const parts = this.#resource.kind === 'Policy' ? this.#policyParts(this.#resource) : this.#networkPolicyParts(this.#resource);
    return { ...parts, resource: this.#resource, name: this.#name, tier: this.#tier, sets: this.#sets, services: this.#services, known: this.#known, names: this.#names };
  }

  #policyParts({ spec }: PolicyResource): Pick<PolicyRules, 'ingress' | 'egress' | 'order' | 'isAudited' | 'networks' | 'scope' | keyof Choice> {
    const part = (direction: Direction): PolicyPart => {
      const seen = new Map<string, number>();
      const rules = (spec[direction] ?? []).map((rule, index) => this.#entry(direction, {
        identity: rule.name ?? identityOf(rule, seen),
        name: ruleNameOf(rule, direction, index),
        action: rule.action,
        peers: (direction === 'ingress' ? rule.from : rule.to)?.map((peer) => this.#peer(peer)),
        services: servicesOf(rule.protocols ?? []),
        log: rule.log === true,
      }));
      const action = spec.default?.[direction];
      return { rules, otherwise: action === undefined ? undefined : this.#default(direction, action), isolates: false };
    };
    const networks = this.#networkIds(spec.appliesTo.networks);
    return {
      ingress: part('ingress'), egress: part('egress'), order: spec.order ?? orderDefault, isAudited: spec.enforce === false,
      ports: spec.appliesTo.ports, namespaces: spec.appliesTo.namespaces, namespace: undefined,
      networks, scope: networks === undefined ? 0 : this.#set([{ networks }]),
    };
  }

  #networkPolicyParts({ metadata, spec }: NetworkPolicyResource): Pick<PolicyRules, 'ingress' | 'egress' | 'order' | 'isAudited' | 'networks' | 'scope' | keyof Choice> {
    const namespace = metadata.namespace ?? 'default';
    const part = (direction: Direction): PolicyPart => {
      if (!isolates(spec, direction)) return { rules: [], otherwise: undefined, isolates: false };
      const seen = new Map<string, number>();
      const rules = (spec[direction] ?? []).map((rule, index) => this.#entry(direction, {
        identity: identityOf(rule, seen), name: `${direction}[${index}]`, action: 'allow', peers: podPeers(rule, direction, namespace), services: podServices(rule.ports ?? []), log: false,
      }));
      return { rules, otherwise: this.#default(direction, 'drop'), isolates: true };
    };
    return {
      ingress: part('ingress'), egress: part('egress'), order: 0, isAudited: false, ports: spec.podSelector, namespaces: undefined, namespace, networks: undefined, scope: 0,
    };
  }

  #default(direction: Direction, action: PolicyAction): RuleEntry {
    return this.#entry(direction, { identity: 'default', name: 'default', action, peers: undefined, services: [], log: false });
  }

  #entry(direction: Direction, { identity, name, action, peers, services, log }: Sentence): RuleEntry {
    const key = `${direction} ${identity}`;
    const old = this.#before?.known.get(key);
    const peer = peers === undefined ? 0 : this.#set(peers);
    const entry: RuleEntry = {
      id: old?.id ?? this.#numbers.rule(),
      action: actions.indexOf(action),
      tier: this.#tier,
      flags: this.#flags | (log ? ruleFlags.log : 0),
      source: direction === 'ingress' ? peer : 0,
      destination: direction === 'ingress' ? 0 : peer,
      services: this.#serviceEntries(services),
      sourcePorts: [],
    };
    const kept = old !== undefined && sameData(old, entry) ? old : entry;
    this.#known.set(key, kept);
    this.#names.set(kept.id, { policy: this.#name, rule: name, tier: ruleTiers[this.#tier]!, direction, action });
    return kept;
  }

  #set(peers: readonly Peer[]): number {
    const key = keyOfPeers(peers);
    this.#sets.push(key);
    return this.#numbers.set(key, peers);
  }

  #serviceEntries(services: readonly Service[]): readonly ServiceEntry[] {
    const entries = services.map((service): ServiceEntry => {
      if (service.name === undefined) return { protocol: service.protocol, first: service.first, last: service.last, named: 0 };
      const key = serviceKey(service.protocol, service.name);
      this.#services.push(key);
      return { protocol: service.protocol, first: 0, last: portMax, named: this.#numbers.service(key) };
    });
    return entries.length < 2 ? entries : [...new Map(entries.map((entry) => [`${entry.protocol} ${entry.first} ${entry.last} ${entry.named}`, entry])).values()];
  }

  #peer({ networks, ...rest }: PeerSpec): Peer {
    return { ...rest, networks: this.#networkIds(networks) };
  }

  #networkIds(names: readonly string[] | undefined): readonly number[] | undefined {
    return names?.map((name) => this.#numbers.network(name)).sort((a, b) => a - b);
  }
}

/** By what a named service is known. */
export function serviceKey(protocol: number, name: string): string {
  return `${protocol} ${name}`;
}

/** The rule that lets in what the host sends, which no NetworkPolicy keeps out. */
export function nodeRule(id: number, source: number): RuleEntry {
  return { id, action: actions.indexOf('allow'), tier: ruleTiers.indexOf('networkPolicy'), flags: 0, source, destination: 0, services: [], sourcePorts: [] };
}

/** The rule as it judges in the networks of `scope` alone, when the port is in others, too. */
export function scopedRule(rule: RuleEntry, direction: Direction, scope: number): RuleEntry {
  return direction === 'ingress' ? { ...rule, destination: scope } : { ...rule, source: scope };
}

function flagsOf(established: Established, isAudited: boolean): number {
  return (established === 'recheck' ? 0 : ruleFlags[established]) | (isAudited ? ruleFlags.audited : 0);
}

/** What a rule without a name says, and which of several that say so it is. */
function identityOf(rule: object, seen: Map<string, number>): string {
  const text = JSON.stringify(rule);
  const earlier = seen.get(text) ?? 0;
  seen.set(text, earlier + 1);
  return `${text}#${earlier}`;
}

function podPeers(rule: NetworkPolicyRule, direction: Direction, namespace: string): readonly Peer[] | undefined {
  const peers = direction === 'ingress' ? rule.from : rule.to;
  return peers === undefined || peers.length === 0 ? undefined : peers.map((peer) => podPeer(peer, namespace));
}

function podPeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, namespace: string): Peer {
  if (ipBlock !== undefined) return ipBlock;
  return namespaceSelector === undefined ? { ports: podSelector as Selector, namespace } : { ports: podSelector, namespaces: namespaceSelector };
}

function podServices(ports: readonly NetworkPolicyPort[]): readonly Service[] {
  return ports.map(({ protocol = 'TCP', port, endPort }): Service => {
    const number = protocolNumbers[protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp'];
    if (typeof port === 'string') return { protocol: number, name: port };
    return port === undefined ? { protocol: number, first: 0, last: portMax } : { protocol: number, first: port, last: endPort ?? port };
  });
}
