import t from 'tap';
import { compareCases } from '../../../../bench/native/comparison.ts';

t.test('what became worse than is allowed is counted and marked', (t) => {
  const { text, worse } = compareCases([
    { name: 'path: hit', before: 100, now: 103 }, { name: 'path: miss', before: 200, now: 202 }, { name: 'better', before: 100, now: 90 },
  ], 2);
  t.equal(worse, 1);
  t.match(text, /path: hit +100\.0 +103\.0 +\+3\.0 % {2}worse/);
  t.match(text, /path: miss +200\.0 +202\.0 +\+1\.0 %\n/);
  t.match(text, /better.*-10\.0 %/);
  t.match(text, /1 of 3 cases are worse by more than 2 %/);
  t.end();
});

t.test('exactly as much as is allowed is allowed', (t) => {
  t.equal(compareCases([{ name: 'a', before: 100, now: 102 }], 2).worse, 0);
  t.match(compareCases([{ name: 'a', before: 0, now: 5 }], 2).text, /no case is worse/);
  t.end();
});
