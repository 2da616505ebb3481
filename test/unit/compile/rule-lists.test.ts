import t from 'tap';
import { rulesOfPolicy, nodeRule } from '../../../src/compile/policy-rules.ts';
import { inOrder, judgesIn, keyOfJudges, rulesOfJudges, type Judge } from '../../../src/compile/rule-lists.ts';
import type { PolicyResource } from '../../../src/intent/policy.ts';
import { networkPolicy, policy } from '../intent/resources.ts';

let next = 2;
const judge = (resource: unknown, scope = 0): Judge => ({
  policy: rulesOfPolicy(resource as PolicyResource, { rule: () => next++, set: () => 50, service: () => 1, network: () => 1 }, undefined), scope,
});
const with_ = (name: string, action: string, otherwise: string | undefined, more: Record<string, unknown> = {}): unknown =>
  policy(name, {}, { ingress: [{ name, action }], ...(otherwise !== undefined && { default: { ingress: otherwise } }), ...more });
const nodes = [{ network: 1, rule: nodeRule(1000, 9) }];

t.test('a tier is all its rules, then the first default, and the next tier follows', (t) => {
  const judges = [judge(with_('b', 'allow', 'drop')), judge(with_('a', 'drop', 'allow', { order: 200 })), judge(with_('z', 'reject', undefined, { tier: 'baseline' })), judge(networkPolicy('n'))]
    .sort((one, other) => inOrder(one.policy, other.policy));
  t.strictSame(rulesOfJudges(judges, nodes, 'ingress').map(({ tier, action, source }) => [tier, action, source]), [[3, 0, 0], [3, 1, 0], [3, 1, 0], [4, 0, 9], [4, 1, 0], [5, 2, 0]]);
  t.end();
});

t.test('a default of a scope leaves room for the next one', (t) => {
  const judges = [judge(with_('a', 'allow', 'drop'), 77), judge(with_('b', 'allow', 'reject')), judge(with_('c', 'allow', 'allow'))];
  t.strictSame(rulesOfJudges(judges, [], 'ingress').map(({ action, destination }) => [action, destination]), [[0, 77], [0, 0], [0, 0], [1, 77], [2, 0]]);
  t.end();
});

t.test('who has nothing to say in a direction does not judge there, and a key tells lists apart', (t) => {
  const judges = [judge(with_('a', 'allow', undefined)), judge(networkPolicy('n', { policyTypes: ['Egress'] }))];
  t.strictSame(judgesIn(judges, 'ingress').map(({ policy: { name } }) => name), ['Policy/a']);
  t.strictSame(judgesIn(judges, 'egress').map(({ policy: { name } }) => name), ['NetworkPolicy/default/n']);
  t.equal(keyOfJudges([], nodes, 'ingress'), '');
  const keys = [keyOfJudges(judges, [], 'ingress'), keyOfJudges(judges, [], 'egress'), keyOfJudges(judges, nodes, 'ingress'), keyOfJudges(judges.slice(0, 1), [], 'ingress'), keyOfJudges([{ ...judges[0]!, scope: 5 }], [], 'ingress')];
  t.equal(new Set(keys).size, keys.length);
  t.end();
});
