import t from 'tap';
import { VirtualSwitch } from '../../../src/switch/virtual-switch.ts';
import { composeFrame, protocolNumbers } from '../../../src/explain/compose.ts';
import { parseIp } from '../../../src/address/ip.ts';
import { network, port, tap } from '../intent/resources.ts';

const macOf = (last: number): string => `02:00:00:00:00:0${last}`;
const frame = composeFrame({
  sourceMac: macOf(1), destinationMac: macOf(2), source: parseIp('10.77.0.1')!, destination: parseIp('10.77.0.2')!,
  protocol: protocolNumbers['udp']!, sourcePort: 7, destinationPort: 9,
});
async function opened(): Promise<VirtualSwitch> {
  const product = await VirtualSwitch.open({ clock: 'virtual', limits: { ports: 8, flows: 64, macs: 64 } });
  await product.apply([network('dev'), ...[1, 2].map((n) => port(`p${n}`, { mac: macOf(n), addresses: [`10.77.0.${n}/24`] }))]);
  return product;
}

t.test('what one sends the other receives, byte for byte and in order', async (t) => {
  await using product = await opened();
  const [from, to] = [product.memoryPort('p1'), product.memoryPort('default/p2')];
  t.equal(to.name, 'p2');
  t.equal(to.receive(), undefined);
  const other = composeFrame({ sourceMac: macOf(1), destinationMac: macOf(2), source: parseIp('10.77.0.1')!, destination: parseIp('10.77.0.2')!, protocol: 6, sourcePort: 1, destinationPort: 2 });
  t.ok(from.send(frame));
  t.ok(from.send(other));
  t.equal(to.receive(), undefined, 'nothing moves before run()');
  t.equal(product.run(), 2);
  t.strictSame(to.receiveAll().map((got) => Buffer.from(got.frame)), [frame, other].map((sent) => Buffer.from(sent)));
  t.strictSame(to.receiveAll(), []);
});

t.test('a full queue says so, and what it took arrives', async (t) => {
  await using product = await opened();
  const [from, to] = [product.memoryPort('p1'), product.memoryPort('p2')];
  let taken = 0;
  while (taken < 100_000 && from.send(frame)) taken += 1;
  t.ok(taken >= 64 && taken < 100_000, `${taken} frames`);
  t.equal(from.send(frame), false);
  product.run();
  const { transmittedPackets, receivedPackets } = Object.fromEntries(product.stats().items.map((item) => [item.port, item]))['p2']!;
  t.equal(receivedPackets, 0);
  t.equal(to.receiveAll().length, transmittedPackets);
  t.equal(product.stats().items.find((item) => item.port === 'p1')?.receivedPackets, taken);
  t.ok(from.send(frame), 'and there is room again');
});

t.test('a deleted port has no outside, and its handle never speaks for another', async (t) => {
  await using product = await opened();
  const handle = product.memoryPort('p1');
  await product.detach('p1');
  t.throws(() => handle.send(frame), { code: 'VSW_NOT_FOUND' });
  await product.apply([port('thief', { mac: macOf(3) })]);
  t.throws(() => handle.send(frame), { code: 'VSW_NOT_FOUND' });
  t.throws(() => handle.receiveAll(), { code: 'VSW_NOT_FOUND' });
  product.run();
  t.equal(product.stats().items.find((item) => item.port === 'thief')?.receivedPackets, 0);
  await product.apply([port('p1', { mac: macOf(1), addresses: ['10.77.0.1/24'] })]);
  t.ok(handle.send(frame), 'a port of its name is its port');
  product.run();
  t.equal(product.memoryPort('p2').receiveAll().length, 1);
});

t.test('only memory ports have an outside', async (t) => {
  await using product = await opened();
  t.throws(() => product.memoryPort('p3'), { code: 'VSW_NOT_FOUND', errors: [{ message: 'there is no port p3', remedy: 'did you mean p1?' }] });
  await product.apply([tap('t', { netns: `absent-${process.pid}` })]);
  t.throws(() => product.memoryPort('t'), { code: 'VSW_INVALID', message: /port t is not of type memory/ });
});

t.test('bytes that are no frame die with a reason, and a closed switch takes none', async (t) => {
  const product = await opened();
  const from = product.memoryPort('p1');
  t.ok(from.send(Uint8Array.of(1, 2, 3)));
  product.run();
  t.match(product.drops(), [{ port: 'p1', direction: 'receive', packets: 1, bytes: 3 }]);
  await product.close();
  t.throws(() => from.send(frame), { code: 'VSW_UNAVAILABLE', message: 'the switch is closed' });
});
