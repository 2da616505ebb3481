import t from 'tap';
import { groupOf, type PolicyChoice } from '../../../src/compile/groups.ts';
import { ListRegister } from '../../../src/compile/list-register.ts';
import { rulesOfPolicy, type PolicyRules } from '../../../src/compile/policy-rules.ts';
import type { PolicyResource } from '../../../src/intent/policy.ts';
import { SharedMap } from '../../../src/shared-map.ts';
import type { PutRules } from '../../../src/table/edits.gen.ts';
import { policy } from '../intent/resources.ts';

let next = 2;
const rules = (name: string, before?: PolicyRules, ...values: number[]): PolicyRules => rulesOfPolicy(
  policy(name, {}, { ingress: values.map((value) => ({ action: 'allow', protocols: [{ tcp: [value] }] })) }) as unknown as PolicyResource,
  { rule: () => next++, set: () => 1, service: () => 1, network: () => 1 }, before,
);
const group = (...choices: PolicyChoice[]) => groupOf({ namespace: 'default', labels: {}, namespaceLabels: {} }, [1], choices);
const noNode = (): undefined => undefined;

t.test('groups with the same policies share a list, which goes with the last of them', (t) => {
  const table = new SharedMap<number, PutRules>();
  const a = rules('a', undefined, 1);
  const first = new ListRegister();
  first.update([{ key: 'x', now: group(a) }, { key: 'y', now: group(a) }, { key: 'z', now: group() }], noNode, table);
  t.strictSame(['x', 'y', 'z', 'nobody'].map((key) => first.numbersOf(key)), [[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]);
  t.equal(table.size, 1);
  const second = new ListRegister(first);
  second.update([{ key: 'x', now: undefined }], noNode, table);
  t.equal(table.size, 1);
  second.update([{ key: 'y', now: undefined }], noNode, table);
  t.equal(table.size, 0);
  second.update([{ key: 'w', now: group(rules('b', undefined, 2)) }], noNode, table);
  t.strictSame(second.numbersOf('w'), [1, 0, 0, 0], 'a number that is free is given again');
  t.strictSame(first.numbersOf('x'), [1, 0, 0, 0], 'what was given away is as it was');
  t.end();
});

t.test('a list that nobody else has keeps its number when it changes', (t) => {
  const table = new SharedMap<number, PutRules>();
  const [a, b] = [rules('a', undefined, 1), rules('b', undefined, 2)];
  const lists = new ListRegister();
  lists.update([{ key: 'x', now: group(a) }, { key: 'y', now: group(a) }], noNode, table);
  lists.update([{ key: 'x', now: group(a, b) }], noNode, table);
  t.strictSame(lists.numbersOf('x'), [2, 0, 0, 0], 'the other group needs the old one');
  lists.update([{ key: 'x', now: group(b) }], noNode, table);
  t.strictSame(lists.numbersOf('x'), [2, 0, 0, 0]);
  const more = rules('b', b, 2, 3);
  lists.update([{ key: 'x', now: group(more) }], noNode, table);
  t.strictSame(table.get(2)?.rules.map(({ services }) => services[0]?.first), [2, 3], 'the same policies that say something else');
  t.equal(table.get(2)?.rules[0], b.ingress.rules[0]);
  const held = table.get(2);
  lists.update([{ key: 'x', now: group(more) }], noNode, table);
  t.equal(table.get(2), held);
  t.equal(table.size, 2);
  t.end();
});
