import t from 'tap';
import { figure, reportOf } from '../../../bench/report.ts';
import { linesOf, measure, type Result } from '../../../bench/result.ts';

const machine = { processor: 'P', cores: 2, memoryGiB: 4, kernel: '6.1', system: 'Debian', node: '20', versions: { ovs: '3.1.0' }, when: '2026-01-02', settings: {} } as Result['machine'];

t.test('figures have three digits that count', (t) => {
  t.same([1234.5, 23.45, 2.345, 0.1234].map(figure), ['1235', '23.4', '2.35', '0.123']);
  t.end();
});

t.test('ratios to one driver, disturbed figures marked, what was left out told', (t) => {
  const trial = (driver: string, value: number, disturbance: string[] = []): Parameters<typeof linesOf>[0][number] => (
    { scenario: 'container-tcp', driver, measures: [measure('1 stream', 'throughput', value)], disturbance });
  const results = linesOf([trial('vswitch', 15, ['foreign']), trial('linux-bridge', 30)]);
  const text = reportOf({ machine, results, absent: [{ scenario: 'idle', driver: 'vde', reason: 'vde_switch cannot be had here' }] }, 'linux-bridge');
  t.match(text, /vswitch +15\.0 +15\.0–15\.0 +0\.50× +!1\/1/);
  t.match(text, /linux-bridge +30\.0 +30\.0–30\.0\n/);
  t.match(text, /left out: vde in idle: vde_switch cannot be had here/);
  t.match(text, /ovs: 3\.1\.0/);
  t.match(text, /A figure with ! was disturbed/);
  t.end();
});
