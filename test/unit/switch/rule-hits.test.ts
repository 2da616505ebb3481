import t from 'tap';
import { RuleCounters } from '../../../src/dataplane/rule-counters.ts';
import { ruleHits } from '../../../src/switch/rule-hits.ts';
import type { NamedRule, RuleNames } from '../../../src/table/rule-names.ts';

const named = (id: number, policy: string, rule: string, isEnforced = true): NamedRule => (
  { id, name: { policy, rule, tier: 'application', direction: 'ingress', action: 'drop' }, isEnforced });
const namesOf = (...all: NamedRule[]): RuleNames => ({ get: (id) => all.find((one) => one.id === id)?.name, all: () => all });
const moment = Date.parse('2026-01-01T00:00:00Z');

function scene(): { cells: BigUint64Array; counters: RuleCounters } {
  const cells = new BigUint64Array(new SharedArrayBuffer(16 * 4 * 8));
  return { cells, counters: new RuleCounters({ cells, workers: 1, rules: 16, rowLength: 4 }) };
}

t.test('rules are told by policy and in their order, with what they did and when', (t) => {
  const { cells, counters } = scene();
  cells.set([4n, 0n, 0n, 7_500n], 5 * 4);
  cells.set([0n, 3n, 1n, 9_000n], 2 * 4);
  cells.set([6n, 0n, 0n, 1n], 1 * 4);
  const rows = ruleHits(namesOf(named(5, 'Policy/web', 'b'), named(4, 'Policy/web', 'a'), named(2, 'Policy/audit', 'x', false)), counters, moment);
  t.strictSame(rows.map(({ policy, rule, enforced, hits, audited, differing, lastHit }) => [policy, rule, enforced, hits, audited, differing, lastHit]), [
    ['Policy/audit', 'x', false, 0, 3, 1, '2026-01-01T00:00:09.000Z'],
    ['Policy/web', 'a', true, 0, 0, 0, null],
    ['Policy/web', 'b', true, 4, 0, 0, '2026-01-01T00:00:07.500Z'],
    ['Network/*', 'default', true, 6, 0, 0, '2026-01-01T00:00:00.001Z'],
  ]);
  t.match(rows[0], { tier: 'application', direction: 'ingress', action: 'drop' });
  t.match(rows[3], { tier: '', direction: '', action: '' });
  t.end();
});

t.test('what has no row of its own is not said to have done nothing', (t) => {
  const { cells, counters } = scene();
  cells.set([9n, 0n, 0n, 9_999n], 0);
  const rows = ruleHits(namesOf(named(16, 'Policy/web', 'a')), counters, moment);
  t.match(rows[0], { policy: 'Policy/web', hits: null, audited: null, differing: null, lastHit: null });
  t.match(rows.at(-1), { policy: '(others)', hits: 9, lastHit: '2026-01-01T00:00:09.999Z' });
  t.end();
});
