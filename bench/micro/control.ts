/**
 * `npm run bench:micro`: how long the control layer takes, by benny; policies have a file of their own, which comes after it, and so has `apply`.
 *
 * The life of an intent in its pure steps: the wish is checked, what was left open is chosen, the tables are compiled,
 * compared with those that run, and the difference is written as bytes. Each for a whole intent and for one change in it.
 */
import benny from 'benny';
import { allocate, heldBy, noAllocations } from '../../src/compile/allocations.ts';
import { compile } from '../../src/compile/compile.ts';
import { encodeEdits } from '../../src/dataplane/encode.ts';
import { claimsAfter, claimsOf } from '../../src/intent/claims.ts';
import { intentWith } from '../../src/intent/validate.ts';
import { plan } from '../../src/plan/plan.ts';
import { emptyTableSet } from '../../src/table/table-set.ts';
import { intentOf, oneChange, withAnotherMac, withOneChange } from './intents.ts';

const portIdsEnd = 65_535;

for (const ports of [100, 2_000]) {
  const intent = intentOf(ports);
  const changed = withOneChange(intent);
  const allocations = allocate(intent, noAllocations, portIdsEnd);
  const withMac = withAnotherMac(intent);
  const tables = compile(intent, allocations);
  const compiled = { intent, allocations, tables };
  const changedTables = compile(changed, allocations, compiled);
  const held = heldBy(allocations);
  const claims = claimsOf(intent.ports.values(), intent.networks, held);
  const edits = plan(emptyTableSet, tables);
  const difference = plan(tables, changedTables);
  await benny.suite(
    `${ports} ports`,
    benny.add('allocate: a new intent', () => {
      allocate(intent, noAllocations, portIdsEnd);
    }),
    benny.add('allocate: another MAC', () => {
      allocate(withMac, allocations, portIdsEnd, intent);
    }),
    benny.add('validate: one port changed', () => {
      intentWith([oneChange()], intent, held, claims);
    }),
    benny.add('claims: one port changed', () => {
      claimsAfter(claims, { intent, held }, { intent: changed, held });
    }),
    benny.add('allocate: one port changed', () => {
      allocate(changed, allocations, portIdsEnd, intent);
    }),
    benny.add('compile', () => {
      compile(intent, allocations);
    }),
    benny.add('compile: one port changed', () => {
      compile(changed, allocations, compiled);
    }),
    benny.add('plan: everything is new', () => {
      plan(emptyTableSet, tables);
    }),
    benny.add('plan: one port changed', () => {
      plan(tables, changedTables);
    }),
    benny.add(`encode: ${edits.length} edits`, () => {
      encodeEdits(edits);
    }),
    benny.add(`encode: ${difference.length} edit`, () => {
      encodeEdits(difference);
    }),
    benny.cycle((result, summary) => `  ${result.name}: ${microseconds(result.details.median)} µs ±${result.margin}% (${summary.name})`),
    benny.complete(),
  );
}

await import('./policies.ts');
await import('./apply.ts');

function microseconds(seconds: number): string {
  return (seconds * 1e6).toFixed(1);
}
