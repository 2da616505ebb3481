import t from 'tap';
import { keptOf, ratiosOfPairs } from '../../../bench/pairs.ts';

t.test('each pair has both ways, and which of them is first alternates', async (t) => {
  const turns: boolean[] = [];
  const ratios = await ratiosOfPairs(3, async (isWith) => {
    turns.push(isWith);
    return await Promise.resolve(isWith ? 45 : 50);
  });
  t.same(turns, [true, false, false, true, true, false]);
  t.same(ratios, [90, 90, 90]);
});

t.test('a machine that gets slower and slower favours neither', async (t) => {
  let speed = 100;
  const ratios = await ratiosOfPairs(16, async () => await Promise.resolve((speed *= 0.99)));
  const [kept] = keptOf('a', ratios);
  t.ok(Math.abs(kept!.value - 100) < 0.1, `${kept!.value} is next to 100`);
});

t.test('the median with its interval, and without one when there are too few pairs', (t) => {
  const ratios = [97, 99, 98, 101, 96, 95, 100, 99, 98, 97, 98, 99, 98, 97, 99, 98];
  t.same(keptOf('a', ratios).map(({ variant, metric, value }) => [variant, metric, value]), [['a', 'kept', 98], ['a', 'kept_low', 97], ['a', 'kept_high', 99]]);
  t.same(keptOf('a', [99, 100]).map(({ metric }) => metric), ['kept']);
  t.end();
});
