import t from 'tap';
import type { Resource } from '../../../src/intent/intent.ts';
import { normalForm } from '../../../src/intent/normal.ts';
import { namespace, network, port } from './resources.ts';

const normal = (resource: unknown): unknown => normalForm(resource as Resource);

t.test('addresses become canonical', (t) => {
  t.match(normal(port('a', { mac: '02-00-00-00-00-AA', addresses: ['FD00:0:0::1/64'], routes: [{ to: 'FD00:9::/32', via: 'FD00::0fe' }, { to: 'default', via: '10.0.0.1' }] })), {
    spec: { mac: '02:00:00:00:00:aa', addresses: ['fd00::1/64'], routes: [{ to: 'fd00:9::/32', via: 'fd00::fe' }, { to: 'default', via: '10.0.0.1' }] },
  });
  t.match(normal(network('dev', { subnets: ['FD00::/64'], excluded: ['10.0.0.1 - 10.0.0.2'], etherTypes: ['0x88CC', 5000], staticMacs: [{ mac: '02:00:00:00:00:AB', port: 'default/a' }] })), {
    spec: { subnets: ['fd00::/64'], excluded: ['10.0.0.1-10.0.0.2'], etherTypes: [0x88cc, 5000], staticMacs: [{ mac: '02:00:00:00:00:ab', port: 'a' }] },
  });
  t.end();
});

t.test('what says nothing is left out, and status is not a wish', (t) => {
  const resource = { ...port('a'), metadata: { name: 'a', namespace: 'default', labels: {} }, status: { state: 'ready' } };
  t.strictSame(normal(resource), port('a'));
  t.strictSame(normal({ ...namespace('shop'), spec: {} }), namespace('shop'));
  const { spec: _, ...bare } = network('dev');
  t.strictSame(normal(bare), network('dev', {}));
  t.end();
});

t.test('the normal form of a normal form is itself', (t) => {
  const once = normal(port('shop/a', { mac: '02:00:00:00:00:AA', addresses: ['FD00::1/64'] }));
  t.strictSame(normal(once), once);
  t.end();
});
