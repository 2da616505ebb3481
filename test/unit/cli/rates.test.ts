/** Rates are differences over time; what is not comparable says zero. */
import t from 'tap';
import type { FlowEntry } from '../../../src/api/protocol.ts';
import { ratesBetween, type Sample } from '../../../src/cli/rates.ts';
import { portStats } from '../api/scripted-switch.ts';

const flow = (id: number, packets: number, bytes: number, ageSeconds = 100): FlowEntry => ({
  id, network: 'dev', protocol: 'udp', source: '10.0.0.1', sourcePort: id, destination: '10.0.0.2', destinationPort: 53, port: 'a', receiver: 'b',
  state: 'new', verdict: 'allow', policy: '', rule: '', generation: 1, packets, bytes, ageSeconds,
});
const sample = (timeMs: number, parts: Partial<Sample>): Sample => ({ timeMs, time: 'T', generation: 3, stats: [], drops: [], flows: [], usage: [], ...parts });

t.test('ports: packets and bits a second, both ways, and what died', (t) => {
  const before = sample(1000, { stats: [portStats('a', { receivedPackets: 10, receivedBytes: 1000, droppedPackets: 1, transmitDroppedPackets: 1 }), portStats('b')] });
  const after = sample(3000, {
    stats: [portStats('a', { receivedPackets: 30, receivedBytes: 6000, droppedPackets: 3, transmitDroppedPackets: 5, kernelDroppedPackets: 2 }), portStats('b', { transmittedPackets: 8, transmittedBytes: 800 })],
  });
  const { ports, totals, seconds, generation } = ratesBetween(before, after, 'traffic');
  t.equal(seconds, 2);
  t.equal(generation, 3);
  t.strictSame(ports, [
    { port: 'a', receivedPackets: 10, receivedBits: 20_000, transmittedPackets: 0, transmittedBits: 0, droppedPackets: 3, kernelDroppedPackets: 1 },
    { port: 'b', receivedPackets: 0, receivedBits: 0, transmittedPackets: 4, transmittedBits: 3200, droppedPackets: 0, kernelDroppedPackets: 0 },
  ]);
  t.match(totals, { receivedPackets: 10, transmittedBits: 3200, droppedPackets: 3 });
  t.end();
});

t.test('every order', (t) => {
  const after = sample(1000, {
    stats: [portStats('c', { receivedBytes: 5 }), portStats('a', { transmittedBytes: 9 }), portStats('b', { receivedBytes: 2, droppedPackets: 7 })],
  });
  const before = sample(0, { stats: ['a', 'b', 'c'].map((name) => portStats(name)) });
  const order = (key: Parameters<typeof ratesBetween>[2]): string => ratesBetween(before, after, key).ports.map(({ port }) => port).join('');
  t.equal(order('traffic'), 'acb');
  t.equal(order('received'), 'cba');
  t.equal(order('transmitted'), 'abc', 'equal ones by name');
  t.equal(order('drops'), 'bac');
  t.equal(order('name'), 'abc');
  t.end();
});

t.test('counters of another daemon give no rates', (t) => {
  const { ports, drops } = ratesBetween(
    sample(0, { stats: [portStats('a', { receivedPackets: 100 })], drops: [{ port: 'a', direction: 'receive', reason: 'bug', packets: 5, bytes: 5 }] }),
    sample(1000, { stats: [portStats('a', { receivedPackets: 3 })], drops: [{ port: 'a', direction: 'receive', reason: 'bug', packets: 1, bytes: 5 }] }), 'name');
  t.equal(ports[0]?.receivedPackets, 0);
  t.strictSame(drops, []);
  t.end();
});

t.test('drops: those that happen now, the most frequent first', (t) => {
  const { drops } = ratesBetween(
    sample(0, { drops: [{ port: 'a', direction: 'receive', reason: 'mac_spoofed', packets: 5, bytes: 5 }, { port: 'a', direction: 'receive', reason: 'hairpin', packets: 5, bytes: 5 }] }),
    sample(500, { drops: [{ port: 'a', direction: 'receive', reason: 'mac_spoofed', packets: 6, bytes: 5 }, { port: 'a', direction: 'receive', reason: 'hairpin', packets: 5, bytes: 5 }, { port: 'b', direction: 'transmit', reason: 'mtu_exceeded', packets: 4, bytes: 5 }] }), 'name');
  t.strictSame(drops.map(({ port, reason, packets }) => [port, reason, packets]), [['b', 'mtu_exceeded', 8], ['a', 'mac_spoofed', 2]]);
  t.end();
});

t.test('flows: the busiest first; an id that another flow has now is another flow', (t) => {
  const { flows } = ratesBetween(
    sample(0, { flows: [flow(1, 10, 1000), flow(2, 10, 1000), flow(3, 10, 1000)] }),
    sample(1000, { flows: [flow(1, 12, 1100), flow(2, 10, 1000), { ...flow(3, 4, 4000), source: '10.0.0.9' }] }), 'name');
  t.strictSame(flows?.map(({ id, packets, bits }) => [id, packets, bits]), [[3, 4, 32_000], [1, 2, 800]]);
  t.end();
});

t.test('too many flows are not compared, and the first look after that tells only of young ones', (t) => {
  t.equal(ratesBetween(sample(0, {}), sample(1000, { flows: undefined }), 'name').flows, undefined);
  const { flows } = ratesBetween(sample(0, { flows: undefined }), sample(2000, { flows: [flow(1, 10, 10), flow(2, 4, 4, 1)] }), 'name');
  t.strictSame(flows?.map(({ id }) => id), [2]);
  t.end();
});
