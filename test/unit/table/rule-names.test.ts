import t from 'tap';
import { noRuleNames } from '../../../src/table/rule-names.ts';

t.test('without rules no number means anything', (t) => {
  t.equal(noRuleNames.get(1), undefined);
  t.equal(noRuleNames.get(7), undefined);
  t.end();
});
