import t from 'tap';
import { nameOfRule, noRuleNames, type RuleNames } from '../../../src/table/rule-names.ts';

t.test('without rules no number means anything', (t) => {
  t.equal(noRuleNames.get(1), undefined);
  t.equal(noRuleNames.get(7), undefined);
  t.strictSame([...noRuleNames.all()], []);
  t.end();
});

t.test('the default of the network is a rule with a name, and a number without one is nobody', (t) => {
  const names: RuleNames = { get: (id) => (id === 7 ? { policy: 'Policy/web', rule: 'from-lb', tier: 'application', direction: 'ingress', action: 'allow' } : undefined), all: () => [] };
  t.same(nameOfRule(names, 1, 'dev'), { policy: 'Network/dev', rule: 'default', tier: '' });
  t.same(nameOfRule(names, 7, 'dev'), { policy: 'Policy/web', rule: 'from-lb', tier: 'application' });
  for (const [id, network] of [[0, 'dev'], [8, 'dev'], [1, '']] as const) t.same(nameOfRule(names, id, network), { policy: '', rule: '', tier: '' });
  t.end();
});
