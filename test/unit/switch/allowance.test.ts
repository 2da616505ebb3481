import t from 'tap';
import { Allowance } from '../../../src/switch/allowance.ts';

t.test('a burst at once, then one every so often, and never more saved than a burst', (t) => {
  const allowance = new Allowance(3, 1000);
  const takes = (nowMs: number): number => {
    let taken = 0;
    for (; allowance.has('a', nowMs); taken += 1) allowance.take('a', nowMs);
    return taken;
  };
  t.equal(takes(0), 3);
  t.equal(takes(999), 0);
  t.equal(takes(1000), 1);
  t.equal(takes(1500), 0);
  t.equal(takes(3100), 2);
  t.equal(takes(1_000_000), 3);
  t.end();
});

t.test('each key has its own, and a forgotten one begins anew', (t) => {
  const allowance = new Allowance(1, 1000);
  allowance.take('a', 0);
  t.notOk(allowance.has('a', 0));
  t.ok(allowance.has('b', 0));
  allowance.forget('a');
  t.ok(allowance.has('a', 0));
  t.end();
});

t.test('taking what is not there leaves no debt', (t) => {
  const allowance = new Allowance(1, 1000);
  allowance.take('a', 0);
  allowance.take('a', 0);
  t.ok(allowance.has('a', 1000));
  t.end();
});
