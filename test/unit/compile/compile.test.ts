import fc from 'fast-check';
import t from 'tap';
import { formatCidr } from '../../../src/address/cidr.ts';
import { allocate, heldBy, noAllocations } from '../../../src/compile/allocations.ts';
import { compile } from '../../../src/compile/compile.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import type { TableSet } from '../../../src/table/table-set.ts';
import { network, port, tap, trunk } from '../intent/resources.ts';

function compiled(...resources: unknown[]): TableSet {
  const intent = intentWith(resources, emptyIntent, nothingHeld);
  return compile(intent, allocate(intent, noAllocations, 100));
}

t.test('what is left open gets its default', (t) => {
  const tables = compiled(network('dev'), tap('a'));
  t.match(tables.networks.get(1), { edit: 'PutNetwork', network: 1, name: 'dev', mtu: 1500, macAgeMs: 300_000, etherTypes: [], ingressAllowed: 1, egressAllowed: 1 });
  t.match(tables.networks.get(1), { snooping: 0, querier: 0, fastLeave: 0, floodUnknown: 0, queryMs: 125_000, responseMs: 10_000 });
  t.match(tables.networks.get(1), { stormBroadcast: 1000, stormMulticast: 5000, stormUnknownUnicast: 1000, loopProbeMs: 2000, loopHoldMs: 30_000 });
  t.match(tables.ports.get(1), {
    edit: 'PutPort', port: 1, name: 'a', network: 1, type: 1, netns: '/run/netns/a', device: 'eth0', addresses: [], routes: [], mtu: 1500,
    antiSpoof: 1, persist: 1, offloads: 0, macsMax: 256, flowsMax: 65_536, pcapRead: '', pcapWrite: '', pcapRepeat: 0, hairpin: 0,
    groupsMax: 256, multicastRouter: 0, queues: 1,
  });
  t.end();
});

t.test('faults and captures get their defaults, and percents become parts of a million', (t) => {
  const byName = new Map([...compiled(
    network('dev'), tap('plain'), tap('faulty', { fault: { loss: 1.25, corrupt: 0.0001, delayMs: 5, seed: 9, direction: 'transmit' } }), tap('both', { fault: {} }),
    tap('captured', { capture: { file: '/x' } }), tap('cut', { capture: { file: '/y', snapshotLength: 64, bytesMax: 4096 } }),
  ).ports.values()].map((entry) => [entry.name, entry]));
  t.match(byName.get('plain'), { captureFile: '', faultDirections: 0, faultLoss: 0 });
  t.match(byName.get('faulty'), { faultLoss: 12_500, faultRepeat: 0, faultCorrupt: 1, faultDelayMs: 5, faultSeed: 9, faultDirections: 2 });
  t.match(byName.get('both'), { faultDirections: 3 });
  t.match(byName.get('captured'), { captureFile: '/x', captureSnapshotLength: 65_557, captureBytesMax: 64 * 1024 * 1024 });
  t.match(byName.get('cut'), { captureSnapshotLength: 64, captureBytesMax: 4096 });
  t.end();
});

t.test('what is said is meant', (t) => {
  const multicast = { snooping: true, querier: true, fastLeave: true, unknownGroups: 'flood', querySeconds: 20, responseSeconds: 3 };
  const tables = compiled(
    network('dev', { mtu: 1400, macAgeSeconds: 2, etherTypes: ['0x88cc', 0x1234], defaultPolicy: { egress: 'drop' }, multicast, staticMacs: [{ mac: '02:00:00:00:00:99', port: 'shop/m' }], stormLimit: { multicast: 0, broadcast: 7 }, loopDetection: { probeSeconds: 0, holdSeconds: 5 } }),
    port('shop/m', { offloads: true, hairpin: true, antiSpoof: false, mac: '02:00:00:00:00:01', limits: { macs: 3, flows: 5, groups: 7 }, multicastRouter: true }),
    port('p', { type: 'pcap', pcap: { read: '/in', write: '/out', repeat: true }, mtu: 1000 }),
    tap('t', { netns: 'pid:7', persist: false, queues: 3, addresses: ['10.0.0.1/24'], routes: [{ to: 'default', via: '10.0.0.254' }, { to: '10.9.0.0/16' }] }),
  );
  t.match(tables.networks.get(1), { mtu: 1400, macAgeMs: 2000, etherTypes: [0x1234, 0x88cc], ingressAllowed: 1, egressAllowed: 0, stormBroadcast: 7, stormMulticast: 0, stormUnknownUnicast: 1000, loopProbeMs: 0, loopHoldMs: 5000 });
  t.match(tables.networks.get(1), { snooping: 1, querier: 1, fastLeave: 1, floodUnknown: 1, queryMs: 20_000, responseMs: 3000 });
  const byName = new Map([...tables.ports.values()].map((entry) => [entry.name, entry]));
  t.match(byName.get('shop/m'), { type: 2, offloads: 1, hairpin: 1, antiSpoof: 0, mac: '02:00:00:00:00:01', macsMax: 3, flowsMax: 5, mtu: 1400, netns: '', device: '' });
  t.match(byName.get('shop/m'), { groupsMax: 7, multicastRouter: 1 });
  t.match(byName.get('p'), { type: 3, pcapRead: '/in', pcapWrite: '/out', pcapRepeat: 1, mtu: 1000 });
  const tapped = byName.get('t')!;
  t.match(tapped, { netns: '/proc/7/ns/net', persist: 0, queues: 3 });
  t.strictSame(tapped.routes.map(({ to, via }) => [formatCidr(to), via?.value]), [['0.0.0.0/0', 0x0a0000fen], ['10.9.0.0/16', undefined]]);
  t.strictSame([...tables.staticMacs.values()], [{ edit: 'PutStaticMac', network: 1, mac: '02:00:00:00:00:99', port: byName.get('shop/m')!.port }]);
  t.end();
});

t.test('a default route is of the family of its next hop', (t) => {
  const entry = [...compiled(network('dev'), port('a', { addresses: ['fd00::1/64'], routes: [{ to: 'default', via: 'fd00::fe' }] })).ports.values()][0]!;
  t.strictSame(entry.routes.map(({ to }) => formatCidr(to)), ['::/0']);
  t.end();
});

t.test('the order in which the wish was written means nothing', (t) => {
  const resources = [
    network('dev', { subnets: ['10.77.0.0/24'] }), network('ops', { subnets: ['10.77.0.0/24'], staticMacs: [{ mac: '02:00:00:00:00:99', port: 'd' }] }),
    port('a'), port('b'), port('shop/a'), port('d', { network: 'ops' }),
  ];
  const plain = (tables: TableSet): unknown => [...tables.networks, ...tables.ports, ...tables.staticMacs].map(([key, entry]) => JSON.stringify([key, entry], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).sort();
  const wanted = plain(compiled(...resources));
  fc.assert(fc.property(fc.shuffledSubarray(resources, { minLength: resources.length }), (shuffled) => {
    t.strictSame(plain(compiled(...shuffled)), wanted);
  }), { numRuns: 30 });
  t.end();
});

t.test('stored allocations give the same tables', (t) => {
  const intent = intentWith([network('dev', { subnets: ['10.77.0.0/24'] }), port('a'), port('b')], emptyIntent, nothingHeld);
  const allocations = allocate(intent, noAllocations, 100);
  const stored = JSON.parse(JSON.stringify(allocations)) as typeof allocations;
  t.strictSame(compile(intent, stored), compile(intent, allocations));
  t.equal(heldBy(stored).macOf('default/a'), allocations.macs['default/a']);
  t.end();
});

t.test('a trunk carries its networks by number, and has its addresses where their subnets are', (t) => {
  const tables = compiled(
    network('dev', { vlan: 100, subnets: ['10.0.0.0/24'] }), network('prod', { vlan: 200, subnets: ['10.0.1.0/24'], mtu: 9000, carryTags: true }), network('ops', { subnets: ['10.0.2.0/24'] }),
    trunk('all', ['prod', 'ops', 'dev'], { native: 'ops', addresses: ['10.0.1.9/24', '10.0.2.9/24', '10.0.0.9/24'] }),
    trunk('given', ['dev', 'ops'], { native: 'ops' }), trunk('uplink', ['prod', 'dev']), port('a'),
  );
  t.match([...tables.networks.values()].map(({ name, vlan, carriesTags }) => [name, vlan, carriesTags]), [['dev', 100, 0], ['prod', 200, 1], ['ops', 0, 0]]);
  const idOf = (name: string): number => [...tables.networks.values()].find((entry) => entry.name === name)!.network;
  const byName = new Map([...tables.ports.values()].map((entry) => [entry.name, entry]));
  const all = byName.get('all')!;
  t.match(all, { network: idOf('ops'), trunk: [idOf('dev'), idOf('ops'), idOf('prod')].sort(), mtu: 9000 });
  t.strictSame(all.addresses.map(formatCidr), ['10.0.2.9/24'], 'the device has those without a tag');
  t.strictSame(all.trunkAddresses.map(({ network: id, prefix }) => `${id} ${formatCidr(prefix)}`).sort(), [`${idOf('dev')} 10.0.0.9/24`, `${idOf('prod')} 10.0.1.9/24`].sort());
  t.strictSame(byName.get('given')!.addresses.map(formatCidr), ['10.0.2.1/24'], 'what is left open is given in the native network alone');
  t.match(byName.get('uplink'), { network: 0, addresses: [], trunkAddresses: [] });
  t.strictSame(byName.get('a')!.addresses.map(formatCidr), ['10.0.0.1/24'], 'an address of a trunk is taken in its own network');
  t.match(byName.get('a'), { trunk: [], network: idOf('dev') });
  t.end();
});
