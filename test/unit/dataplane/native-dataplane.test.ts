import t from 'tap';
import { parseCidr } from '../../../src/address/cidr.ts';
import { CommitError, type Dataplane } from '../../../src/dataplane/dataplane.ts';
import { NativeDataplane } from '../../../src/dataplane/native-dataplane.ts';
import { composeFrame, protocolNumbers } from '../../../src/explain/compose.ts';
import type { Edit, PutNetwork, PutPort } from '../../../src/table/edits.gen.ts';

const options = { workers: 0, portsMax: 16, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 41 };
const network: PutNetwork = {
  edit: 'PutNetwork', network: 1, name: 'dev', mtu: 1500, macAgeMs: 1000, etherTypes: [], ingressAllowed: 1, egressAllowed: 1, vlan: 0, carriesTags: 0,
  stormBroadcast: 1000, stormMulticast: 1000, stormUnknownUnicast: 1000, loopProbeMs: 0, loopHoldMs: 30_000,
  snooping: 0, querier: 0, fastLeave: 0, floodUnknown: 0, queryMs: 125_000, responseMs: 10_000, timeouts: [], tcpLoose: 1,
};
const memory = (port: number, more: Partial<PutPort> = {}): PutPort => ({
  edit: 'PutPort', port, name: `p${port}`, network: 1, type: 2, netns: '', device: '', mac: `02:00:00:00:00:0${port}`,
  addresses: [parseCidr(`10.0.0.${port}/24`)!], routes: [], mtu: 1500, antiSpoof: 1, persist: 0, offloads: 0, macsMax: 4, flowsMax: 16, pcapRead: '', pcapWrite: '', pcapRepeat: 0, trunk: [], trunkAddresses: [], hairpin: 0,
  groupsMax: 4, multicastRouter: 0, queues: 1,
  captureFile: '', captureSnapshotLength: 65_557, captureBytesMax: 4096, faultSeed: 0, faultLoss: 0, faultRepeat: 0, faultCorrupt: 0, faultDelayMs: 0, faultDirections: 0, connectionsMax: 65_536, ...more,
});
const frame = composeFrame({
  sourceMac: '02:00:00:00:00:01', destinationMac: '02:00:00:00:00:02', source: parseCidr('10.0.0.1/24')!.address, destination: parseCidr('10.0.0.2/24')!.address,
  protocol: protocolNumbers['udp']!, sourcePort: 7, destinationPort: 9,
});

async function opened(work: (dataplane: Dataplane) => Promise<void>): Promise<void> {
  const dataplane = NativeDataplane.open(options);
  try {
    await work(dataplane);
  } finally {
    await dataplane.close();
  }
}

t.test('generations go on from the first number', async (t) => {
  await opened(async (dataplane) => {
    const answer = await dataplane.commit([network, memory(1), memory(2)]);
    t.equal(answer.generation, 42);
    t.strictSame(answer.ports.map(({ port, state }) => [port, state]), [[1, 'ready'], [2, 'ready']]);
    t.equal((await dataplane.commit([])).generation, 43);
  });
});

t.test('a frame goes from one memory port to the other, and is counted, traced and remembered', async (t) => {
  await opened(async (dataplane) => {
    await dataplane.commit([network, memory(1), memory(2)]);
    t.ok(dataplane.memorySend(1, frame));
    t.equal(dataplane.run(), 1);
    t.strictSame(Buffer.from(dataplane.memoryReceive(2)!.frame), Buffer.from(frame));
    t.equal(dataplane.memoryReceive(2), undefined);
    t.match(dataplane.trace(frame, 1), { verdict: 'allow', reason: 'forwarded', port: 2, receivers: [2] });
    t.match(dataplane.flows(), [{ source: '10.0.0.1', sourcePort: 7, destination: '10.0.0.2', destinationPort: 9, sourceNativePort: 1, destinationNativePort: 2, state: 'new' }]);
    t.equal(dataplane.flushFlows(0), 1);
    t.equal(dataplane.kernelDropped(1), 0);
    t.equal(dataplane.gone(1), false);
  });
});

t.test('a candidate is judged and leaves no trace', async (t) => {
  await opened(async (dataplane) => {
    await dataplane.commit([network, memory(1), memory(2)]);
    const denying: Edit = { ...network, ingressAllowed: 0 };
    t.match(dataplane.trace(frame, 1, [denying]), { verdict: 'drop', reason: 'ingress_denied', rule: 1 });
    t.match(dataplane.trace(frame, 1), { verdict: 'allow' });
  });
});

t.test('a dead frame is kept with its moment', async (t) => {
  await opened(async (dataplane) => {
    await dataplane.commit([network, memory(1), memory(2)]);
    dataplane.memorySend(2, frame);
    dataplane.run();
    const before = Date.now();
    const [dead] = dataplane.lastDrops(2);
    t.match(dead, { reason: 'mac_spoofed', length: frame.length, transmitted: false, ingress: 0, packets: 1 });
    t.ok(Math.abs(dead!.timeMs - before) < 1000);
  });
});

t.test('a frame that died on its way out tells where it came from, while that port is there', async (t) => {
  await opened(async (dataplane) => {
    await dataplane.commit([network, memory(1), memory(2, { faultLoss: 1_000_000, faultDirections: 2 })]);
    dataplane.memorySend(1, frame);
    dataplane.run();
    t.match(dataplane.lastDrops(2), [{ reason: 'fault_injected', transmitted: true, ingress: 1 }]);
    t.strictSame(dataplane.lastDrops(1), []);
    await dataplane.commit([{ edit: 'DeletePort', port: 1 }]);
    t.match(dataplane.lastDrops(2), [{ reason: 'fault_injected', transmitted: true, ingress: 0 }]);
  });
});

t.test('a refusal is told with its code and its port, and changes nothing', async (t) => {
  await opened(async (dataplane) => {
    const { generation } = await dataplane.commit([network, memory(1)]);
    await t.rejects(dataplane.commit([memory(2, { network: 9 })]), { name: 'CommitError', subject: 2 });
    t.equal((await dataplane.commit([])).generation, generation + 1);
    t.throws(() => dataplane.trace(frame, 1, [memory(3, { network: 9 })]), CommitError);
  });
});

t.test('learned MACs age by the virtual clock and are told as events', async (t) => {
  await opened(async (dataplane) => {
    await dataplane.commit([network, memory(1, { antiSpoof: 0, mac: '02:00:00:00:00:0a' }), memory(2)]);
    dataplane.memorySend(1, frame);
    dataplane.run();
    t.match(dataplane.fdb(), [{ network: 1, mac: '02:00:00:00:00:01', port: 1 }]);
    t.match(dataplane.drainEvents(), [{ type: 'mac_learned', network: 1, mac: '02:00:00:00:00:01', port: 1 }]);
    dataplane.advance(5000);
    dataplane.run();
    t.strictSame(dataplane.fdb(), []);
    t.match(dataplane.drainEvents(), [{ type: 'mac_aged' }]);
  });
});

t.test('how full the tables are is told for all and for each port', async (t) => {
  await opened(async (dataplane) => {
    await dataplane.commit([network, memory(1, { antiSpoof: 0, mac: '02:00:00:00:00:0a' }), memory(2)]);
    const empty = dataplane.usage();
    t.match(empty, { ipv4Flows: { used: 0 }, otherFlows: { used: 0 }, macs: { used: 0 } });
    t.ok(Object.values(empty).every(({ limit }) => limit > 0));
    dataplane.memorySend(1, frame);
    dataplane.run();
    t.equal(dataplane.usage().macs.used, 1);
    t.match(dataplane.portUsage(1), { macs: 1 });
    t.match(dataplane.portUsage(2), { flows: 0, macs: 0 });
    t.match(dataplane.portUsage(65_535), { flows: 0, macs: 0 });
    t.strictSame([dataplane.filling(25), dataplane.filling(26)], [[1], []], 'one of four');
  });
});
