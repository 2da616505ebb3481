import t from 'tap';
import { isolates, NetworkPolicySchema } from '../../../src/intent/network-policy.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { networkPolicy } from './resources.ts';

t.test('a NetworkPolicy isolates where it says so, otherwise ingress, and egress when it has rules for it', (t) => {
  const isolated = (spec: Parameters<typeof isolates>[0]): boolean[] => [isolates(spec, 'ingress'), isolates(spec, 'egress')];
  t.strictSame(isolated({}), [true, false]);
  t.strictSame(isolated({ policyTypes: [] }), [true, false]);
  t.strictSame(isolated({ egress: [] }), [true, false]);
  t.strictSame(isolated({ egress: [{}] }), [true, true]);
  t.strictSame(isolated({ policyTypes: ['Egress'], ingress: [{}] }), [false, true]);
  t.strictSame(isolated({ policyTypes: ['Ingress'], egress: [{}] }), [true, false]);
  t.end();
});

t.test('its form is that of Kubernetes', (t) => {
  t.strictSame(checkStructure(NetworkPolicySchema, networkPolicy('shop/a', {
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } }, { namespaceSelector: { matchLabels: { project: 'x' } }, podSelector: {} }], ports: [{ protocol: 'TCP', port: 6379 }, { port: 'http' }, { port: 1, endPort: 9 }, {}] }],
    egress: [{}],
  }), ''), []);
  t.strictSame(checkStructure(NetworkPolicySchema, networkPolicy('a', { policyTypes: ['ingress'], ingress: [{ to: [], ports: [{ protocol: 'tcp', port: 0 }] }], tier: 'x' }), '').map(({ path }) => path).sort(), [
    '/spec/ingress/0/ports/0/port', '/spec/ingress/0/ports/0/protocol', '/spec/ingress/0/to', '/spec/policyTypes/0', '/spec/tier',
  ]);
  t.end();
});
