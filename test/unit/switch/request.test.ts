import t from 'tap';
import { VswError } from '../../../src/errors.ts';
import { aboutOnePort, asList, asPortResource, pathsOf, portsIn, replacing, asMilliseconds } from '../../../src/switch/request.ts';
import { namespace, network, port } from '../intent/resources.ts';

t.test('a resource of a request is found by its kind and key', (t) => {
  const pathOf = pathsOf([network('dev'), port('a'), port('shop/a'), namespace('shop')]);
  t.equal(pathOf('Network', 'dev'), '/0');
  t.equal(pathOf('Port', 'default/a'), '/1');
  t.equal(pathOf('Port', 'shop/a'), '/2');
  t.equal(pathOf('Namespace', 'shop'), '/3');
  t.equal(pathOf('Port', 'default/b'), undefined);
  t.equal(pathOf('Network', 'shop'), undefined);
  t.end();
});

t.test('what is no resource is nowhere, and hurts nobody', (t) => {
  t.strictSame(portsIn([null, undefined, 5, 'Port', [], { kind: 'Port' }, port('a'), network('dev')]), ['default/undefined', 'default/a']);
  t.end();
});

t.test('a list is taken as it is, and nothing else as one', (t) => {
  const list = [1];
  t.equal(asList(list, 'resources'), list);
  for (const other of [undefined, null, 5, {}, network('dev')]) {
    t.throws(() => asList(other as unknown as [], 'resources'), { code: 'VSW_INVALID', errors: [{ path: '', message: 'a list of resources is needed here' }] });
  }
  t.end();
});

t.test('a port by its fields becomes a resource', (t) => {
  t.strictSame(asPortResource({ name: 'a', network: 'dev', mtu: 1400, labels: { tier: 'web' } }), {
    isFlat: true,
    resource: { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'a', labels: { tier: 'web' } }, spec: { network: 'dev', mtu: 1400 } },
  });
  t.match(asPortResource({ name: 'shop/a', network: 'dev' }).resource, { metadata: { name: 'a', namespace: 'shop' }, spec: { network: 'dev' } });
  t.match(asPortResource({ name: 'a', namespace: 'shop', network: 'dev' }).resource, { metadata: { name: 'a', namespace: 'shop' } });
  t.strictSame(asPortResource({}).resource, { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: undefined }, spec: {} });
  t.end();
});

t.test('a resource stays as it is, and a wrong one is left to be judged', (t) => {
  for (const value of [port('a'), { metadata: {} }, null, undefined, 'a']) {
    const { resource, isFlat } = asPortResource(value);
    t.equal(resource, value);
    t.equal(isFlat, false);
  }
  t.end();
});

t.test('only ports are attached', (t) => {
  t.throws(() => asPortResource(network('dev')), { code: 'VSW_INVALID', errors: [{ path: '/kind', message: 'a Network cannot be attached' }] });
  t.end();
});

t.test('errors about one port point into what was given', (t) => {
  const error = VswError.of('VSW_INVALID', ['/0/spec/mtu', '/0/metadata/name', '/0/spec', '/0', ''].map((path) => ({ path, message: 'x', remedy: 'y' })));
  t.strictSame(aboutOnePort(error, true).errors.map(({ path }) => path), ['/mtu', '/name', '', '', '']);
  t.strictSame(aboutOnePort(error, false).errors.map(({ path }) => path), ['/spec/mtu', '/metadata/name', '/spec', '', '']);
  t.equal(aboutOnePort(error, true).code, 'VSW_INVALID');
  t.end();
});

t.test('what is given again stands in the place of what was given before', (t) => {
  const [dev, other, a, inShop] = [network('dev'), network('dev', { mtu: 1400 }), port('a'), port('shop/a')];
  t.same(replacing([dev, a, 'text'], [other, inShop]), [a, 'text', other, inShop]);
  t.same(replacing([port('default/a')], [a]), [a]);
  t.end();
});

t.test('time moves on by whole milliseconds', (t) => {
  t.strictSame([0, 1, 0xffff_ffff].map(asMilliseconds), [0, 1, 0xffff_ffff]);
  for (const ms of [-1, 0.5, Number.NaN, 0x1_0000_0000]) t.throws(() => asMilliseconds(ms), { code: 'VSW_INVALID', errors: [{ remedy: /whole milliseconds/ }] });
  t.end();
});
