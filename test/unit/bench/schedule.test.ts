import t from 'tap';
import { schedule } from '../../../bench/schedule.ts';

t.test('drivers take turns inside each part, and rounds follow each other', (t) => {
  const cells = [
    { scenario: 's', driver: 'a', part: '1' }, { scenario: 's', driver: 'a', part: '2' },
    { scenario: 's', driver: 'b', part: '1' }, { scenario: 's', driver: 'b', part: '2' },
  ];
  const order = schedule(cells, 2).map(({ driver, part }) => `${driver}${part}`);
  t.same(order, ['a1', 'b1', 'a2', 'b2', 'a1', 'b1', 'a2', 'b2']);
  t.same(schedule([], 3), []);
  t.end();
});
