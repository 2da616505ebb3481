/**
 * What is known of the intent before saves work and changes nothing: claims, allocations, tables and the plan are the
 * same as without it, step by step through a story of changes, and so is what is refused, and why.
 */
import fc from 'fast-check';
import t from 'tap';
import { allocate, heldBy, noAllocations, type Allocations } from '../../src/compile/allocations.ts';
import { compile } from '../../src/compile/compile.ts';
import { messageOf, VswError } from '../../src/errors.ts';
import { claimsAfter, claimsOf, type Claims } from '../../src/intent/claims.ts';
import { emptyIntent, resourcesOf, type Intent } from '../../src/intent/intent.ts';
import { intentWith, intentWithout } from '../../src/intent/validate.ts';
import { plan } from '../../src/plan/plan.ts';
import { emptyTableSet, type TableSet } from '../../src/table/table-set.ts';
import { holds } from '../harness/random.ts';
import { network, port, tap, trunk } from '../unit/intent/resources.ts';

type Step = { readonly put: readonly Record<string, unknown>[]; readonly gone: readonly { kind: string; name: string }[] };

/** Alike for what is equal, whatever the order of keys. */
const text = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => {
  if (typeof part === 'bigint') return String(part);
  return typeof part !== 'object' || part === null || Array.isArray(part) ? part : Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
});

const names = ['a', 'b', 'c'] as const;
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const mac = fc.integer({ min: 1, max: 9 }).map((last) => `02:00:00:00:00:0${last}`);

const networkStep = fc.record({
  index: fc.nat(2), subnets: fc.nat(9), mtu: optional(fc.constantFrom(1400, 9000)), excluded: fc.boolean(), staticMac: fc.nat(20),
}).map(({ index, subnets, mtu, excluded, staticMac }) => network(names[index]!, {
  ...(subnets > 0 && { subnets: [`10.0.${subnets < 3 ? subnets - 1 : index}.0/29`] }), ...(mtu !== undefined && { mtu }), vlan: 100 + index,
  ...(subnets > 2 && excluded && { excluded: [`10.0.${index}.2`] }), ...(staticMac < 6 && { staticMacs: [{ mac: `02:00:00:00:01:0${staticMac}`, port: `p${staticMac}` }] }),
}));

const portStep = fc.record({
  index: fc.nat(5), of: fc.constantFrom(0, 0, 0, 1, 2), trunk: fc.nat(4), mac: fc.option(mac, { nil: undefined, freq: 2 }), host: fc.integer({ min: -5, max: 5 }), macs: optional(fc.integer({ min: 1, max: 3 })),
  label: optional(fc.constantFrom('x', 'y')), device: fc.nat(20), file: fc.nat(20), via: fc.integer({ min: 2, max: 20 }),
}).map(({ index, of, trunk: isTrunk, mac: own, host, macs, label, device, file, via }) => {
  const spec = {
    ...(own !== undefined && { mac: own }), ...(host >= 0 && { addresses: host === 0 ? [] : [`10.0.${of}.${host}/29`] }), ...(macs !== undefined && { limits: { macs } }),
    ...(file < 6 && { capture: { file: `/tmp/${file}` } }), ...(via < 7 && host > 0 && { routes: [{ to: 'default', via: `10.0.${of}.${via}` }] }),
  };
  const name = `p${index}`;
  const made = isTrunk === 0 ? trunk(name, ['a', 'b'], { ...spec, native: of === 2 ? undefined : names[of] })
    : device < 6 ? tap(name, { ...spec, network: names[of], netns: 'shared', device: `eth${device}` }) : port(name, { ...spec, network: names[of] });
  return label === undefined ? made : { ...made, metadata: { ...(made['metadata'] as object), labels: { app: label } } };
});

const reference = fc.oneof(
  fc.nat(5).map((index) => ({ kind: 'Port', name: `p${index}` })),
  fc.nat(2).map((index) => ({ kind: 'Network', name: names[index]! })),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: portStep }, networkStep), { minLength: 1, maxLength: 3, selector: (one) => `${String(one['kind'])} ${(one['metadata'] as { name: string }).name}` }).map((put) => ({ put, gone: [] })) },
  { weight: 1, arbitrary: fc.array(reference, { minLength: 1, maxLength: 2 }).map((gone) => ({ put: [], gone })) },
);

interface Standing {
  readonly intent: Intent;
  readonly allocations: Allocations;
  readonly claims: Claims;
  readonly tables: TableSet;
}

const sorted = (map: ReadonlyMap<unknown, unknown>): string[] => [...map].map(text).sort();
const rows = (tables: TableSet): string[] => [...sorted(tables.networks), ...sorted(tables.ports), ...sorted(tables.staticMacs)];
const bare = (intent: Intent): Intent => ({ ...intent, networks: new Map(intent.networks), ports: new Map(intent.ports), namespaces: new Map(intent.namespaces) });

function attempt<T>(work: () => T): { readonly done: T } | { readonly refused: string } {
  try {
    return { done: work() };
  } catch (error) {
    if (!(error instanceof VswError)) throw error;
    return { refused: text([messageOf(error), error.errors]) };
  }
}

/** What stands after the step, or what differs between with and without what was known. */
function after({ intent, allocations, claims, tables }: Standing, { put, gone }: Step): Standing | string {
  const held = heldBy(allocations);
  const next = attempt(() => (put.length > 0 ? intentWith(put, intent, held, claims) : intentWithout(gone, intent)));
  const fresh = attempt(() => (put.length > 0 ? intentWith(put, bare(intent), held) : intentWithout(gone, bare(intent))));
  if ('refused' in next || 'refused' in fresh) return text(next) === text(fresh) ? { intent, allocations, claims, tables } : `refused ${text(next)} and ${text(fresh)}`;
  if (text(resourcesOf(next.done)) !== text(resourcesOf(fresh.done))) return 'the intents differ';
  const given = attempt(() => allocate(next.done, allocations, 5, intent));
  const givenAnew = attempt(() => allocate(fresh.done, allocations, 5));
  if (text(given) !== text(givenAnew)) return `allocations ${text(given)} and ${text(givenAnew)}`;
  if ('refused' in given) return { intent, allocations, claims, tables };
  const nextTables = compile(next.done, given.done, { intent, allocations, tables });
  const anew = compile(fresh.done, given.done);
  if (text(rows(nextTables)) !== text(rows(anew))) return `tables ${text(rows(nextTables))} and ${text(rows(anew))}`;
  if (text(plan(tables, nextTables)) !== text(plan(tables, anew))) return `plans ${text(plan(tables, nextTables))} and ${text(plan(tables, anew))}`;
  const nextHeld = heldBy(given.done);
  const nextClaims = claimsAfter(claims, { intent, held }, { intent: next.done, held: nextHeld });
  const claimed = sorted(claimsOf(fresh.done.ports.values(), fresh.done.networks, nextHeld));
  if (text(sorted(nextClaims)) !== text(claimed)) return `claims ${text(sorted(nextClaims))} and ${text(claimed)}`;
  return { intent: next.done, allocations: given.done, claims: nextClaims, tables: nextTables };
}

t.test('incremental', { timeout: 600_000 }, async (t) => {
  let taken = 0;
  let all = 0;
  const property = fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
    const networks = names.map((name, index) => network(name, { subnets: [`10.0.${index}.0/29`], vlan: 100 + index }));
    let standing: Standing = { intent: emptyIntent, allocations: noAllocations, claims: new Map(), tables: emptyTableSet };
    for (const one of [{ put: networks, gone: [] }, ...steps]) {
      const reached = after(standing, one);
      if (typeof reached === 'string') throw new Error(reached);
      all += 1;
      if (reached.intent !== standing.intent) taken += 1;
      standing = reached;
    }
  });
  await holds(t, 'what was known before changes nothing', property as fc.IRawProperty<unknown>, 400);
  t.ok(taken > all / 4, `${taken} of ${all} steps were taken`);
});
