import fc from 'fast-check';
import t from 'tap';
import { VswError, type ErrorDetail } from '../../../src/errors.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { emptyIntent, resourcesOf } from '../../../src/intent/intent.ts';
import { intentWith, intentWithout, resourceKind } from '../../../src/intent/validate.ts';
import { namespace, network, networkPolicy, policy, port, trunk } from './resources.ts';

const running = intentWith([network('dev'), network('ops'), port('a'), port('shop/b'), namespace('shop')], emptyIntent, nothingHeld);
function refused(work: () => unknown): VswError {
  try {
    work();
  } catch (error) {
    if (error instanceof VswError) return error;
  }
  throw new Error('it was not refused');
}
const errorsOf = (resources: readonly unknown[]): readonly ErrorDetail[] => refused(() => intentWith(resources, running, nothingHeld)).errors;

t.test('a request creates and replaces, and removes nothing', (t) => {
  const next = intentWith([port('a', { mtu: 1400 }), port('c')], running, nothingHeld);
  t.strictSame([...next.ports.keys()], ['default/a', 'shop/b', 'default/c']);
  t.equal(next.ports.get('default/a')?.spec.mtu, 1400);
  t.equal(running.ports.get('default/a')?.spec.mtu, undefined, 'what ran is not touched');
  t.end();
});

t.test('the order of the resources means nothing', (t) => {
  const resources = [network('dev', { subnets: ['10.0.0.0/24'] }), network('ops'), port('a'), port('shop/b', { network: 'ops' }), namespace('shop')];
  const wanted = resourcesOf(intentWith(resources, emptyIntent, nothingHeld));
  fc.assert(fc.property(fc.shuffledSubarray(resources, { minLength: resources.length }), (shuffled) => {
    t.strictSame(resourcesOf(intentWith(shuffled, emptyIntent, nothingHeld)), wanted);
  }), { numRuns: 20 });
  t.end();
});

t.test('errors of form and of coherence come together', (t) => {
  t.strictSame(errorsOf([port('x', { colour: 1 }), port('y', { network: 'nowhere' }), 5, { kind: 'Prot' }, { metadata: {} }]).map(({ path }) => path).sort(),
    ['/0/spec/colour', '/1/spec/network', '/2', '/3/kind', '/4/kind']);
  const both = port('x', { network: 'nowhere', mac: 'zz', addresses: ['10.0.0.1/24', 'bad', 'worse'], 'a/b~c': 1 });
  t.strictSame(errorsOf([both]).map(({ path }) => path).sort(),
    ['/0/spec/addresses/1', '/0/spec/addresses/2', '/0/spec/a~1b~0c', '/0/spec/mac', '/0/spec/network'], 'of one port, too');
  t.strictSame(errorsOf([{ ...both, apiVersion: 'v2' }]).map(({ path }) => path).includes('/0/spec/network'), false, 'unless too little is left of it');
  t.end();
});

t.test('what is wrong in form hides nothing that is wrong otherwise, and moves it nowhere', (t) => {
  const paths = (resource: unknown): string[] => errorsOf([resource]).map(({ path }) => path);
  t.strictSame(paths(port('x', { network: 'dev', addresses: ['zz', '10.0.0.1/24', 'zz', '0.0.0.0/8'] })), ['/0/spec/addresses/0', '/0/spec/addresses/2', '/0/spec/addresses/3']);
  t.strictSame(paths(policy('p', { networks: ['nowhere'] }, {
    tier: 'top', ingress: [{ action: 'allow', from: [{ cidr: 'zz', except: ['10.0.0.0/8'] }, { cidr: '10.0.0.1/8' }], protocols: [{ tpc: [80] }, { tcp: ['80-79'] }] }],
  })), ['/0/spec/tier', '/0/spec/ingress/0/from/0/cidr', '/0/spec/ingress/0/protocols/0/tpc', '/0/spec/appliesTo/networks/0', '/0/spec/ingress/0/protocols/1/tcp/0', '/0/spec/ingress/0/from/1/cidr']);
  t.strictSame(paths({ ...policy('p'), spec: { ingress: [
    { name: 'default', action: 'allow', from: [] }, { name: 'a', from: [{}] }, { name: 'a', action: 'permit', protocols: [{ icmp: 'ping' }] },
  ] } }), ['/0/spec/appliesTo', '/0/spec/ingress/1/action', '/0/spec/ingress/2/action', '/0/spec/ingress/0/name', '/0/spec/ingress/0/from',
    '/0/spec/ingress/1/from/0', '/0/spec/ingress/2/name', '/0/spec/ingress/2/protocols/0/icmp'], 'what is missing hides nothing either');
  t.strictSame(paths(networkPolicy('n', { extra: 1, ingress: [{ from: [7], ports: [{ port: 80, protocol: 'tcp' }, { port: 'No Name' }] }] })),
    ['/0/spec/extra', '/0/spec/ingress/0/from/0', '/0/spec/ingress/0/ports/0/protocol', '/0/spec/ingress/0/ports/1/port']);
  t.end();
});

t.test('a mistyped message of ICMP is an error among the others', (t) => {
  const protocols = [{ icmp: 'echo-reqest' }, { icmpv6: ['echo-request', 'any'] }, { icmp: '8/300' }, { icmp: '8/' }];
  t.match(errorsOf([policy('p', { networks: ['dve'] }, { ingress: [{ action: 'allow', protocols }] })]), [
    { path: '/0/spec/appliesTo/networks/0' }, { path: '/0/spec/ingress/0/protocols/0/icmp', remedy: 'did you mean echo-request?' },
    { path: '/0/spec/ingress/0/protocols/1/icmpv6/1' }, { path: '/0/spec/ingress/0/protocols/2/icmp' }, { path: '/0/spec/ingress/0/protocols/3/icmp' },
  ]);
  t.end();
});

t.test('a mistyped kind is recognised', (t) => {
  t.match(errorsOf([{ kind: 'port' }, { kind: 'Gateway' }, { kind: 'Networkpolicy' }]), [
    { path: '/0/kind', remedy: 'did you mean Port?' }, { remedy: 'write one of Network, Port, Namespace, Policy, NetworkPolicy' }, { remedy: 'did you mean NetworkPolicy?' },
  ]);
  t.end();
});

t.test('policies are resources like others: found by name, told with their paths, in the way of what they need', (t) => {
  const next = intentWith([policy('web', { networks: ['dev'] }), networkPolicy('shop/deny'), networkPolicy('deny')], running, nothingHeld);
  t.strictSame(resourcesOf(next).slice(-3).map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`), ['Policy  web', 'NetworkPolicy  deny', 'NetworkPolicy shop deny']);
  t.match(errorsOf([policy('web', { networks: ['dve'] }), networkPolicy('deny', { ingress: [{ from: [{}] }] })]), [
    { path: '/0/spec/appliesTo/networks/0', message: 'there is no network dve', remedy: 'did you mean dev?' }, { path: '/1/spec/ingress/0/from/0' },
  ]);
  const without = (kind: string, name: string): readonly ErrorDetail[] => refused(() => intentWithout([{ kind, name }], next)).errors;
  t.match(without('NetworkPolicy', 'shop/dney'), [{ message: 'there is no networkpolicy shop/dney', remedy: 'did you mean shop/deny?' }]);
  t.match(without('Policy', 'x'), [{ remedy: '"vswitchctl get policies" lists what is there' }]);
  t.match(without('Network', 'dev').at(-1), { message: 'network dev is named by policy web' });
  t.equal(intentWithout([{ kind: 'NetworkPolicy', name: 'default/deny' }, { kind: 'policy', name: 'web' }], next).networkPolicies.size, 1);
  t.equal(resourceKind('policies'), 'Policy');
  t.end();
});

t.test('what Kubernetes prints is taken as it is', (t) => {
  const printed = { ...networkPolicy('deny', { ingress: null, policyTypes: ['Ingress'] }), metadata: { name: 'deny', creationTimestamp: null, uid: 'x' }, status: {} };
  t.strictSame(intentWith([printed], running, nothingHeld).networkPolicies.get('default/deny')?.spec, { podSelector: {}, policyTypes: ['Ingress'] });
  t.end();
});

t.test('a resource stands once in a request', (t) => {
  t.match(errorsOf([port('a'), port('default/a')]), [{ path: '/1/metadata/name', message: /is in the request twice, first at \/0/ }]);
  t.end();
});

t.test('the wrong apiVersion is refused', (t) => {
  t.match(errorsOf([{ ...port('a'), apiVersion: 'v1' }]), [{ path: '/0/apiVersion', remedy: 'write "vswitch/v1"' }]);
  t.match(errorsOf([{ ...namespace('a'), apiVersion: 'vswitch/v1' }]), [{ path: '/0/apiVersion', remedy: 'write "v1"' }]);
  t.match(errorsOf([{ ...network('x'), metadata: { name: 'x', namespace: 'shop' } }]), [{ path: '/0/metadata/namespace' }]);
  t.end();
});

t.test('delete removes what is named, in any order', (t) => {
  const next = intentWithout([{ kind: 'Network', name: 'dev' }, { kind: 'Port', name: 'default/a' }, { kind: 'Port', name: 'shop/b' }], running);
  t.strictSame(resourcesOf(next).map(({ kind, metadata }) => `${kind} ${metadata.name}`), ['Network ops', 'Namespace shop']);
  t.end();
});

t.test('what is not there is told with what was meant', (t) => {
  const error = refused(() => intentWithout([{ kind: 'Port', name: 'shop/bb' }, { kind: 'Network', name: 'zzzz' }], running));
  t.equal(error.status, 404);
  t.match(error.errors, [{ path: '/0', message: 'there is no port shop/bb', remedy: 'did you mean shop/b?' }, { path: '/1', message: 'there is no network zzzz' }]);
  t.end();
});

t.test('a network with ports stays, and is told which', (t) => {
  const error = refused(() => intentWithout([{ kind: 'Network', name: 'dev' }], running));
  t.equal(error.status, 409);
  t.match(error.errors, [{ path: '/0', message: 'network dev still has ports a, shop/b' }]);
  t.end();
});

t.test('a port that a static MAC leads to stays', (t) => {
  const mapped = intentWith([network('dev', { staticMacs: [{ mac: '02:00:00:00:00:99', port: 'a' }] })], running, nothingHeld);
  t.match(refused(() => intentWithout([{ kind: 'Port', name: 'a' }], mapped)).errors, [{ message: 'network dev maps 02:00:00:00:00:99 to port a' }]);
  t.end();
});

t.test('a kind is known by its usual spellings', (t) => {
  for (const text of ['Port', 'port', 'ports', 'PORTS']) t.equal(resourceKind(text), 'Port');
  t.equal(resourceKind('namespaces'), 'Namespace');
  t.equal(resourceKind('pod'), undefined);
  t.end();
});

t.test('a network stays as long as a trunk carries it', (t) => {
  const carried = intentWith([network('dev', { vlan: 1 }), network('prod', { vlan: 2 }), trunk('up', ['dev', 'prod'])], emptyIntent, nothingHeld);
  t.match(refused(() => intentWithout([{ kind: 'Network', name: 'prod' }], carried)).errors, [{ path: '/0', message: 'network prod still has port up' }]);
  t.equal(intentWithout([{ kind: 'Network', name: 'prod' }, { kind: 'Port', name: 'up' }], carried).networks.size, 1);
  t.end();
});

t.test('a resource that is nested without an end is refused like any other mistake', (t) => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  const round: Record<string, unknown> = {};
  round['again'] = [round, round];
  const errors = errorsOf([port('a', { network: deep }), network('dev', { subnets: [round] }), { kind: 'Port', metadata: { name: 'b' }, spec: { network: 'dev' } }]);
  t.match(errors, [{ path: '/0', message: /nested deeper than any resource/ }, { path: '/1', message: /nested deeper/ }, { path: '/2/apiVersion' }]);
  t.end();
});
