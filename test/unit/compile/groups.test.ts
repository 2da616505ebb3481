import t from 'tap';
import { groupAfter, groupKeyOf, groupOf, subjectOf, type PolicyChoice } from '../../../src/compile/groups.ts';
import { rulesOfPolicy, type PolicyRules } from '../../../src/compile/policy-rules.ts';
import type { PolicyResource } from '../../../src/intent/policy.ts';
import type { PortResource } from '../../../src/intent/port.ts';
import type { PutPort } from '../../../src/table/edits.gen.ts';
import { policy, port } from '../intent/resources.ts';

const entry = (network: number, trunk: number[] = []): PutPort => ({ network, trunk }) as unknown as PutPort;
const labelled = (name: string, labels: Record<string, string>): PortResource => {
  const resource = port(name) as unknown as PortResource;
  return { ...resource, metadata: { ...resource.metadata, labels } };
};

t.test('ports are of one group by namespace, labels and networks', (t) => {
  const key = groupKeyOf(labelled('a', { x: '1', y: '2' }), entry(1));
  t.equal(groupKeyOf(labelled('b', { y: '2', x: '1' }), entry(1)), key);
  t.not(groupKeyOf(labelled('shop/b', { y: '2', x: '1' }), entry(1)), key);
  t.not(groupKeyOf(labelled('b', { x: '1' }), entry(1)), key);
  t.not(groupKeyOf(labelled('b', { x: '1', y: '2' }), entry(1, [1, 2])), key);
  t.strictSame(subjectOf(labelled('shop/b', { x: '1' }), (name) => ({ of: name })), { namespace: 'shop', labels: { x: '1' }, namespaceLabels: { of: 'shop' } });
  t.end();
});

t.test('policies judge where they are in force, in their order', (t) => {
  let next = 2;
  const rules = (name: string, networks?: string[], order = 100): PolicyRules =>
    rulesOfPolicy(policy(name, networks === undefined ? {} : { networks }, { order }) as unknown as PolicyResource, { rule: () => next++, set: () => 70, service: () => 1, network: Number }, undefined);
  const choices = [rules('b'), rules('elsewhere', ['9']), rules('here', ['1'], 50), { set: 3, ports: {}, namespaces: undefined, namespace: undefined, networks: undefined, prefixes: undefined }];
  const subject = { namespace: 'default', labels: {}, namespaceLabels: {} };
  const names = (networks: number[]): unknown => groupOf(subject, networks, choices).judges.map(({ policy: { name }, scope }) => [name, scope]);
  t.strictSame(names([1]), [['Policy/here', 0], ['Policy/b', 0]]);
  t.strictSame(names([1, 2]), [['Policy/here', 70], ['Policy/b', 0]]);
  t.strictSame(names([2]), [['Policy/b', 0]]);
  t.equal(groupOf(subject, [1], choices).sets.length, 1);
  t.end();
});

t.test('a group after some came and went is what it would be of all of them', (t) => {
  let next = 2;
  const rules = (name: string, order: number, networks?: string[]): PolicyRules =>
    rulesOfPolicy(policy(name, networks === undefined ? {} : { networks }, { order }) as unknown as PolicyResource, { rule: () => next++, set: () => 70, service: () => 1, network: Number }, undefined);
  const setOf = (set: number): PolicyChoice => ({ set, ports: {}, namespaces: undefined, namespace: undefined, networks: undefined, prefixes: undefined });
  const all = Array.from({ length: 40 }, (_, index) => (index % 4 === 3 ? setOf(100 - index) : rules(`p-${(index * 7) % 40}`, index % 5, index % 9 === 0 ? ['1'] : undefined)));
  const subject = { namespace: 'default', labels: {}, namespaceLabels: {} };
  const [first, others] = [all.slice(0, 25), all.slice(25)];
  for (const networks of [[1], [1, 2], [2]]) {
    for (const step of [1, 2, 3, 100]) {
      const gone = new Set(first.filter((_, index) => index % step === 0));
      for (const came of [others, [], others.slice(3, 4)]) {
        const wanted = groupOf(subject, networks, [...first.filter((choice) => !gone.has(choice)), ...came]);
        const got = groupAfter(groupOf(subject, networks, first), gone, came);
        t.strictSame(got.judges.map(({ policy: { name }, scope }) => [name, scope]), wanted.judges.map(({ policy: { name }, scope }) => [name, scope]));
        t.strictSame(got.sets.map(({ set }) => set), wanted.sets.map(({ set }) => set));
        t.equal(got.choices.length, wanted.choices.length);
        t.ok(got.choices.every((choice, index) => choice === wanted.choices[index]));
      }
    }
  }
  t.end();
});
