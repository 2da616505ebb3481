/**
 * PolicyBook: what was found out about policies so far, so that the next change costs what it changes. A copy shares all that is the same,
 * and a book that was given away is never changed. To the rest of the switch it says what the numbers of rules mean.
 */
import { SharedMap } from '../shared-map.ts';
import type { NamedRule, RuleName, RuleNames } from '../table/rule-names.ts';
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
    this.#names ??= new Map([...this.all()].map(({ id: one, name }) => [one, name]));
    return this.#names.get(id);
  }

  *all(): Iterable<NamedRule> {
    for (const { names, isAudited } of this.policies.values()) for (const [id, name] of names) yield { id, name, isEnforced: !isAudited };
    for (const { name: network, rule: { id } } of this.nodes.values()) {
      yield { id, name: { policy: `Network/${network}`, rule: 'nodeAddresses', tier: 'networkPolicy', direction: 'ingress', action: 'allow' }, isEnforced: true };
    }
  }
}
