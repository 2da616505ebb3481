import t from 'tap';
import { duration } from '../../../bench/progress.ts';

t.test('seconds, and minutes when they are many', (t) => {
  t.same([0, 59.4, 60, 125, -3].map(duration), ['0 s', '59 s', '1 min 0 s', '2 min 5 s', '0 s']);
  t.end();
});
