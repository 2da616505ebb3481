import t from 'tap';
import { policyOf } from '../../../../bench/filter/policy.ts';

t.test('both directions, in their order, of every port, and nothing else passes', (t) => {
  const resource = policyOf([{ action: 'drop', protocol: 'tcp', peers: '10.1.0.0/16', port: 80 }, { action: 'allow', protocol: 'udp', peers: '10.2.0.0/16' }, { action: 'allow', peers: '10.3.0.0/16' }]);
  const sentences = (side: string): object[] => [
    { action: 'drop', [side]: [{ cidr: '10.1.0.0/16' }], protocols: [{ tcp: [80] }] },
    { action: 'allow', [side]: [{ cidr: '10.2.0.0/16' }], protocols: [{ udp: ['1-65535'] }] },
    { action: 'allow', [side]: [{ cidr: '10.3.0.0/16' }] },
  ];
  t.same(resource, {
    apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'bench' },
    spec: { tier: 'application', appliesTo: {}, ingress: sentences('from'), egress: sentences('to'), default: { ingress: 'drop', egress: 'drop' } },
  });
  t.end();
});
