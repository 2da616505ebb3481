import t from 'tap';
import { asKubernetesReads } from '../../../src/intent/kubernetes.ts';

t.test('null is not there, and what the server writes means nothing', (t) => {
  t.strictSame(asKubernetesReads({
    kind: 'NetworkPolicy',
    metadata: { name: 'a', creationTimestamp: null, uid: 'x', managedFields: [{}], labels: null, annotations: { note: 'kept' } },
    spec: { podSelector: { matchLabels: { a: null } }, ingress: [{ from: null, ports: [{ port: null }] }, null], egress: null },
  }), { kind: 'NetworkPolicy', metadata: { name: 'a', annotations: { note: 'kept' } }, spec: { podSelector: { matchLabels: { a: null } }, ingress: [{ ports: [{}] }, null] } });
  t.strictSame(asKubernetesReads({ kind: 'Namespace', metadata: { name: 'a' }, spec: { finalizers: ['kubernetes'] } }), { kind: 'Namespace', metadata: { name: 'a' }, spec: {} });
  t.strictSame(asKubernetesReads({ kind: 'NetworkPolicy', metadata: { name: 'a', namespace: '' } }), { kind: 'NetworkPolicy', metadata: { name: 'a' } });
  for (const value of [null, 7, 'text', []]) t.strictSame(asKubernetesReads(value), value);
  t.end();
});
