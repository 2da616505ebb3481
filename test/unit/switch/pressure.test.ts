/** Pressure is told once on the way up, and relief once there is really room again. */
import t from 'tap';
import type { UsageEntry } from '../../../src/switch/answers.ts';
import { Pressure } from '../../../src/switch/pressure.ts';

const macs = (used: number, port = ''): UsageEntry => ({ table: 'macs', port, used, limit: 100 });

/** What is told while one table is filled so much, one after the other. */
function told(...fills: number[]): string[] {
  const pressure = new Pressure();
  return fills.flatMap((used) => pressure.look([macs(used)]).map((event) => ('percent' in event ? `${event.type} ${event.percent} at ${event.used}` : event.type)));
}

t.test('names the ports of which relief is still to be told', (t) => {
  const pressure = new Pressure();
  const ports = (used: number): string[] => (pressure.look([macs(used, 'a')]), [...pressure.ports]);
  t.strictSame([ports(69), ports(70), ports(61), ports(60)], [[], ['a'], ['a'], []]);
  t.end();
});

t.test('at 70 and at 90 percent, once each', (t) => {
  t.strictSame(told(0, 69, 70, 75, 89, 90, 99, 100), ['pressure 70 at 70', 'pressure 90 at 90']);
  t.strictSame(told(0, 95), ['pressure 90 at 95'], 'both at once are one');
  t.end();
});

t.test('relief comes ten points below', (t) => {
  t.strictSame(told(95, 81, 80, 61, 60), ['pressure 90 at 95', 'relief 90 at 80', 'relief 70 at 60']);
  t.strictSame(told(95, 10), ['pressure 90 at 95', 'relief 70 at 10'], 'from full to empty is one');
  t.end();
});

t.test('around a level it does not chatter', (t) => {
  t.strictSame(told(70, 69, 70, 68, 71, 61, 70), ['pressure 70 at 70']);
  t.strictSame(told(90, 89, 90, 81, 90), ['pressure 90 at 90']);
  t.strictSame(told(70, 60, 70), ['pressure 70 at 70', 'relief 70 at 60', 'pressure 70 at 70'], 'and is told again after relief');
  t.end();
});

t.test('tables and ports are told apart, and a port that is gone is forgotten', (t) => {
  const pressure = new Pressure();
  t.match(pressure.look([macs(80), macs(80, 'a'), { table: 'flows', port: 'a', used: 1, limit: 100 }]), [
    { type: 'pressure', percent: 70, table: 'macs', port: '', used: 80, limit: 100 }, { port: 'a', table: 'macs' },
  ]);
  t.strictSame(pressure.look([macs(80)]), []);
  t.match(pressure.look([macs(80), macs(80, 'a')]), [{ type: 'pressure', port: 'a' }], 'the next one of that name starts anew');
  t.end();
});
