import t from 'tap';
import { NetworkPolicySchema } from '../../../src/intent/network-policy.ts';
import { NetworkSchema } from '../../../src/intent/network.ts';
import { PolicySchema } from '../../../src/intent/policy.ts';
import { PortSchema } from '../../../src/intent/port.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { network, networkPolicy, policy, port } from './resources.ts';

const told = (schema: unknown, value: unknown): string[] => checkStructure(schema, value, '').map(({ path, remedy }) => `${path}: ${remedy}`);

t.test('a field that narrows a rule is never to be removed', (t) => {
  const rule = (direction: string, rest: Record<string, unknown>) => policy('p', {}, { [direction]: [{ action: 'allow', ...rest }] });
  t.match(told(PolicySchema, rule('egress', { from: [] })), [/^\/spec\/egress\/0\/from: did you mean to\?/]);
  t.match(told(PolicySchema, rule('ingress', { to: [] })), [/^\/spec\/ingress\/0\/to: did you mean from\?/]);
  t.match(told(PolicySchema, rule('ingress', { ports: [80], tcp: [80] })), [/ports: write protocols/, /tcp: write protocols/]);
  t.match(told(PolicySchema, rule('ingress', { from: [{ podSelector: {} }, { matchLabels: {} }, { ports: { app: 'web' } }] })), [/mean ports\?/, /write ports: \{matchLabels/, /write matchLabels: \{app: web\}/]);
  t.match(told(NetworkPolicySchema, networkPolicy('n', { egress: [{ from: [] }], ingress: [{ to: [] }] })), [/egress.*did you mean to\?/, /ingress.*did you mean from\?/]);
  t.end();
});

t.test('whom a policy applies to is said in its own words', (t) => {
  t.strictSame(told(PolicySchema, policy('p', { ports: { app: 'web' }, namespaces: { team: 'a' } })), [
    '/spec/appliesTo/ports/app: write matchLabels: {app: web}', '/spec/appliesTo/namespaces/team: write matchLabels: {team: a}',
  ]);
  t.strictSame(told(PolicySchema, policy('p', { podSelector: {} })), ['/spec/appliesTo/podSelector: did you mean ports?']);
  t.match(told(PolicySchema, policy('p', {}, { applyTo: {}, podSelector: {} })), [/applyTo: did you mean appliesTo\?/, /write appliesTo: \{ports/]);
  t.strictSame(told(NetworkPolicySchema, networkPolicy('n', { appliesTo: {} })), ['/spec/appliesTo: did you mean podSelector?']);
  t.end();
});

t.test('what stands in metadata is told to stand there', (t) => {
  for (const [schema, resource] of [
    [PortSchema, port('a', { labels: {} })], [NetworkSchema, network('dev', { labels: {} })], [PolicySchema, policy('p', {}, { labels: {} })], [NetworkPolicySchema, networkPolicy('n', { labels: {} })],
  ]) t.strictSame(told(schema, resource), ['/spec/labels: write them in metadata: labels stand there']);
  t.strictSame(told(PortSchema, port('a', { namespace: 'shop' })), ['/spec/namespace: write it in metadata: namespace stands there']);
  t.end();
});
