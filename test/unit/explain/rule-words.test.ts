import t from 'tap';
import { nothingHeld } from '../../../src/intent/held.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import { labelsWords, nameOfProtocol, packetWords, portField, selectorWords, wordsOfRule } from '../../../src/explain/rule-words.ts';
import type { RuleName } from '../../../src/table/rule-names.ts';
import { network, networkPolicy, policy } from '../intent/resources.ts';

const intent = intentWith([
  network('dev', { subnets: ['10.77.0.0/24'], nodeAddresses: ['10.77.0.254', '10.77.0.253'] }),
  policy('web', { networks: ['dev'] }, {
    ingress: [
      { name: 'from-lb', action: 'allow', from: [{ ports: { matchLabels: { app: 'lb' } }, namespaces: { matchLabels: { team: 'shop' } } }, { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }], protocols: [{ tcp: [443, '8000-8100', 'http'] }, { icmp: 'echo-request' }] },
      { action: 'drop', from: [{ networks: ['dev'] }, { namespaces: {} }], protocols: [{ ip: 47 }] },
    ],
    egress: [{ action: 'allow' }],
  }),
  networkPolicy('shop/db', { ingress: [
    { from: [{ podSelector: { matchLabels: { app: 'web' } } }, { namespaceSelector: {}, podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 5432 }, { protocol: 'UDP', port: 1, endPort: 9 }, { protocol: 'SCTP' }] },
    {},
  ] }),
], emptyIntent, nothingHeld);
const words = (policyName: string, rule: string, direction: 'ingress' | 'egress' = 'ingress') =>
  wordsOfRule({ policy: policyName, rule, direction, tier: 'application', action: 'allow' } satisfies RuleName, intent);

t.test('a rule of a policy is said as it is written', (t) => {
  t.same(words('Policy/web', 'from-lb'), {
    peers: 'ports app=lb in namespaces team=shop or 10.0.0.0/8 except 10.1.0.0/16', services: 'tcp 443, 8000-8100, http; icmp echo-request', scope: 'network dev',
  });
  t.same(words('Policy/web', 'ingress[1]'), { peers: 'in network dev or ports in namespaces any', services: 'protocol 47', scope: 'network dev' });
  t.same(words('Policy/web', 'egress[0]', 'egress'), { peers: 'anyone', services: 'any', scope: 'network dev' });
  t.end();
});

t.test('a rule of a NetworkPolicy is said by its pods, blocks and ports', (t) => {
  t.same(words('NetworkPolicy/shop/db', 'ingress[0]'), {
    peers: 'ports app=web in namespace shop or ports any in namespaces any or 10.0.0.0/8', services: 'tcp 5432; udp 1-9; sctp any port', scope: 'namespace shop',
  });
  t.same(words('NetworkPolicy/shop/db', 'ingress[1]'), { peers: 'anyone', services: 'any', scope: 'namespace shop' });
  t.end();
});

t.test('the host is said by its addresses, and what is not there by nothing', (t) => {
  t.match(words('Network/dev', 'nodeAddresses'), { peers: "the host's own addresses, 10.77.0.254 or 10.77.0.253" });
  for (const [name, rule] of [['Policy/no', 'x'], ['NetworkPolicy/shop/no', 'x'], ['Network/no', 'nodeAddresses']] as const) t.equal(words(name, rule), undefined);
  t.end();
});

t.test('selectors, labels and packets', (t) => {
  t.equal(selectorWords({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }, { key: 'x', operator: 'NotIn', values: ['c'] }, { key: 'y', operator: 'Exists' }, { key: 'z', operator: 'DoesNotExist' }] }),
    'app=web, tier in (a, b), x not in (c), y, !z');
  t.equal(labelsWords({}), 'no labels');
  t.equal(labelsWords({ app: 'web' }), 'app=web');
  t.same([[6, 80], [17, 53], [1, 8 << 8], [58, 128 << 8], [1, 3 << 8 | 4], [47, 0]].map(([protocol, value]) => packetWords(protocol!, value!)),
    ['tcp 80', 'udp 53', 'icmp echo-request', 'icmpv6 echo-request', 'icmp 3/4', 'protocol 47']);
  t.same([6, 1, 58].map(portField), ['destinationPort', 'type', 'type']);
  t.equal(nameOfProtocol(132), 'sctp');
  t.end();
});
