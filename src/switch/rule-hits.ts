/**
 * What rules did so far, by name: the counters of the dataplane beside what control knows of each rule.
 *
 * A rule that is gone is told no more. All networks' default policies are one line, and so are the rules that are too many to be
 * counted apart, if there are any.
 */
import type { RuleCount, RuleCounters } from '../dataplane/rule-counters.ts';
import { networkDefault, type NamedRule, type RuleNames } from '../table/rule-names.ts';
import type { RuleHits } from './answers.ts';

/** In the order in which they were given their numbers, policy by policy. `apartMs`: from the dataplane's clock to the wall's. */
export function ruleHits(names: RuleNames, counters: RuleCounters, apartMs: number): RuleHits[] {
  const rules = [...names.all()].sort((a, b) => compare(a.name.policy, b.name.policy) || a.id - b.id);
  const rows = rules.map(({ id, name, isEnforced }: NamedRule): RuleHits => {
    const { policy, rule, tier, direction, action } = name;
    const isCounted = counters.has(id);
    return { policy, rule, tier, direction, action, enforced: isEnforced, ...told(isCounted ? counters.read(id) : undefined, apartMs) };
  });
  const rest = (policy: string, rule: string, count: RuleCount): RuleHits => ({ policy, rule, tier: '', direction: '', action: '', enforced: true, ...told(count, apartMs) });
  const others = counters.read(0);
  return [...rows, rest('Network/*', 'default', counters.read(networkDefault)), ...(others.lastMs === 0 ? [] : [rest('(others)', '', others)])];
}

/** Without a count of its own a rule did something, but nobody knows what. */
function told(count: RuleCount | undefined, apartMs: number): Pick<RuleHits, 'hits' | 'audited' | 'differing' | 'lastHit'> {
  if (count === undefined) return { hits: null, audited: null, differing: null, lastHit: null };
  const { hits, audited, differing, lastMs } = count;
  return { hits, audited, differing, lastHit: lastMs === 0 ? null : new Date(lastMs + apartMs).toISOString() };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
