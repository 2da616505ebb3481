import t from 'tap';
import { groupKeyOf, groupOf, subjectOf } from '../../../src/compile/groups.ts';
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
