import t from 'tap';
import { allocate, noAllocations } from '../../../src/compile/allocations.ts';
import { compile } from '../../../src/compile/compile.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import type { FlowRecord } from '../../../src/dataplane/dataplane.ts';
import { deletedName, TableReader } from '../../../src/switch/tables.ts';
import { emptyTableSet, type TableSet } from '../../../src/table/table-set.ts';
import { network, port } from '../intent/resources.ts';
import { ScriptedDataplane } from './scripted-dataplane.ts';

const intent = intentWith([
  network('dev', { staticMacs: [{ mac: '02:00:00:00:00:99', port: 'a' }] }), network('apps'),
  port('a', { mac: '02:00:00:00:00:0a', addresses: ['10.77.0.1/24', 'fd00:77::1/64'] }),
  port('shop/b', { network: 'apps', mac: '02:00:00:00:00:0b', addresses: ['10.77.0.2/24'] }),
], emptyIntent, nothingHeld);
const allocations = allocate(intent, noAllocations, 100);
const tables = compile(intent, allocations);
const [a, b] = [allocations.portIds['default/a']!, allocations.portIds['shop/b']!];
const dev = allocations.networkIds['dev']!;

function scene(current: () => TableSet = () => tables): { dataplane: ScriptedDataplane; reader: TableReader } {
  const dataplane = new ScriptedDataplane({ workers: 0, portsMax: 8, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 0 });
  return { dataplane, reader: new TableReader(dataplane, current) };
}
const flow: FlowRecord = {
  id: 3, network: dev, protocol: 6, etherType: 0, source: '10.77.0.1', sourcePort: 1, destination: '10.77.0.2', destinationPort: 2,
  sourceNativePort: a, destinationNativePort: b, state: 'established', verdict: 'allow', rule: 1, packets: 5, bytes: 500, ageSeconds: 9, generation: 4,
};

t.test('what fills is asked of the ports whose shares fill, and until relief of those that were told of', (t) => {
  const { dataplane, reader } = scene();
  const asked = (...told: string[]) => reader.usageOfFilling(60, 7, new Set(told)).flatMap(({ port: name }) => (name === '' ? [] : [name]));
  t.strictSame(asked(), []);
  dataplane.full = [b];
  t.strictSame(new Set(asked()), new Set(['shop/b']));
  dataplane.full = [a];
  t.strictSame(new Set(asked('shop/b')), new Set(['a', 'shop/b']), 'its relief is still to be told');
  t.strictSame(new Set(asked()), new Set(['a']));
  dataplane.full = [];
  t.strictSame(asked('shop/b'), []);
  t.strictSame(dataplane.filledTo, Array(5).fill(60));
  t.end();
});

t.test('the fdb is what was declared and what was learned, by network and MAC', (t) => {
  const { dataplane, reader } = scene();
  dataplane.learned = [{ network: dev, mac: '02:00:00:00:00:01', port: a, ageSeconds: 7 }, { network: dev, mac: '02:00:00:00:00:02', port: 77, ageSeconds: 1 }];
  t.strictSame(reader.fdb(), [
    { network: 'apps', mac: '02:00:00:00:00:0b', port: 'shop/b', type: 'static', ageSeconds: 0 },
    { network: 'dev', mac: '02:00:00:00:00:01', port: 'a', type: 'learned', ageSeconds: 7 },
    { network: 'dev', mac: '02:00:00:00:00:02', port: deletedName, type: 'learned', ageSeconds: 1 },
    { network: 'dev', mac: '02:00:00:00:00:0a', port: 'a', type: 'static', ageSeconds: 0 },
    { network: 'dev', mac: '02:00:00:00:00:99', port: 'a', type: 'static', ageSeconds: 0 },
  ]);
  t.end();
});

t.test('neighbours are the declared addresses of every port, in the port\'s order', (t) => {
  t.strictSame(scene().reader.neighbors(), [
    { network: 'apps', address: '10.77.0.2', mac: '02:00:00:00:00:0b', port: 'shop/b', source: 'declared' },
    { network: 'dev', address: '10.77.0.1', mac: '02:00:00:00:00:0a', port: 'a', source: 'declared' },
    { network: 'dev', address: 'fd00:77::1', mac: '02:00:00:00:00:0a', port: 'a', source: 'declared' },
  ]);
  t.end();
});

t.test('a flow has names for its numbers, and the rule that let it pass', (t) => {
  const { dataplane, reader } = scene();
  dataplane.flowRecords = [flow, { ...flow, protocol: 47, destinationNativePort: 0 }, { ...flow, etherType: 0x6, network: 99, sourceNativePort: 77 }];
  const [tcp, other, foreign] = reader.flows();
  t.strictSame(tcp, {
    id: 3, network: 'dev', protocol: 'tcp', source: '10.77.0.1', sourcePort: 1, destination: '10.77.0.2', destinationPort: 2, port: 'a', receiver: 'shop/b',
    state: 'established', verdict: 'allow', policy: 'Network/dev', rule: 'default', generation: 4, packets: 5, bytes: 500, ageSeconds: 9,
  });
  t.match(other, { protocol: '47', receiver: '' });
  t.match(foreign, { protocol: '0x0006', network: deletedName, port: deletedName, policy: '', rule: '' });
  for (const [protocol, name] of [[1, 'icmp'], [17, 'udp'], [58, 'icmpv6'], [132, 'sctp']] as const) {
    dataplane.flowRecords = [{ ...flow, protocol }];
    t.equal(reader.flows()[0]?.protocol, name);
  }
  t.end();
});

t.test('drops are told by port, the gone ones last, and only what is not zero', (t) => {
  const { dataplane, reader } = scene();
  t.strictSame(reader.drops(), []);
  dataplane.countDrop(b, 'mac_spoofed', 2, 200);
  dataplane.countDrop(a, 'no_receiver', 1, 60);
  dataplane.countDrop(0, 'ip_spoofed', 5, 500);
  t.strictSame(reader.drops(), [
    { port: 'a', direction: 'receive', reason: 'no_receiver', packets: 1, bytes: 60 },
    { port: 'shop/b', direction: 'receive', reason: 'mac_spoofed', packets: 2, bytes: 200 },
    { port: deletedName, direction: 'receive', reason: 'ip_spoofed', packets: 5, bytes: 500 },
  ]);
  t.end();
});

t.test('statistics are a row a port; those of gone ports are one row, once they counted anything', (t) => {
  const { dataplane, reader } = scene();
  dataplane.count(a, 'receivedPackets', 3);
  dataplane.count(a, 'copiedPackets', 4);
  dataplane.count(b, 'copiedPackets', 1);
  dataplane.count(b, 'originatedPackets', 2);
  t.strictSame(reader.stats().items.map(({ port: name, receivedPackets, kernelDroppedPackets }) => [name, receivedPackets, kernelDroppedPackets]), [['a', 3, a * 10], ['shop/b', 0, b * 10]]);
  t.strictSame(reader.stats().totals, { copiedPackets: 5, originatedPackets: 2 });
  dataplane.count(0, 'transmittedBytes', 9);
  dataplane.count(0, 'originatedPackets', 1);
  t.match(reader.stats().items.at(-1), { port: deletedName, transmittedBytes: 9, kernelDroppedPackets: 0 });
  t.equal(reader.stats().totals.originatedPackets, 3, 'gone ports count in the totals');
  t.end();
});

t.test('how full the tables are: those that all share, then each port\'s shares', (t) => {
  const { dataplane, reader } = scene();
  dataplane.flowRecords = [flow];
  dataplane.learned = [{ network: dev, mac: '02:00:00:00:00:01', port: b, ageSeconds: 7 }];
  const { flowsMax, macsMax } = tables.ports.get(a)!;
  t.strictSame(reader.usage(7).map(({ table, port: name, used, limit }) => [table, name, used, limit]), [
    ['ipv4_flows', '', 1, 64], ['other_flows', '', 0, 64], ['macs', '', 1, 64], ['ports', '', 2, 7],
    ['flows', 'a', 1, flowsMax], ['macs', 'a', 0, macsMax], ['flows', 'shop/b', 0, flowsMax], ['macs', 'shop/b', 1, macsMax],
  ]);
  dataplane.tracked.add(a);
  t.strictSame(reader.usage(7).filter(({ table }) => table === 'connections'), [{ table: 'connections', port: 'a', used: 1, limit: Math.min(flowsMax, tables.ports.get(a)!.connectionsMax) }], 'where they are tracked');
  t.end();
});

t.test('faults and captures stand under the port that has them', (t) => {
  const { dataplane, reader } = scene();
  t.strictSame([reader.faults(), reader.captures()], [[], []]);
  const none = { seen: 0, lost: 0, repeated: 0, corrupted: 0, delayed: 0, waiting: 0, overflowed: 0 };
  dataplane.wrapped.set(b, { fault: { received: { ...none, seen: 9, lost: 4 }, transmitted: none }, capture: { file: '/x', frames: 1, bytes: 2, missed: 3 } });
  t.strictSame(reader.faults(), [{ port: 'shop/b', direction: 'receive', ...none, seen: 9, lost: 4 }, { port: 'shop/b', direction: 'transmit', ...none }]);
  t.strictSame(reader.captures(), [{ port: 'shop/b', file: '/x', frames: 1, bytes: 2, missed: 3 }]);
  t.end();
});

t.test('it reads the tables as they are when it is asked', (t) => {
  let current = emptyTableSet;
  const { reader } = scene(() => current);
  t.equal(reader.portNameOf(a), deletedName);
  t.strictSame(reader.stats().items, []);
  current = tables;
  t.equal(reader.portNameOf(a), 'a');
  t.equal(reader.networkNameOf(dev), 'dev');
  t.end();
});

t.test('groups are told with names, routers and who gets everything without a group', (t) => {
  const { dataplane, reader } = scene();
  dataplane.memberships = [
    { network: dev, group: '239.1.2.3', port: b, role: 'member', expiresSeconds: 9 }, { network: dev, group: '::', port: a, role: 'router', expiresSeconds: 8 },
    { network: dev, group: '239.1.2.3', port: a, role: 'member', expiresSeconds: 7 }, { network: dev, group: '0.0.0.0', port: 77, role: 'everything', expiresSeconds: 6 },
  ];
  t.strictSame(reader.groups(), [
    { network: 'dev', group: '', family: 'ipv4', port: deletedName, type: 'everything', expiresSeconds: 6 },
    { network: 'dev', group: '239.1.2.3', family: 'ipv4', port: 'a', type: 'member', expiresSeconds: 7 },
    { network: 'dev', group: '239.1.2.3', family: 'ipv4', port: 'shop/b', type: 'member', expiresSeconds: 9 },
    { network: 'dev', group: '', family: 'ipv6', port: 'a', type: 'router', expiresSeconds: 8 },
  ]);
  t.end();
});

t.test('a declared router stands among the groups where its network looks after them', (t) => {
  const snooping = intentWith([
    network('dev', { multicast: { snooping: true } }), network('apps'), port('a', { multicastRouter: true }), port('shop/b', { network: 'apps', multicastRouter: true }),
  ], emptyIntent, nothingHeld);
  const { reader } = scene(() => compile(snooping, allocate(snooping, noAllocations, 100)));
  t.strictSame(reader.groups().map(({ port, family, type }) => `${port} ${family} ${type}`), ['a ipv4 router', 'a ipv6 router']);
  t.end();
});

t.test('who asks in a network is told by family, of a network that snoops', (t) => {
  const { dataplane, reader } = scene();
  t.equal(reader.multicastOf('dev'), undefined);
  dataplane.asking = [{ network: dev, family: 4, querier: '10.77.0.254', filters: true }, { network: dev, family: 6, querier: 'self', filters: false }];
  t.strictSame(reader.multicastOf('dev'), { ipv4: { querier: '10.77.0.254', filtering: true }, ipv6: { querier: 'self', filtering: false } });
  t.equal(reader.multicastOf('apps'), undefined);
  t.end();
});

t.test('rules and flows say by name what decided', (t) => {
  const policed = intentWith([{
    apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'web' },
    spec: { appliesTo: {}, ingress: [{ name: 'in', action: 'reject' }], default: { egress: 'drop' }, enforce: false },
  }], intent, nothingHeld);
  const compiled = compile(policed, allocations, { intent, allocations, tables });
  const { dataplane, reader } = scene(() => compiled);
  const id = [...compiled.ruleNames.all()].find(({ name }) => name.rule === 'in')!.id;
  dataplane.ruleCells.cells.set([0n, 2n, 1n, 400n], id * 4);
  dataplane.clockMs = 1_400;
  const rows = reader.rules();
  t.match(rows, [
    { policy: 'Policy/web', rule: 'in', tier: 'application', direction: 'ingress', action: 'reject', enforced: false, hits: 0, audited: 2, differing: 1 },
    { policy: 'Policy/web', rule: 'default', direction: 'egress', action: 'drop', enforced: false, lastHit: null },
    { policy: 'Network/*', rule: 'default', hits: 0 },
  ]);
  t.ok(Math.abs(Date.now() - 1_000 - Date.parse(rows[0]!.lastHit!)) < 60_000, 'a second ago');
  dataplane.flowRecords = [{ ...flow, rule: id, verdict: 'reject', state: 'syn_sent' }];
  t.match(reader.flows(), [{ policy: 'Policy/web', rule: 'in', verdict: 'reject', state: 'syn_sent' }]);
  dataplane.flowRecords = [{ ...flow, rule: 99_999 }, { ...flow, rule: 0 }];
  t.match(reader.flows(), [{ policy: deletedName, rule: '' }, { policy: '', rule: '' }], 'a rule that is gone is told from none');
  t.end();
});
