import t from 'tap';
import { checkSelector, selectorKey, selectorSchema, selects, type Selector } from '../../../src/intent/selector.ts';
import { checkStructure } from '../../../src/intent/structure.ts';

const labels = { app: 'web', tier: 'front', constructor: 'x' };

t.test('all that a selector says must be true', (t) => {
  const cases: [Selector, boolean][] = [
    [{}, true], [{ matchLabels: {} }, true], [{ matchLabels: { app: 'web' } }, true], [{ matchLabels: { app: 'web', tier: 'back' } }, false], [{ matchLabels: { zone: '' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] }, true],
    [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }, { key: 'app', operator: 'Exists' }] }, true],
    [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
    [{ matchLabels: { constructor: 'x' } }, true], [{ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }, false],
  ];
  for (const [selector, wanted] of cases) t.equal(selects(selector, labels), wanted, JSON.stringify(selector));
  t.end();
});

t.test('selectors that say the same have one key', (t) => {
  const one: Selector = { matchLabels: { b: '2', a: '1' }, matchExpressions: [{ key: 'x', operator: 'In', values: ['2', '1', '2'] }, { key: 'y', operator: 'Exists' }] };
  const other: Selector = { matchLabels: { a: '1', b: '2' }, matchExpressions: [{ key: 'y', operator: 'Exists', values: [] }, { key: 'x', operator: 'In', values: ['1', '2'] }] };
  t.equal(selectorKey(one), selectorKey(other));
  t.equal(selectorKey({}), selectorKey({ matchLabels: {} }));
  t.not(selectorKey({ matchLabels: { a: 'b' } }), selectorKey({ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }));
  t.end();
});

t.test('what makes no sense is told', (t) => {
  const told: string[] = [];
  checkSelector({ matchExpressions: [{ key: 'a', operator: 'In' }, { key: 'a', operator: 'Exists', values: ['b'] }, { key: 'a', operator: 'NotIn', values: ['b'] }] }, '/s', (field, message, remedy) => told.push(`${field}: ${message}; ${remedy}`));
  t.match(told, [/^\/s\/matchExpressions\/0\/values: In needs values/, /^\/s\/matchExpressions\/1\/values: Exists asks for the key alone/]);
  t.equal(told.length, 2);
  const schema = selectorSchema('whoever');
  t.strictSame(checkStructure(schema, { matchLabels: { 'a/b': '' }, matchExpressions: [{ key: 'a.b/c', operator: 'Exists' }] }, ''), []);
  t.strictSame(checkStructure(schema, { matchLabels: { '-a': 'x', b: 'sp ace' }, matchExpressions: [{ operator: 'in' }], labels: {} }, '').map(({ path }) => path), [
    '/matchLabels/-a', '/matchLabels/b', '/matchExpressions/0/key', '/matchExpressions/0/operator', '/labels',
  ]);
  t.end();
});
