/**
 * Rule lists: all rules that one direction of a port is judged by, as one list in the order in which they decide. Ports that the same
 * policies judge in the same networks share it.
 */
import type { Direction } from '../intent/policy.ts';
import type { RuleEntry } from '../table/edits.gen.ts';
import { ruleTiers, scopedRule, type PolicyRules } from './policy-rules.ts';

/** A policy that judges a port, and whether in some of the port's networks only. */
export interface Judge {
  readonly policy: PolicyRules;
  /** The set of addresses of the networks where it judges; 0: in all that the port is in. */
  readonly scope: number;
}

/** What lets in the host's own packets. */
export interface NodeRule {
  readonly network: number;
  readonly rule: RuleEntry;
}

const networkPolicyTier = ruleTiers.indexOf('networkPolicy');

/** Policies from the first that decides to the last. */
export function inOrder(a: PolicyRules, b: PolicyRules): number {
  return a.tier - b.tier || a.order - b.order || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** Of the judges in their order, those that have something to say in a direction. */
export function judgesIn(judges: readonly Judge[], direction: Direction): readonly Judge[] {
  return judges.filter(({ policy }) => policy[direction].rules.length > 0 || policy[direction].otherwise !== undefined);
}

/** The same for lists that hold the same as long as no policy changes; empty when nobody judges. */
export function keyOfJudges(judges: readonly Judge[], nodes: readonly NodeRule[], direction: Direction): string {
  if (judges.length === 0) return '';
  const parts = judges.map(({ policy, scope }) => (scope === 0 ? policy.name : `${policy.name}@${scope}`));
  return [direction, ...parts, ...nodes.map(({ network }) => network)].join('\n');
}

/** The rules of the judges, who are in their order; `nodes` stand before those of NetworkPolicies. */
export function rulesOfJudges(judges: readonly Judge[], nodes: readonly NodeRule[], direction: Direction): readonly RuleEntry[] {
  // There may be a hundred thousand rules, and lists joined whole cost the least.
  const parts: (readonly RuleEntry[])[] = [];
  const push = (rules: readonly RuleEntry[], scope: number): void => void parts.push(scope === 0 ? rules : rules.map((rule) => scopedRule(rule, direction, scope)));
  for (let at = 0; at < judges.length;) {
    const { tier } = judges[at]!.policy;
    let end = at + 1;
    while (end < judges.length && judges[end]!.policy.tier === tier) end += 1;
    const ofTier = judges.slice(at, end);
    if (tier === networkPolicyTier) push(nodes.map(({ rule }) => rule), 0);
    for (const { policy, scope } of ofTier) push(policy[direction].rules, scope);
    for (const { policy, scope } of ofTier) {
      const { otherwise } = policy[direction];
      if (otherwise === undefined) continue;
      push([otherwise], scope);
      if (scope === 0) break;
    }
    at = end;
  }
  return ([] as RuleEntry[]).concat(...parts);
}
