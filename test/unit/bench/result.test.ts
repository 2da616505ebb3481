import t from 'tap';
import { linesOf, measure, type Trial } from '../../../bench/result.ts';

const trial = (driver: string, value: number, disturbance: string[] = []): Trial => (
  { scenario: 'container-tcp', driver, measures: [measure('1 stream', 'throughput', value)], disturbance });

t.test('the trials of a cell become one line, with every sample', (t) => {
  const lines = linesOf([trial('vswitch', 10), trial('veth', 20), trial('vswitch', 12, ['a compiler ran']), trial('vswitch', 11)]);
  t.same(lines, [
    { scenario: 'container-tcp', variant: '1 stream', driver: 'vswitch', metric: 'throughput', unit: 'Gbit/s', median: 11, min: 10, max: 12, samples: [10, 12, 11], disturbed: 1 },
    { scenario: 'container-tcp', variant: '1 stream', driver: 'veth', metric: 'throughput', unit: 'Gbit/s', median: 20, min: 20, max: 20, samples: [20], disturbed: 0 },
  ]);
  t.end();
});

t.test('the same metric in another unit is another line', (t) => {
  const rate = (unit: string): Trial => ({ scenario: 's', driver: 'd', measures: [measure('v', 'rate', 1, unit)], disturbance: [] });
  t.equal(linesOf([rate('Mpps'), rate('ports/s')]).length, 2);
  t.same(linesOf([]), []);
  t.end();
});
