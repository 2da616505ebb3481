import fc from 'fast-check';
import t from 'tap';
import { allocate, heldBy, noAllocations, type Allocations } from '../../../src/compile/allocations.ts';
import { compile } from '../../../src/compile/compile.ts';
import { emptyIntent, type Intent } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import { plan } from '../../../src/plan/plan.ts';
import type { Edit } from '../../../src/table/edits.gen.ts';
import { emptyTableSet, type TableSet } from '../../../src/table/table-set.ts';
import { applyEdits } from '../dataplane/played-tables.ts';
import { network, port } from '../intent/resources.ts';

const wish = (...resources: unknown[]): Intent => intentWith(resources, emptyIntent, nothingHeld);
function tablesOf(intent: Intent, before: Allocations = noAllocations): { tables: TableSet; allocations: Allocations } {
  const allocations = allocate(intent, before, 100);
  return { tables: compile(intent, allocations), allocations };
}
const told = (edits: readonly Edit[]): string[] => edits.map((edit) => `${edit.edit} ${'port' in edit ? edit.port : 'network' in edit ? edit.network : 0}`);

t.test('nothing changed, nothing to do', (t) => {
  const { tables } = tablesOf(wish(network('dev'), port('a')));
  t.strictSame(plan(tables, tables), []);
  t.strictSame(plan(tables, tablesOf(wish(port('a'), network('dev'))).tables), []);
  t.strictSame(plan(emptyTableSet, emptyTableSet), []);
  t.end();
});

t.test('one entry that changed is one edit', (t) => {
  const { tables, allocations } = tablesOf(wish(network('dev'), port('a'), port('b')));
  const next = tablesOf(wish(network('dev'), port('a'), port('b', { antiSpoof: false })), allocations);
  t.strictSame(told(plan(tables, next.tables)), ['PutPort 2']);
  t.end();
});

t.test('networks come before their ports and go after them', (t) => {
  const { tables, allocations } = tablesOf(wish(network('dev', { staticMacs: [{ mac: '02:00:00:00:00:99', port: 'a' }] }), port('a'), port('b')));
  const next = tablesOf(wish(network('ops', { staticMacs: [{ mac: '02:00:00:00:00:98', port: 'b' }] }), port('b', { network: 'ops' })), allocations);
  t.strictSame(told(plan(tables, next.tables)), ['DeleteStaticMac 1', 'DeletePort 1', 'PutNetwork 2', 'PutPort 2', 'PutStaticMac 2', 'DeleteNetwork 1']);
  t.end();
});

interface World {
  readonly networks: readonly { readonly id: number; readonly mtu: number }[];
  readonly ports: readonly { readonly id: number; readonly on: number; readonly isOpen: boolean; readonly isStatic: boolean }[];
}
const world: fc.Arbitrary<World> = fc.record({
  networks: fc.uniqueArray(fc.record({ id: fc.nat(3), mtu: fc.constantFrom(1300, 1400) }), { selector: ({ id }) => id, minLength: 1 }),
  ports: fc.uniqueArray(fc.record({ id: fc.nat(8), on: fc.nat(3), isOpen: fc.boolean(), isStatic: fc.boolean() }), { selector: ({ id }) => id }),
});
function intentOf({ networks, ports }: World): Intent {
  const placed = ports.map((one) => ({ ...one, on: networks[one.on % networks.length]!.id }));
  return wish(
    ...networks.map(({ id, mtu }) => network(`n${id}`, {
      mtu, subnets: ['10.77.0.0/24'],
      staticMacs: placed.filter(({ on, isStatic }) => on === id && isStatic).map((one) => ({ mac: `06:00:00:00:00:0${one.id}`, port: `p${one.id}` })),
    })),
    ...placed.map(({ id, on, isOpen }) => port(`p${id}`, { network: `n${on}`, antiSpoof: !isOpen })),
  );
}

t.test('what runs, after its edits, is what is wanted; planning again yields nothing', (t) => {
  fc.assert(fc.property(world, world, (before, after) => {
    const running = tablesOf(intentOf(before));
    const desired = tablesOf(intentOf(after), running.allocations);
    const reached = applyEdits(running.tables, plan(running.tables, desired.tables));
    t.strictSame(plan(reached, desired.tables), []);
    t.strictSame(new Set(reached.ports.keys()), new Set(desired.tables.ports.keys()));
    const back = applyEdits(reached, plan(reached, running.tables));
    t.strictSame(plan(back, running.tables), [], 'and back');
    t.equal(heldBy(desired.allocations).macOf('default/p0'), desired.allocations.macs['default/p0']);
  }), { numRuns: 60 });
  t.end();
});
