import t from 'tap';
import { medianInterval, quantile, summarise } from '../../../bench/statistics.ts';

t.test('the median is in the middle, of an even number between the two', (t) => {
  t.same(summarise([3, 1, 2]), { median: 2, min: 1, max: 3 });
  t.same(summarise([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
  t.same(summarise([7]), { median: 7, min: 7, max: 7 });
  t.throws(() => summarise([]), /no samples/);
  t.end();
});

t.test('one disturbed sample does not move the median', (t) => {
  t.equal(summarise([10, 11, 12, 13, 1000]).median, 12);
  t.end();
});

t.test('the samples stay as they were given', (t) => {
  const samples = [3, 1, 2];
  summarise(samples);
  quantile(samples, 0.5);
  t.same(samples, [3, 1, 2]);
  t.end();
});

t.test('a quantile is a sample of the nearest rank', (t) => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  t.equal(quantile(hundred, 0.99), 99);
  t.equal(quantile(hundred, 0.5), 50);
  t.equal(quantile(hundred, 0), 1);
  t.equal(quantile(hundred, 1), 100);
  t.end();
});

t.test('the interval of a median: the ranks of the sign test', (t) => {
  // From tables of the binomial distribution: n = 15 takes the 4th from both ends, n = 6 the extremes, n = 5 has none.
  const counted = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);
  t.same(medianInterval(counted(15)), { low: 4, high: 12 });
  t.same(medianInterval(counted(16)), { low: 4, high: 13 });
  t.same(medianInterval(counted(6)), { low: 1, high: 6 });
  t.equal(medianInterval(counted(5)), undefined);
  t.same(medianInterval(counted(100)), { low: 40, high: 61 });
  t.end();
});
