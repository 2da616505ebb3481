import fc from 'fast-check';
import t from 'tap';
import { differing, SharedMap } from '../../src/shared-map.ts';

type Step = { readonly key: number; readonly value: number | undefined; readonly copies: boolean };
const step: fc.Arbitrary<Step> = fc.record({ key: fc.nat(300), value: fc.option(fc.nat(3), { nil: undefined }), copies: fc.boolean() });

const sorted = <K, V>(map: ReadonlyMap<K, V>): [K, V][] => [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));

for (const [name, keyOf] of [['numbers', (key: number) => key], ['texts', (key: number) => `default/port-${key}`]] as const) {
  t.test(`with ${name} for keys it holds what a Map would, and no copy sees what another became`, (t) => {
    fc.assert(fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
      const plain = new Map<number | string, number>();
      let shared = new SharedMap<number | string, number>();
      const earlier: { plain: Map<number | string, number>; shared: SharedMap<number | string, number> }[] = [];
      for (const { key: number, value, copies } of steps) {
        const key = keyOf(number);
        if (copies) {
          earlier.push({ plain: new Map(plain), shared });
          shared = new SharedMap(shared);
        }
        if (value === undefined) t.equal(shared.delete(key), plain.delete(key));
        else {
          shared.set(key, value);
          plain.set(key, value);
        }
      }
      for (const one of [...earlier, { plain, shared }]) {
        t.equal(one.shared.size, one.plain.size);
        t.strictSame(sorted(one.shared), sorted(one.plain));
        const wanted = [...new Set([...one.plain.keys(), ...plain.keys()])].filter((key) => one.plain.get(key) !== plain.get(key)).sort();
        t.strictSame([...differing(one.shared, shared)].sort(), wanted);
        t.strictSame([...differing<number | string, number>(one.plain, shared)].sort(), wanted, 'beside a plain one');
      }
    }), { numRuns: 60 });
    t.end();
  });
}

t.test('the one that was copied may be written to, and its copy stays', (t) => {
  const first = new SharedMap<string, number>([['a', 1], ['b', 2]].reduce((map, [key, value]) => map.set(key as string, value as number), new Map<string, number>()));
  const second = new SharedMap(first);
  first.set('a', 3).delete('b');
  t.strictSame(sorted(second), [['a', 1], ['b', 2]]);
  t.strictSame(sorted(first), [['a', 3]]);
  t.end();
});

t.test('it is read as a Map is', (t) => {
  const map = new SharedMap(new Map([['a', 1], ['b', 2]]));
  const seen: [string, number][] = [];
  map.forEach((value, key) => seen.push([key, value]));
  t.strictSame(seen.sort(), [['a', 1], ['b', 2]]);
  t.strictSame([...map.keys()].sort(), ['a', 'b']);
  t.strictSame([...map.values()].sort(), [1, 2]);
  t.ok(map.has('a'));
  t.notOk(map.has('c'));
  t.equal(map.get('c'), undefined);
  t.notOk(map.delete('c'));
  t.end();
});

t.test('a change among many copies little and is found by looking at little', (t) => {
  const many = new SharedMap(new Map(Array.from({ length: 20_000 }, (_, index) => [`default/port-${index}`, { index }])));
  let read = 0;
  const counted = new Proxy({ index: 7 }, { get: () => (read += 1) });
  const changed = new SharedMap(many).set('default/port-7', counted);
  t.strictSame(differing(many, changed), ['default/port-7']);
  t.equal(read, 0, 'values are told apart by what they are, not by what they hold');
  t.end();
});
