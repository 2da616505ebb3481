import t from 'tap';
import { RuleCounters } from '../../../src/dataplane/rule-counters.ts';

const rules = 8;
const cells = new BigUint64Array(new SharedArrayBuffer(2 * rules * 4 * 8));
const counters = new RuleCounters({ cells, workers: 2, rules, rowLength: 4 });
const put = (worker: number, rule: number, ...row: readonly [bigint, bigint, bigint, bigint]): void => cells.set(row, (worker * rules + rule) * 4);

t.test('counts are the sums over all workers, and the last moment is the latest', (t) => {
  put(0, 3, 5n, 0n, 0n, 700n);
  put(1, 3, 2n, 4n, 1n, 600n);
  put(1, 4, 9n, 9n, 9n, 900n);
  t.strictSame(counters.read(3), { hits: 7, audited: 4, differing: 1, lastMs: 700 });
  t.strictSame(counters.read(5), { hits: 0, audited: 0, differing: 0, lastMs: 0 });
  t.end();
});

t.test('rules beyond the bound share row 0', (t) => {
  put(0, 0, 3n, 0n, 0n, 100n);
  t.strictSame([0, 1, 7, 8, 1_000_000].map((rule) => counters.has(rule)), [false, true, true, false, false]);
  t.strictSame(counters.read(8), { hits: 3, audited: 0, differing: 0, lastMs: 100 });
  t.end();
});

t.test('pages of another build are refused', (t) => {
  t.throws(() => new RuleCounters({ cells, workers: 2, rules, rowLength: 5 }), /build addon and control layer together/);
  t.end();
});
