/**
 * PolicyBook: what was found out about policies so far, so that the next change costs what it changes. A copy shares all that is the same,
 * and a book that was given away is never changed. To the rest of the switch it says what the numbers of rules mean.
 */
import { SharedMap } from '../shared-map.ts';
import type { RuleName, RuleNames } from '../table/rule-names.ts';
import type { AddressSet } from './address-sets.ts';
import { ChoiceIndex, type Choice } from './choices.ts';
import type { Group, PolicyChoice } from './groups.ts';
import { Register } from './ids.ts';
import { ListRegister } from './list-register.ts';
import type { PolicyRules } from './policy-rules.ts';
import type { NodeRule } from './rule-lists.ts';

/** The rule of a network's node addresses, and the key of its set. */
export interface Node extends NodeRule {
  readonly name: string;
  readonly set: string;
}

/** Number 1 is the default policy of networks. */
const firstRule = 2;

export class PolicyBook implements RuleNames {
  /** By `Policy/name` or `NetworkPolicy/namespace/name`. */
  readonly policies: SharedMap<string, PolicyRules>;
  readonly nodes: SharedMap<number, Node>;
  readonly sets: Register<AddressSet>;
  readonly services: Register<number>;
  readonly groups: SharedMap<string, Group>;
  /** How many ports each group has. */
  readonly members: SharedMap<string, number>;
  readonly lists: ListRegister;
  /** By `network address`, link-local addresses that ports declare, with the number of the port. */
  readonly declared: SharedMap<string, number>;
  #choices: readonly PolicyChoice[];
  #index: ChoiceIndex<PolicyChoice> | undefined;
  #nextRule: number;
  #names: ReadonlyMap<number, RuleName> | undefined;

  private constructor(from?: PolicyBook) {
    this.policies = new SharedMap(from?.policies);
    this.nodes = new SharedMap(from?.nodes);
    this.sets = new Register(from?.sets);
    this.services = new Register(from?.services);
    this.groups = new SharedMap(from?.groups);
    this.members = new SharedMap(from?.members);
    this.lists = new ListRegister(from?.lists);
    this.declared = new SharedMap(from?.declared);
    this.#choices = from === undefined ? [] : from.#choices;
    this.#index = from === undefined ? undefined : from.#index;
    this.#nextRule = from === undefined ? firstRule : from.#nextRule;
  }

  /** The next book after the one that names rules so far. */
  static after(names: RuleNames): PolicyBook {
    return new PolicyBook(names instanceof PolicyBook ? names : undefined);
  }

  nextRule(): number {
    return this.#nextRule++;
  }

  /** All choices that there are. */
  get index(): ChoiceIndex<PolicyChoice> {
    this.#index ??= new ChoiceIndex(this.#choices);
    return this.#index;
  }

  changeChoices(gone: ReadonlySet<Choice>, came: readonly PolicyChoice[]): void {
    if (gone.size === 0 && came.length === 0) return;
    this.#choices = [...this.#choices.filter((choice) => !gone.has(choice)), ...came];
    this.#index = undefined;
  }

  get(id: number): RuleName | undefined {
    this.#names ??= this.#allNames();
    return this.#names.get(id);
  }

  #allNames(): ReadonlyMap<number, RuleName> {
    const names = new Map<number, RuleName>();
    for (const policy of this.policies.values()) for (const [id, name] of policy.names) names.set(id, name);
    for (const { name, rule } of this.nodes.values()) {
      names.set(rule.id, { policy: `Network/${name}`, rule: 'nodeAddresses', tier: 'networkPolicy', direction: 'ingress', action: 'allow' });
    }
    return names;
  }
}
