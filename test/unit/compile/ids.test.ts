import t from 'tap';
import { Register } from '../../../src/compile/ids.ts';

t.test('a number is kept while somebody needs it, and not given again', (t) => {
  const first = new Register<number>();
  t.equal(first.take('a', (number) => number), 1);
  t.equal(first.take('b', (number) => number), 2);
  t.equal(first.take('a', (number) => number), 1);
  const second = new Register(first);
  second.release('a');
  t.equal(second.get('a'), 1, 'needed once still');
  second.release('a');
  t.equal(second.get('a'), undefined);
  t.equal(second.take('a', (number) => number), 3);
  t.equal(first.get('a'), 1, 'what was given away is as it was');
  t.strictSame([...second.values()].sort(), [2, 3]);
  t.end();
});

t.test('it tells what came and what went since the one before', (t) => {
  const first = new Register<string>();
  first.take('a', (number) => `a${number}`);
  t.strictSame(first.changes(), { created: ['a1'], gone: [] });
  const second = new Register(first);
  t.notOk(second.changed);
  second.take('a', (number) => `a${number}`);
  t.notOk(second.changed, 'needed once more is no change');
  second.take('b', (number) => `b${number}`);
  second.release('b');
  second.release('a');
  second.release('a');
  t.ok(second.changed);
  t.strictSame(second.changes(), { created: [], gone: ['b2', 'a1'] });
  t.end();
});
