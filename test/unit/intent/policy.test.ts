import t from 'tap';
import { networksNamedBy, PolicySchema, PolicySpecSchema, ruleNameOf, type PolicyResource } from '../../../src/intent/policy.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { policy } from './resources.ts';

const contract = {
  apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'web-ingress' },
  spec: {
    tier: 'application', order: 100, appliesTo: { ports: { matchLabels: { app: 'web' } }, namespaces: {}, networks: ['dev'] },
    ingress: [{
      name: 'from-lb', action: 'allow',
      from: [{ ports: { matchLabels: { app: 'lb' } }, namespaces: { matchLabels: { team: 'shop' } } }, { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, { networks: ['ops'] }],
      protocols: [{ tcp: [443, '8000-8100', 'http'] }, { udp: [53] }, { sctp: [3868] }, { icmp: 'echo-request' }, { icmpv6: 128 }, { ip: 47 }], log: false,
    }],
    egress: [], default: { ingress: 'drop' }, established: 'recheck', enforce: true,
  },
};

t.test('the policy of the contract has the form', (t) => {
  t.strictSame(checkStructure(PolicySchema, contract, ''), []);
  t.strictSame(checkStructure(PolicySchema, policy('all', {}, { order: -5 }), ''), []);
  t.strictSame([...networksNamedBy(contract as unknown as PolicyResource)], ['dev', 'ops']);
  t.end();
});

t.test('what it does not have is refused where it stands', (t) => {
  const errors = checkStructure(PolicySchema, {
    ...policy('x', { pods: {} }, {
      tier: 'top', order: 1.5, established: 'forget', enforce: 'yes', default: { ingress: 'deny' },
      ingress: [{ action: 'permit', to: [] }, { from: [{ cidr: '10.0.0.1', port: 1 }] }],
    }), extra: 1,
  }, '');
  t.strictSame(errors.map(({ path }) => path).sort(), [
    '/extra', '/spec/appliesTo/pods', '/spec/default/ingress', '/spec/enforce', '/spec/established', '/spec/ingress/0/action', '/spec/ingress/0/to', '/spec/ingress/1/action',
    '/spec/ingress/1/from/0/cidr', '/spec/ingress/1/from/0/port', '/spec/order', '/spec/tier',
  ].sort());
  t.match(errors.find(({ path }) => path.endsWith('cidr')), { remedy: 'write 10.0.0.1/32 for this one address' });
  t.match(checkStructure(PolicySchema, { ...contract, spec: {} }, ''), [{ path: '/spec/appliesTo', message: 'appliesTo is missing' }]);
  t.end();
});

t.test('a rule may be called as people call things', (t) => {
  const toldAt = (name: string): string[] => checkStructure(PolicySpecSchema, { appliesTo: {}, ingress: [{ name, action: 'allow' }] }, '').map(({ path }) => path);
  for (const name of ['from-lb', 'Allow_DNS.v2', 'R1', 'x'.repeat(63)]) t.strictSame(toldAt(name), [], name);
  for (const name of ['', '-a', 'a-', 'ingress[0]', 'a b', 'ä', 'x'.repeat(64)]) t.strictSame(toldAt(name), ['/ingress/0/name'], name);
  t.end();
});

t.test('a rule without a name is called by its place', (t) => {
  t.equal(ruleNameOf({ action: 'allow' }, 'ingress', 3), 'ingress[3]');
  t.equal(ruleNameOf({ action: 'allow', name: 'x' }, 'egress', 3), 'x');
  t.end();
});
