/**
 * Policies become tables: which addresses are in which sets, the lists of rules, and which lists judge which port.
 *
 * Ports with the same labels, namespace and networks are one group, which the same policies and sets choose. So what a change of a
 * policy costs follows from the number of groups, and a change of a port costs no more than its own addresses: its group is known, or one
 * more. What was found out before stands in the book, which is copied and never changed once it is given away.
 *
 * A port that could not be opened keeps its addresses in the sets: what is said of them stays true, and they are nobody else's.
 */
import { portKey, type Intent } from '../intent/intent.ts';
import type { NetworkPolicyResource } from '../intent/network-policy.ts';
import type { PolicyResource } from '../intent/policy.ts';
import type { PortResource } from '../intent/port.ts';
import type { Labels } from '../intent/selector.ts';
import { differing, SharedMap } from '../shared-map.ts';
import type { PutPort, PutPrefixSet } from '../table/edits.gen.ts';
import { networksOfEntry, type TableSet } from '../table/table-set.ts';
import { addressSetOf } from './address-sets.ts';
import type { Allocations } from './allocations.ts';
import { ChoiceIndex, type Choice } from './choices.ts';
import type { Compiled } from './compile.ts';
import { groupAfter, groupKeyOf, groupOf, subjectOf, type Group, type PolicyChoice } from './groups.ts';
import type { GroupChange } from './list-register.ts';
import { MembershipTables } from './memberships.ts';
import { PolicyBook, type Node } from './policy-book.ts';
import { nodeRule, rulesOfPolicy, type PolicyRules, type RuleNumbers } from './policy-rules.ts';

export type PolicyTables = Pick<TableSet, 'addressSets' | 'prefixSets' | 'serviceSets' | 'rules' | 'portPolicies' | 'ruleNames'>;

/** The tables of policies for ports that are compiled already. */
export function compilePolicies(intent: Intent, allocations: Allocations, ports: ReadonlyMap<number, PutPort>, before: Compiled): PolicyTables {
  return new PolicyCompiler(intent, allocations, ports, before).compile();
}

/** The label that every namespace has. */
const namespaceNameLabel = 'kubernetes.io/metadata.name';

interface PlacedPort {
  readonly port: PortResource;
  readonly entry: PutPort;
}

interface ChangedPort {
  readonly old: PlacedPort | undefined;
  readonly now: PlacedPort | undefined;
}

class PolicyCompiler {
  readonly #intent: Intent;
  readonly #allocations: Allocations;
  readonly #ports: ReadonlyMap<number, PutPort>;
  readonly #before: Compiled;
  readonly #book: PolicyBook;
  readonly #gone = new Set<Choice>();
  readonly #came: PolicyChoice[] = [];
  /** Numbers of networks whose node rule is another. */
  readonly #changedNodes = new Set<number>();
  readonly #namespaceLabels = new Map<string, Labels>();

  constructor(intent: Intent, allocations: Allocations, ports: ReadonlyMap<number, PutPort>, before: Compiled) {
    this.#intent = intent;
    this.#allocations = allocations;
    this.#ports = ports;
    this.#before = before;
    this.#book = PolicyBook.after(before.tables.ruleNames);
  }

  compile(): PolicyTables {
    const { tables } = this.#before;
    this.#readPolicies();
    this.#readNodes();
    const prefixSets = this.#readSets();
    this.#book.changeChoices(this.#gone, this.#came);
    const changedPorts = this.#changedPorts();
    const changedGroups = this.#changedGroups(changedPorts);
    const rules = new SharedMap(tables.rules);
    const known = new Map(changedGroups.map(({ key, old }) => [key, { old, numbers: this.#book.lists.numbersOf(key) }]));
    this.#book.lists.update(changedGroups, (network) => this.#book.nodes.get(network), rules);

    const memberships = new MembershipTables(tables, this.#book);
    for (const { old } of changedPorts) if (old !== undefined) memberships.remove(old.entry, old.port);
    for (const { now } of changedPorts) if (now !== undefined) memberships.declare(now.entry);
    const touched = new Set(changedGroups.filter(({ key, now }) => now !== undefined && this.#isOther(key, now, known.get(key)!)).map(({ key }) => key));
    const areServicesOthers = this.#book.services.changed;
    const portsToPut = this.#portsToPut(changedPorts, touched, memberships.ownersChanged > 0 || areServicesOthers);
    if (memberships.ownersChanged > 0) for (const { port, entry } of portsToPut) memberships.leaveToOthers(entry, port);
    for (const { port, entry } of portsToPut) {
      memberships.put(entry, port, groupKeyOf(port, entry), tables);
    }
    return { ...memberships.tables(), prefixSets, rules, ruleNames: this.#book };
  }

  #readPolicies(): void {
    const left: { readonly sets: string[]; readonly services: string[] } = { sets: [], services: [] };
    const leave = (known: PolicyRules, now: PolicyRules | undefined): void => {
      for (const key of known.sets) if (now?.sets.has(key) !== true) left.sets.push(key);
      for (const key of known.services) if (now?.services.has(key) !== true) left.services.push(key);
    };
    const read = (name: string, resource: PolicyResource | NetworkPolicyResource | undefined): void => {
      const known = this.#book.policies.get(name);
      if (known !== undefined) this.#gone.add(known);
      const rules = resource === undefined ? undefined : rulesOfPolicy(resource, this.#numbers, known);
      if (known !== undefined) leave(known, rules);
      if (rules === undefined) {
        this.#book.policies.delete(name);
      } else {
        this.#book.policies.set(name, rules);
        this.#came.push(rules);
      }
    };
    for (const key of differing(this.#before.intent.policies, this.#intent.policies).sort()) read(`Policy/${key}`, this.#intent.policies.get(key));
    for (const key of differing(this.#before.intent.networkPolicies, this.#intent.networkPolicies).sort()) read(`NetworkPolicy/${key}`, this.#intent.networkPolicies.get(key));
    // Only now, so that what is needed again stays.
    for (const key of left.sets) this.#book.sets.release(key);
    for (const key of left.services) this.#book.services.release(key);
  }

  readonly #numbers: RuleNumbers = {
    rule: () => this.#book.nextRule(),
    set: (key, peers) => (peers === undefined ? this.#book.sets.get(key)! : this.#book.sets.take(key, (number) => addressSetOf(number, peers))).number,
    service: (key, isNew) => (isNew ? this.#book.services.take(key, (number) => number) : this.#book.services.get(key)!),
    network: (name) => this.#allocations.networkIds[name]!,
  };

  /** The host's own addresses, network by network. */
  #readNodes(): void {
    const old: Node[] = [];
    for (const name of differing(this.#before.intent.networks, this.#intent.networks).sort()) {
      const network = (this.#intent.networks.has(name) ? this.#allocations : this.#before.allocations).networkIds[name]!;
      const known = this.#book.nodes.get(network);
      const addresses = this.#intent.networks.get(name)?.spec.nodeAddresses ?? [];
      if (known !== undefined) old.push(known);
      this.#book.nodes.delete(network);
      if (addresses.length > 0) {
        const key = `node ${network} ${addresses.join(' ')}`;
        const peers = addresses.map((ip) => ({ cidr: `${ip}/${ip.includes(':') ? 128 : 32}`, networks: [network] }));
        const { number } = this.#book.sets.take(key, (free) => addressSetOf(free, peers));
        const rule = known?.rule.source === number ? known.rule : nodeRule(known?.rule.id ?? this.#book.nextRule(), number);
        this.#book.nodes.set(network, { name, network, rule, set: key });
      }
      if (this.#book.nodes.get(network)?.rule !== known?.rule) this.#changedNodes.add(network);
    }
    for (const { set } of old) this.#book.sets.release(set);
  }

  /** The sets that came and went, with those whom they choose. */
  #readSets(): SharedMap<number, PutPrefixSet> {
    const prefixSets = new SharedMap(this.#before.tables.prefixSets);
    const { created, gone } = this.#book.sets.changes();
    for (const { number, ports } of gone) {
      prefixSets.delete(number);
      for (const choice of ports) this.#gone.add(choice);
    }
    for (const { number, ports, prefixes } of created) {
      if (prefixes !== undefined) prefixSets.set(number, prefixes);
      this.#came.push(...ports);
    }
    return prefixSets;
  }

  #changedPorts(): readonly ChangedPort[] {
    const { intent, tables, allocations } = this.#before;
    const keys = new Set(differing(intent.ports, this.#intent.ports));
    for (const id of differing(tables.ports, this.#ports)) keys.add(portKey((this.#ports.get(id) ?? tables.ports.get(id)!).name));
    const placed = (port: PortResource | undefined, entry: PutPort | undefined): PlacedPort | undefined => (port === undefined || entry === undefined ? undefined : { port, entry });
    return [...keys].sort().map((key) => ({
      old: placed(intent.ports.get(key), tables.ports.get(allocations.portIds[key] ?? 0)),
      now: placed(this.#intent.ports.get(key), this.#ports.get(this.#allocations.portIds[key] ?? 0)),
    }));
  }

  /** Groups that came, went, or are chosen by others than before, in the order of their keys. */
  #changedGroups(changedPorts: readonly ChangedPort[]): readonly (GroupChange & { readonly old: Group | undefined })[] {
    const { groups, members } = this.#book;
    const changes = new Map<string, GroupChange & { readonly old: Group | undefined }>();
    const change = (key: string, now: Group | undefined): void => {
      changes.set(key, { key, old: changes.get(key)?.old ?? groups.get(key), now });
    };
    const came = new Map<string, PlacedPort>();
    const counted = new Set<string>();
    const count = (key: string, by: number): void => {
      members.set(key, (members.get(key) ?? 0) + by);
      counted.add(key);
    };
    for (const { old, now } of changedPorts) {
      if (old !== undefined) count(groupKeyOf(old.port, old.entry), -1);
      if (now === undefined) continue;
      const key = groupKeyOf(now.port, now.entry);
      count(key, 1);
      if (!groups.has(key)) came.set(key, now);
    }
    for (const key of counted) {
      if (members.get(key) !== 0) continue;
      members.delete(key);
      came.delete(key);
      if (groups.has(key)) change(key, undefined);
    }
    for (const [key, group] of this.#othersThan(changes)) change(key, group);
    for (const [key, { port, entry }] of came) {
      const subject = subjectOf(port, (namespace) => this.#labelsOf(namespace));
      change(key, groupOf(subject, networksOfEntry(entry), this.#book.index.of(subject)));
    }
    for (const { key, now } of changes.values()) {
      if (now === undefined) groups.delete(key);
      else groups.set(key, now);
    }
    return [...changes.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The groups that are there and chosen by others than before. */
  #othersThan(done: ReadonlyMap<string, unknown>): readonly (readonly [string, Group])[] {
    const namespaces = new Set(differing(this.#before.intent.namespaces, this.#intent.namespaces));
    if (this.#gone.size === 0 && this.#came.length === 0 && namespaces.size === 0 && this.#changedNodes.size === 0) return [];
    const cameIndex = new ChoiceIndex(this.#came);
    const others: [string, Group][] = [];
    for (const [key, group] of this.#book.groups) {
      if (done.has(key)) continue;
      const { subject, networks, choices } = group;
      if (namespaces.has(subject.namespace)) {
        const relabelled = { ...subject, namespaceLabels: this.#labelsOf(subject.namespace) };
        others.push([key, groupOf(relabelled, networks, this.#book.index.of(relabelled))]);
        continue;
      }
      const came = cameIndex.of(subject);
      const isOther = came.length > 0 || (this.#gone.size > 0 && choices.some((choice) => this.#gone.has(choice))) || networks.some((network) => this.#changedNodes.has(network));
      if (isOther) others.push([key, groupAfter(group, this.#gone, came)]);
    }
    return others;
  }

  /** Whether what is to be said of the ports of a group is not what was said of them before. */
  #isOther(key: string, now: Group, { old, numbers }: { readonly old: Group | undefined; readonly numbers: readonly number[] }): boolean {
    if (old === undefined) return false;
    const after = this.#book.lists.numbersOf(key);
    return after.some((number, index) => number !== numbers[index]) || old.sets.length !== now.sets.length || old.sets.some((set, index) => set !== now.sets[index]);
  }

  #portsToPut(changed: readonly ChangedPort[], groups: ReadonlySet<string>, isAboutAll: boolean): readonly PlacedPort[] {
    const ports = new Map(changed.flatMap(({ now }) => (now === undefined ? [] : [[now.entry.port, now] as const])));
    if (!isAboutAll && groups.size === 0) return [...ports.values()];
    for (const [key, port] of this.#intent.ports) {
      const entry = this.#ports.get(this.#allocations.portIds[key]!)!;
      if (isAboutAll || groups.has(groupKeyOf(port, entry))) ports.set(entry.port, { port, entry });
    }
    return [...ports.values()];
  }

  #labelsOf(namespace: string): Labels {
    let labels = this.#namespaceLabels.get(namespace);
    if (labels === undefined) {
      labels = { ...this.#intent.namespaces.get(namespace)?.metadata.labels, [namespaceNameLabel]: namespace };
      this.#namespaceLabels.set(namespace, labels);
    }
    return labels;
  }
}
