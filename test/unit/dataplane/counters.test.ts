import t from 'tap';
import { Counters } from '../../../src/dataplane/counters.ts';
import { counterNames } from '../../../src/table/counters.gen.ts';
import { dropReasons } from '../../../src/table/drop-reasons.gen.ts';

const rowLength = counterNames.length + 4 * (dropReasons.length + 1);
const cells = new BigUint64Array(new SharedArrayBuffer(2 * 3 * rowLength * 8));
const counters = new Counters({ cells, workers: 2, ports: 3, rowLength });
const add = (worker: number, port: number, at: number, amount: bigint): void => {
  cells[(worker * 3 + port) * rowLength + at]! += amount;
};

t.test('a counter is the sum over all workers, and ports are apart', (t) => {
  add(0, 1, counterNames.indexOf('receivedPackets'), 5n);
  add(1, 1, counterNames.indexOf('receivedPackets'), 7n);
  add(1, 2, counterNames.indexOf('transmittedBytes'), 100n);
  t.match(counters.read(1), { receivedPackets: 12, transmittedBytes: 0 });
  t.match(counters.read(2), { receivedPackets: 0, transmittedBytes: 100 });
  t.end();
});

t.test('drops are told by direction and reason, those that are zero not at all', (t) => {
  const receive = counterNames.length + 2 * (1 + dropReasons.indexOf('mac_spoofed'));
  const transmit = counterNames.length + 2 * (dropReasons.length + 1) + 2 * (1 + dropReasons.indexOf('queue_full'));
  add(0, 2, receive, 3n);
  add(1, 2, receive, 1n);
  add(0, 2, receive + 1, 300n);
  add(1, 2, transmit, 2n);
  add(1, 2, transmit + 1, 128n);
  t.strictSame(counters.drops(2), [
    { direction: 'receive', reason: 'mac_spoofed', packets: 4, bytes: 300 }, { direction: 'transmit', reason: 'queue_full', packets: 2, bytes: 128 },
  ]);
  t.strictSame(counters.drops(1), []);
  t.end();
});

t.test('pages of another build are refused', (t) => {
  t.throws(() => new Counters({ cells, workers: 1, ports: 1, rowLength: rowLength - 1 }), /build addon and control layer together/);
  t.end();
});
