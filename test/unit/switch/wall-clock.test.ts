import t from 'tap';
import { WallClock } from '../../../src/switch/wall-clock.ts';

t.test('a moment is told alike each time, until the wall clock is set', (t) => {
  let [dataplane, wall] = [5_000, 1_000_000];
  const clock = new WallClock(() => dataplane, () => wall);
  t.equal(clock.apartMs(), 995_000);
  [dataplane, wall] = [6_000, 1_001_001];
  t.equal(clock.apartMs(), 995_000, 'a millisecond is how they are read');
  [dataplane, wall] = [7_000, 1_005_000];
  t.equal(clock.apartMs(), 998_000);
  [dataplane, wall] = [8_000, 900_000];
  t.equal(clock.apartMs(), 892_000, 'nor is it ever told in the future');
  t.end();
});
