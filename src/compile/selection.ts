/**
 * Selection: which declared ports a policy judges, read from the groups that were found out when policies became tables; so it cannot
 * disagree with them. A port counts once, in however many of its networks the policy judges it, and also while its device is not there.
 *
 * All counts together cost as much as there are groups and policies that judge them; only names need a look at every port.
 */
import type { Intent } from '../intent/intent.ts';
import { portName } from '../intent/intent.ts';
import type { TableSet } from '../table/table-set.ts';
import type { Allocations } from './allocations.ts';
import { groupKeyOf, type Group } from './groups.ts';
import { PolicyBook } from './policy-book.ts';

export class Selection {
  readonly #intent: Intent;
  readonly #allocations: Allocations;
  readonly #ports: TableSet['ports'];
  readonly #book: PolicyBook | undefined;
  #counts: ReadonlyMap<string, number> | undefined;

  /** Of what the intent was compiled to. */
  constructor(intent: Intent, allocations: Allocations, { ports, ruleNames }: Pick<TableSet, 'ports' | 'ruleNames'>) {
    this.#intent = intent;
    this.#allocations = allocations;
    this.#ports = ports;
    this.#book = ruleNames instanceof PolicyBook ? ruleNames : undefined;
  }

  /** How many ports the policy selects; `policy` is `Policy/name` or `NetworkPolicy/namespace/name`. */
  countOf(policy: string): number {
    this.#counts ??= this.#count();
    return this.#counts.get(policy) ?? 0;
  }

  /** The names of all ports that the policy selects, in their order. */
  namesOf(policy: string): string[] {
    const selected = new Set([...this.#groups()].filter(([, { judges }]) => judges.some((judge) => judge.policy.name === policy)).map(([key]) => key));
    if (selected.size === 0) return [];
    const names: string[] = [];
    for (const [key, port] of this.#intent.ports) {
      const entry = this.#ports.get(this.#allocations.portIds[key] ?? 0);
      if (entry !== undefined && selected.has(groupKeyOf(port, entry))) names.push(portName(key));
    }
    return names.sort();
  }

  #count(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [key, { judges }] of this.#groups()) {
      const members = this.#book!.members.get(key)!;
      for (const { policy: { name } } of judges) counts.set(name, (counts.get(name) ?? 0) + members);
    }
    return counts;
  }

  #groups(): Iterable<readonly [string, Group]> {
    return this.#book?.groups ?? [];
  }
}
