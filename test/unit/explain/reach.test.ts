import t from 'tap';
import { VirtualSwitch } from '../../../src/index.ts';
import { network, policy, port, trunk } from '../intent/resources.ts';
import { labelled, switchWith } from './explained.ts';

const web = policy('web', { ports: { matchLabels: { app: 'web' } } }, { ingress: [{ action: 'allow', from: [{ ports: { matchLabels: { app: 'lb' } } }], protocols: [{ tcp: [443] }] }], default: { ingress: 'drop' } });
const three = [labelled('web', 1, { app: 'web' }), labelled('lb', 2, { app: 'lb' }), labelled('shop/x', 3)];

t.test('rows send and columns receive, in the order of the names', async (t) => {
  const product = await switchWith(t, [...three, web]);
  t.same(product.explain({ reach: { destinationPort: 443 } }), { protocol: 'tcp', destinationPort: 443, ports: ['lb', 'shop/x', 'web'], rows: ['-..', '.-X', '..-'] });
  t.same(product.explain({ reach: {} }), { protocol: 'tcp', destinationPort: 80, ports: ['lb', 'shop/x', 'web'], rows: ['-.X', '.-X', '..-'] });
  t.same((product.explain({ reach: { protocol: 'ICMP' } })).rows, ['-.X', '.-X', '..-']);
  t.same((product.explain({ reach: { protocol: 58 } })).protocol, 'icmpv6');
  t.same((product.explain({ reach: { protocol: '47' } })).destinationPort, undefined);
});

t.test('a candidate is asked in its place', async (t) => {
  const product = await switchWith(t, three);
  t.same((product.explain({ reach: {} })).rows, ['-..', '.-.', '..-']);
  t.same((product.explain({ reach: {}, with: [web] })).rows, ['-.X', '.-X', '..-']);
});

t.test('one address that may is enough, and ports of different networks do not meet', async (t) => {
  const open4 = policy('four', { ports: { matchLabels: { app: 'web' } } }, { ingress: [{ action: 'allow', from: [{ cidr: '10.77.0.0/24' }] }], default: { ingress: 'drop' } });
  const product = await switchWith(t, [...three, open4, network('ops', { subnets: ['10.78.0.0/24', 'fd00:78::/64'], vlan: 9 }), port('far', { network: 'ops', addresses: ['10.78.0.1/24'] }), port('mute', { network: 'ops', addresses: ['fd00:78::1/64'] }), trunk('up', ['ops'], { addresses: ['10.78.0.2/24'] })]);
  const { ports, rows } = product.explain({ reach: {} });
  t.same(ports, ['far', 'lb', 'mute', 'shop/x', 'up', 'web']);
  t.same(rows.map((row) => row.replaceAll('X', 'n').replaceAll('.', 'y')), ['-nnnyn', 'n-nyny', 'nn-nnn', 'nyn-ny', 'ynnn-n', 'nynyn-']);
  t.same(product.explain({ reach: { network: 'ops' } }), { protocol: 'tcp', destinationPort: 80, network: 'ops', ports: ['far', 'mute', 'up'], rows: ['-X.', 'X-X', '.X-'] });
});

t.test('what makes no sense is told, all at once', async (t) => {
  const product = await switchWith(t, three);
  t.throws(() => product.explain({ reach: { protocol: 'gre', destinationPort: 70_000, network: 5 as never } }), { errors: [{ path: '/reach/protocol' }, { path: '/reach/destinationPort' }, { path: '/reach/network' }] });
  t.throws(() => product.explain({ reach: { protocol: 'icmp', destinationPort: 1 } }), { errors: [{ path: '/reach/destinationPort', message: /only TCP, UDP and SCTP/ }] });
  t.throws(() => product.explain({ reach: { network: 'dve' } }), { code: 'VSW_NOT_FOUND' });
});

t.test('more than can be answered in one go are refused', async (t) => {
  const product = await VirtualSwitch.open({ workers: 0, clock: 'virtual', limits: { ports: 2048, flows: 64, macs: 64 } });
  t.teardown(async () => await product.close());
  await product.apply([network('dev', { subnets: ['10.77.0.0/16'] }), ...Array.from({ length: 1001 }, (_, index) => port(`p${index}`))]);
  t.throws(() => product.explain({ reach: {} }), { errors: [{ path: '/reach', message: /1002001 questions/ }] });
});
