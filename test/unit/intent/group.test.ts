import t from 'tap';
import { groupBy } from '../../../src/intent/group.ts';

t.test('groups keep the order of their items and of their first ones', (t) => {
  const groups = groupBy(['apple', 'bean', 'avocado', 'beet'], (word) => word[0]);
  t.strictSame([...groups], [['a', ['apple', 'avocado']], ['b', ['bean', 'beet']]]);
  t.equal(groupBy([], () => 1).size, 0);
  t.end();
});
