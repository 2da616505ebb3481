import t from 'tap';
import { medianRow, tableOf, type Row } from '../../../../bench/classify/table.ts';

const trial = (more: Partial<Row>): Row => ({
  set: 'acl-1000', peer: 'vswitch', rules: 1000, checked: 1000, wrong: 0, lookups_per_second: 5e6, batched_per_second: 5e6, worst_ns: 450, build_ms: 1.6,
  memory_mb: 1.4, put_us: 433, put_worst_us: 606, ...more,
});

t.test('the median of each figure by itself, and every wrong answer counts', (t) => {
  const row = medianRow([trial({ worst_ns: 900, build_ms: 1 }), trial({ worst_ns: 100, build_ms: 3, wrong: 2 }), trial({ worst_ns: 200, build_ms: 2 })]);
  t.equal(row.worst_ns, 200);
  t.equal(row.build_ms, 2);
  t.equal(row.wrong, 2);
  t.end();
});

t.test('a trial that was refused does not count, unless all were', (t) => {
  t.equal(medianRow([{ set: 's', peer: 'p', refused: 'no memory' }, trial({ worst_ns: 7 })]).worst_ns, 7);
  t.equal(medianRow([{ set: 's', peer: 'p', refused: 'no memory' }]).refused, 'no memory');
  t.end();
});

t.test('times are told in the unit that suits them, and a refusal by its reason', (t) => {
  const text = tableOf([trial({ put_us: 5.25, put_worst_us: 31_738, build_ms: 12_345 }), { set: 's', peer: 'p', refused: 'no memory' }]);
  t.match(text, '| acl-1000 | vswitch | 5.00 | 5.00 | 0.5 µs | 12.3 s | 1.4 MB | 5.3 µs (32 ms) | 0 of 1000 |');
  t.match(text, '| s | p | no memory |');
  t.end();
});
