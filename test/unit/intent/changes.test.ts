import t from 'tap';
import { changesBetween, sameData } from '../../../src/intent/changes.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { intentWith, intentWithout } from '../../../src/intent/validate.ts';
import { namespace, network, port } from './resources.ts';

const before = intentWith([network('dev', { mtu: 1500 }), port('shop/a'), port('b')], emptyIntent, nothingHeld);

t.test('what is new, other or gone is a change; what is equal is none', (t) => {
  const after = intentWith([network('dev', { mtu: 1400 }), port('shop/a'), port('c'), namespace('shop')], intentWithout([{ kind: 'Port', name: 'b' }], before), nothingHeld);
  t.strictSame(changesBetween(before, after), [
    { action: 'update', kind: 'Network', name: 'dev' },
    { action: 'create', kind: 'Namespace', name: 'shop' },
    { action: 'delete', kind: 'Port', name: 'b' },
    { action: 'create', kind: 'Port', name: 'c' },
  ]);
  t.strictSame(changesBetween(before, before), []);
  t.end();
});

t.test('the same wish in other letters is no change', (t) => {
  const one = intentWith([network('dev', { subnets: ['fd00:77::/64'] }), port('a', { mac: '02:00:00:00:00:AA', addresses: ['fd00:77::1/64'] })], emptyIntent, nothingHeld);
  const two = intentWith([{ ...port('a', { addresses: ['FD00:0077:0::1/64'], mac: '02-00-00-00-00-aa' }), status: { state: 'ready' } }], one, nothingHeld);
  t.strictSame(changesBetween(one, two), []);
  t.end();
});

t.test('plain values are compared whole, without regard to the order of keys', (t) => {
  t.ok(sameData({ a: 1, b: [1, { c: 2n }] }, { b: [1, { c: 2n }], a: 1 }));
  t.ok(sameData({ a: undefined }, {}));
  t.notOk(sameData([1, 2], [2, 1]));
  t.notOk(sameData([1], [1, 2]));
  t.notOk(sameData([], {}));
  t.notOk(sameData({ a: null }, { a: 0 }));
  for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty']) {
    t.notOk(sameData({ a: '1' }, { a: '1', [name]: 'x' }), `${name} came`);
    t.notOk(sameData({ a: '1', [name]: 'x' }, { a: '1' }), `${name} went`);
  }
  t.end();
});
