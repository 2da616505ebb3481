import t from 'tap';
import { nodeRule, ruleTiers, rulesOfPolicy, scopedRule, serviceKey, type PolicyRules, type RuleNumbers } from '../../../src/compile/policy-rules.ts';
import type { NetworkPolicyResource } from '../../../src/intent/network-policy.ts';
import type { PolicyResource } from '../../../src/intent/policy.ts';
import { networkPolicy, policy } from '../intent/resources.ts';

function numbers(): RuleNumbers {
  const given = new Map<string, number>();
  const of = (key: string): number => given.get(key) ?? given.set(key, 100 + given.size).get(key)!;
  let next = 2;
  return { rule: () => next++, set: of, service: of, network: (name) => (name === 'dev' ? 7 : 5) };
}
const rules = (resource: unknown, from = numbers(), before?: PolicyRules): PolicyRules => rulesOfPolicy(resource as PolicyResource | NetworkPolicyResource, from, before);

t.test('a rule has the numbers of what it names', (t) => {
  const web = rules(policy('web', { networks: ['dev', 'ops'] }, {
    tier: 'infrastructure', established: 'keep', enforce: false,
    ingress: [{ name: 'x', action: 'reject', log: true, from: [{ ports: {} }], protocols: [{ tcp: ['http', 80] }, { icmp: 'echo-request' }] }],
    egress: [{ action: 'pass' }], default: { egress: 'drop' },
  }));
  t.strictSame(web.ingress.rules, [{
    id: 2, action: 2, tier: 1, flags: 1 | 2 | 4, source: 100, destination: 0, sourcePorts: [],
    services: [{ protocol: 6, first: 0, last: 65_535, named: 101 }, { protocol: 6, first: 80, last: 80, named: 0 }, { protocol: 1, first: 0x800, last: 0x8ff, named: 0 }],
  }]);
  t.strictSame(web.egress.rules.map(({ id, action, flags }) => [id, action, flags]), [[3, 3, 6]]);
  t.match(web.egress.otherwise, { id: 4, action: 1 });
  t.equal(web.ingress.otherwise, undefined);
  t.match(web, { name: 'Policy/web', order: 100, isAudited: true, networks: [5, 7], scope: 102 });
  t.strictSame([...web.services], [serviceKey(6, 'http')]);
  t.equal(web.sets.size, 2);
  t.strictSame([...web.names.values()].map(({ rule, direction, action, tier }) => `${direction} ${rule} ${action} ${tier}`), [
    'ingress x reject infrastructure', 'egress egress[0] pass infrastructure', 'egress default drop infrastructure',
  ]);
  t.end();
});

t.test('a NetworkPolicy allows what it lists and drops the rest where it isolates', (t) => {
  const deny = rules(networkPolicy('shop/deny', { ingress: [{ from: [], ports: [{ port: 80, endPort: 90 }, { protocol: 'UDP' }, { port: 'dns', protocol: 'SCTP' }] }, { from: [{ podSelector: {} }] }] }));
  t.match(deny, { name: 'NetworkPolicy/shop/deny', tier: 4, namespace: 'shop', ports: {}, egress: { rules: [], otherwise: undefined, isolates: false } });
  t.match(deny.ingress, { isolates: true, otherwise: { action: 1, source: 0 } });
  t.strictSame(deny.ingress.rules[0]?.services.map(({ protocol, first, last, named }) => [protocol, first, last, named > 0]), [[6, 80, 90, false], [17, 0, 65_535, false], [132, 0, 65_535, true]]);
  t.strictSame(deny.ingress.rules.map(({ source }) => source > 0), [false, true]);
  t.strictSame(ruleTiers, ['emergency', 'infrastructure', 'environment', 'application', 'networkPolicy', 'baseline']);
  t.end();
});

t.test('numbers stay with rules, which are known by their names or by what they say', (t) => {
  const shared = numbers();
  const rule = (value: number): object => ({ action: 'allow', protocols: [{ tcp: [value] }] });
  const one = rules(policy('x', {}, { ingress: [rule(1), rule(1), { name: 'n', ...rule(2) }] }), shared);
  const two = rules(policy('x', {}, { ingress: [rule(3), rule(1), { name: 'n', ...rule(9) }, rule(1)] }), shared, one);
  const ids = (from: PolicyRules): number[] => from.ingress.rules.map(({ id }) => id);
  t.strictSame(ids(one), [2, 3, 4]);
  t.strictSame(ids(two), [5, 2, 4, 3]);
  t.equal(two.ingress.rules[1], one.ingress.rules[0], 'what is equal stays the same object');
  t.equal(two.names.get(2)?.rule, 'ingress[1]');
  t.end();
});

t.test('a scope is the own end of a rule', (t) => {
  const rule = nodeRule(9, 3);
  t.match(scopedRule(rule, 'ingress', 5), { source: 3, destination: 5 });
  t.match(scopedRule({ ...rule, source: 0, destination: 4 }, 'egress', 5), { source: 5, destination: 4 });
  t.end();
});
