/**
 * `npm run bench:micro`, its second part: what policies cost the control layer.
 *
 * 10,000 ports in 200 groups, judged by 500 policies: all of it compiled, one port that changes its group, one rule more. And 100,000 rules
 * in a hundred policies, with one rule more in one of them.
 */
import benny from 'benny';
import { allocate, noAllocations } from '../../src/compile/allocations.ts';
import { compile } from '../../src/compile/compile.ts';
import { encodeEdits } from '../../src/dataplane/encode.ts';
import { plan } from '../../src/plan/plan.ts';
import { emptyTableSet } from '../../src/table/table-set.ts';
import { inAnotherGroup, intentOf, withGroups, withManyRules, withOneRuleMore } from './intents.ts';

const portIdsEnd = 65_535;

for (const [what, intent] of [
  ['10,000 ports in 200 groups, 500 policies', withGroups(intentOf(10_000), 200, 500)],
  ['100 ports, 100,000 rules in 100 policies', withManyRules(intentOf(100), 100, 1_000)],
] as const) {
  const allocations = allocate(intent, noAllocations, portIdsEnd);
  const tables = compile(intent, allocations);
  const compiled = { intent, allocations, tables };
  const [moved, ruled] = [inAnotherGroup(intent), withOneRuleMore(intent)];
  const [movedTables, ruledTables] = [moved, ruled].map((changed) => compile(changed, allocations, compiled));
  await benny.suite(
    what,
    benny.add('compile', () => {
      compile(intent, allocations);
    }),
    benny.add('compile, plan, encode: one port in another group', () => {
      encodeEdits(plan(tables, compile(moved, allocations, compiled)));
    }),
    benny.add('compile, plan, encode: one rule more', () => {
      encodeEdits(plan(tables, compile(ruled, allocations, compiled)));
    }),
    benny.add('plan: one port in another group', () => {
      plan(tables, movedTables!);
    }),
    benny.add('plan: one rule more', () => {
      plan(tables, ruledTables!);
    }),
    benny.add('plan: everything is new', () => {
      plan(emptyTableSet, tables);
    }),
    benny.cycle((result, summary) => `  ${result.name}: ${(result.details.median * 1e3).toFixed(3)} ms ±${result.margin}% (${summary.name})`),
    benny.complete(),
  );
}
