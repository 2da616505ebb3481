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
  /** Of each of its rules. */
  readonly flags: number;
  readonly order: number;
  readonly isAudited: boolean;
  /** Where it judges; undefined: everywhere. */
  readonly networks: readonly number[] | undefined;
  /** The set of all addresses of those networks; 0: none is needed. */
  readonly scope: number;
  readonly ingress: PolicyPart;
  readonly egress: PolicyPart;
  /** Keys of the sets and services that it needs. */
  readonly sets: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  /** By what a rule is known, what was made of it. */
  readonly known: ReadonlyMap<string, WrittenRule>;
  readonly names: ReadonlyMap<number, RuleName>;
}

/** A rule as it stood in the policy and as it stands in the tables. */
interface WrittenRule {
  readonly rule: object | undefined;
  readonly entry: RuleEntry;
  readonly set: string | undefined;
  readonly services: readonly string[];
}

/** Where the numbers come from; a set or service is asked for once by each policy that did not need it before. */
export interface RuleNumbers {
  rule(): number;
  set(key: string, peers: readonly Peer[] | undefined): number;
  service(key: string, isNew: boolean): number;
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
  /** As it stands in the policy; a default is none. */
  readonly rule: object | undefined;
  peers(): readonly Peer[] | undefined;
  services(): readonly Service[];
  readonly log: boolean;
}

class Writer {
  readonly #resource: PolicyResource | NetworkPolicyResource;
  readonly #numbers: RuleNumbers;
  readonly #before: PolicyRules | undefined;
  readonly #sets = new Set<string>();
  readonly #services = new Set<string>();
  readonly #known = new Map<string, WrittenRule>();
  readonly #names = new Map<number, RuleName>();
  readonly #name: string;
  readonly #tier: number;
  readonly #flags: number;
  /** Whether what its rules have from the policy is as it was before. */
  readonly #isAsBefore: boolean;

  constructor(resource: PolicyResource | NetworkPolicyResource, numbers: RuleNumbers, before: PolicyRules | undefined) {
    this.#resource = resource;
    this.#numbers = numbers;
    this.#before = before;
    const { kind, metadata } = resource;
    this.#name = kind === 'Policy' ? `Policy/${metadata.name}` : `NetworkPolicy/${metadata.namespace ?? 'default'}/${metadata.name}`;
    this.#tier = ruleTiers.indexOf(kind === 'Policy' ? resource.spec.tier ?? tierDefault : 'networkPolicy');
    this.#flags = kind === 'Policy' ? flagsOf(resource.spec.established ?? 'recheck', resource.spec.enforce === false) : 0;
    this.#isAsBefore = before?.tier === this.#tier && before.flags === this.#flags;
  }

  write(): PolicyRules {
    const parts = this.#resource.kind === 'Policy' ? this.#policyParts(this.#resource) : this.#networkPolicyParts(this.#resource);
    return { ...parts, resource: this.#resource, name: this.#name, tier: this.#tier, flags: this.#flags, sets: this.#sets, services: this.#services, known: this.#known, names: this.#names };
  }

  #policyParts({ spec }: PolicyResource): Pick<PolicyRules, 'ingress' | 'egress' | 'order' | 'isAudited' | 'networks' | 'scope' | keyof Choice> {
    const part = (direction: Direction): PolicyPart => {
      const seen = new Map<string, number>();
      const rules = (spec[direction] ?? []).map((rule, index) => this.#entry(direction, {
        identity: rule.name ?? identityOf(rule, seen),
        name: ruleNameOf(rule, direction, index),
        action: rule.action,
        rule,
        peers: () => (direction === 'ingress' ? rule.from : rule.to)?.map((peer) => this.#peer(peer)),
        services: () => servicesOf(rule.protocols ?? []),
        log: rule.log === true,
      }));
      const action = spec.default?.[direction];
      return { rules, otherwise: action === undefined ? undefined : this.#default(direction, action), isolates: false };
    };
    const networks = this.#networkIds(spec.appliesTo.networks);
    return {
      ingress: part('ingress'), egress: part('egress'), order: spec.order ?? orderDefault, isAudited: spec.enforce === false,
      ports: spec.appliesTo.ports, namespaces: spec.appliesTo.namespaces, namespace: undefined,
      networks, scope: networks === undefined ? 0 : this.#set(keyOfPeers([{ networks }]), [{ networks }]),
    };
  }

  #networkPolicyParts({ metadata, spec }: NetworkPolicyResource): Pick<PolicyRules, 'ingress' | 'egress' | 'order' | 'isAudited' | 'networks' | 'scope' | keyof Choice> {
    const namespace = metadata.namespace ?? 'default';
    const part = (direction: Direction): PolicyPart => {
      if (!isolates(spec, direction)) return { rules: [], otherwise: undefined, isolates: false };
      const seen = new Map<string, number>();
      const rules = (spec[direction] ?? []).map((rule, index) => this.#entry(direction, {
        identity: identityOf(rule, seen), name: `${direction}[${index}]`, action: 'allow', rule,
        peers: () => podPeers(rule, direction, namespace), services: () => podServices(rule.ports ?? []), log: false,
      }));
      return { rules, otherwise: this.#default(direction, 'drop'), isolates: true };
    };
    return {
      ingress: part('ingress'), egress: part('egress'), order: 0, isAudited: false, ports: spec.podSelector, namespaces: undefined, namespace, networks: undefined, scope: 0,
    };
  }

  #default(direction: Direction, action: PolicyAction): RuleEntry {
    return this.#entry(direction, { identity: 'default', name: 'default', action, rule: undefined, peers: () => undefined, services: () => [], log: false });
  }

  #entry(direction: Direction, sentence: Sentence): RuleEntry {
    const key = `${direction} ${sentence.identity}`;
    const old = this.#before?.known.get(key);
    const isOld = old !== undefined && sentence.rule !== undefined && this.#isAsBefore && sameData(old.rule, sentence.rule);
    const written = isOld ? old : this.#write(direction, sentence, old?.entry);
    if (written.set !== undefined) this.#sets.add(written.set);
    for (const service of written.services) this.#services.add(service);
    this.#known.set(key, written);
    this.#names.set(written.entry.id, { policy: this.#name, rule: sentence.name, tier: ruleTiers[this.#tier]!, direction, action: sentence.action });
    return written.entry;
  }

  #write(direction: Direction, { action, rule, peers, services, log }: Sentence, old: RuleEntry | undefined): WrittenRule {
    const list = peers();
    const set = list === undefined ? undefined : keyOfPeers(list);
    const peer = list === undefined ? 0 : this.#set(set!, list);
    const named: string[] = [];
    const entry: RuleEntry = {
      id: old?.id ?? this.#numbers.rule(),
      action: actions.indexOf(action),
      tier: this.#tier,
      flags: this.#flags | (log ? ruleFlags.log : 0),
      source: direction === 'ingress' ? peer : 0,
      destination: direction === 'ingress' ? 0 : peer,
      services: this.#serviceEntries(services(), named),
      sourcePorts: [],
    };
    return { rule, entry: old !== undefined && sameData(old, entry) ? old : entry, set, services: named };
  }

  #set(key: string, peers: readonly Peer[]): number {
    const isNew = !this.#sets.has(key) && this.#before?.sets.has(key) !== true;
    this.#sets.add(key);
    return this.#numbers.set(key, isNew ? peers : undefined);
  }

  #service(key: string): number {
    const isNew = !this.#services.has(key) && this.#before?.services.has(key) !== true;
    this.#services.add(key);
    return this.#numbers.service(key, isNew);
  }

  #serviceEntries(services: readonly Service[], named: string[]): readonly ServiceEntry[] {
    const entries = services.map((service): ServiceEntry => {
      if (service.name === undefined) return { protocol: service.protocol, first: service.first, last: service.last, named: 0 };
      const key = serviceKey(service.protocol, service.name);
      named.push(key);
      return { protocol: service.protocol, first: 0, last: portMax, named: this.#service(key) };
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

const texts = new WeakMap<object, string>();

/** What a rule without a name says, and which of several that say so it is. */
function identityOf(rule: object, seen: Map<string, number>): string {
  let text = texts.get(rule);
  if (text === undefined) {
    text = JSON.stringify(rule);
    texts.set(rule, text);
  }
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
