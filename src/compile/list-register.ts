/**
 * ListRegister: the lists of rules that groups of ports are judged by, each once, with its number.
 *
 * When the policies of a group change, its list changes and keeps its number if nobody else has the old one still: then the dataplane
 * gets what is different, not all of the list anew. Numbers of lists that are gone are given again: the dataplane has a place for
 * each number, and tells lists apart by the generation in which they became what they are.
 */
import type { Direction } from '../intent/policy.ts';
import { SharedMap } from '../shared-map.ts';
import type { PutRules, RuleEntry } from '../table/edits.gen.ts';
import type { Group } from './groups.ts';
import { judgesIn, keyOfJudges, rulesOfJudges, type Judge, type NodeRule } from './rule-lists.ts';

/** Numbers of the lists, 0 for none: ingress, egress, and with what is audited, too. */
export type ListNumbers = readonly [ingress: number, egress: number, ingressAudit: number, egressAudit: number];

interface Wish {
  readonly key: string;
  readonly direction: Direction;
  readonly judges: readonly Judge[];
  readonly nodes: readonly NodeRule[];
}

interface List extends Wish {
  readonly number: number;
  readonly uses: number;
}

interface Holding {
  readonly keys: readonly string[];
  readonly numbers: ListNumbers;
}

export interface GroupChange {
  readonly key: string;
  readonly now: Group | undefined;
}

export class ListRegister {
  readonly #lists: SharedMap<string, List>;
  /** By the key of a group. */
  readonly #holdings: SharedMap<string, Holding>;
  /** Numbers that were given and are nobody's now. */
  #free: readonly number[];
  #next: number;

  constructor(from?: ListRegister) {
    this.#lists = new SharedMap(from === undefined ? undefined : from.#lists);
    this.#holdings = new SharedMap(from === undefined ? undefined : from.#holdings);
    this.#free = from === undefined ? [] : from.#free;
    this.#next = from === undefined ? 1 : from.#next;
  }

  numbersOf(group: string): ListNumbers {
    return this.#holdings.get(group)?.numbers ?? [0, 0, 0, 0];
  }

  /** Puts what the changed groups are judged by into the table. */
  update(changes: readonly GroupChange[], nodeOf: (network: number) => NodeRule | undefined, rules: SharedMap<number, PutRules>): void {
    const wishes: (readonly Wish[])[] = [];
    let last: { readonly group: Group; readonly wishes: readonly Wish[] } | undefined;
    for (const { now } of changes) {
      // Many groups that are judged by thousands of policies are judged by the same.
      if (now !== undefined && (last === undefined || !areJudgedAlike(last.group, now))) last = { group: now, wishes: wishesOf(now, nodeOf) };
      wishes.push(now === undefined ? [] : last!.wishes);
    }
    const fresh = new Map<string, Wish>();
    const seen = new Set<string>();
    wishes.flat().forEach((wish) => {
      if (wish.key === '') return;
      const known = this.#lists.get(wish.key);
      if (known === undefined) fresh.set(wish.key, wish);
      else if (!seen.has(wish.key) && !isSame(known, wish)) this.#write({ ...known, ...wish }, rules);
      seen.add(wish.key);
      if (known !== undefined) this.#count(wish.key, 1);
    });
    const idle = this.#release(changes);
    const uses = new Map<string, number>();
    for (const { key } of wishes.flat()) if (fresh.has(key)) uses.set(key, (uses.get(key) ?? 0) + 1);
    changes.forEach(({ key }, index) => wishes[index]!.forEach((wish, slot) => {
      if (!fresh.delete(wish.key)) return;
      const before = this.#holdings.get(key)?.keys[slot] ?? '';
      const number = idle.get(before) ?? this.#number();
      idle.delete(before);
      this.#write({ ...wish, number, uses: uses.get(wish.key)! }, rules);
    }));
    for (const number of idle.values()) rules.delete(number);
    if (idle.size > 0) this.#free = [...this.#free, ...idle.values()].sort((a, b) => a - b);
    changes.forEach(({ key, now }, index) => {
      const keys = wishes[index]!.map((wish) => wish.key);
      const numbers = keys.map((one) => this.#lists.get(one)?.number ?? 0);
      if (now === undefined) this.#holdings.delete(key);
      else this.#holdings.set(key, { keys, numbers: numbers as unknown as ListNumbers });
    });
  }

  #number(): number {
    const [free, ...others] = this.#free;
    if (free === undefined) return this.#next++;
    this.#free = others;
    return free;
  }

  #write(list: List, rules: SharedMap<number, PutRules>): void {
    this.#lists.set(list.key, list);
    const entries = rulesOfJudges(list.judges, list.nodes, list.direction);
    const before = rules.get(list.number)?.rules;
    if (before === undefined || !areSame(before, entries)) rules.set(list.number, { edit: 'PutRules', list: list.number, rules: entries });
  }

  #count(key: string, by: number): number {
    const list = this.#lists.get(key)!;
    this.#lists.set(key, { ...list, uses: list.uses + by });
    return list.uses + by;
  }

  /** What the groups had; numbers that nobody has any more, by the key of their list. */
  #release(changes: readonly GroupChange[]): Map<string, number> {
    const idle = new Map<string, number>();
    for (const { key } of changes) {
      for (const held of this.#holdings.get(key)?.keys ?? []) {
        if (held === '' || this.#count(held, -1) > 0) continue;
        idle.set(held, this.#lists.get(held)!.number);
        this.#lists.delete(held);
      }
    }
    return idle;
  }
}

function wishesOf({ judges, networks }: Group, nodeOf: (network: number) => NodeRule | undefined): readonly Wish[] {
  const wish = (all: readonly Judge[], direction: Direction): Wish => {
    const isIsolated = all.some(({ policy }) => policy[direction].isolates);
    const nodes = direction === 'ingress' && isIsolated ? networks.flatMap((network) => nodeOf(network) ?? []) : [];
    return { key: keyOfJudges(all, nodes, direction), direction, judges: all, nodes };
  };
  const [ingress, egress] = [judgesIn(judges, 'ingress'), judgesIn(judges, 'egress')];
  const isAudited = ({ policy }: Judge): boolean => policy.isAudited;
  const enforced = (all: readonly Judge[]): readonly Judge[] => (all.some(isAudited) ? all.filter((judge) => !isAudited(judge)) : all);
  const audit = (all: readonly Judge[]): readonly Judge[] => (all.some(isAudited) ? all : []);
  return [wish(enforced(ingress), 'ingress'), wish(enforced(egress), 'egress'), wish(audit(ingress), 'ingress'), wish(audit(egress), 'egress')];
}

function areJudgedAlike(one: Group, other: Group): boolean {
  return one.judges.length === other.judges.length && one.networks.length === other.networks.length
    && one.networks.every((network, index) => network === other.networks[index])
    && one.judges.every(({ policy, scope }, index) => policy === other.judges[index]!.policy && scope === other.judges[index]!.scope);
}

function isSame(one: Wish, other: Wish): boolean {
  return one.judges.length === other.judges.length && one.judges.every(({ policy }, index) => policy === other.judges[index]!.policy)
    && one.nodes.length === other.nodes.length && one.nodes.every(({ rule }, index) => rule === other.nodes[index]!.rule);
}

function areSame(one: readonly RuleEntry[], other: readonly RuleEntry[]): boolean {
  return one.length === other.length && one.every((rule, index) => rule === other[index]);
}
