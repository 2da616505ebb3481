import t from 'tap';
import { VswError, type ErrorDetail } from '../../../src/errors.ts';
import { parseCidr } from '../../../src/address/cidr.ts';
import { nothingHeld, type Held } from '../../../src/intent/held.ts';
import { emptyIntent, type Intent } from '../../../src/intent/intent.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import { network, port, tap, trunk } from './resources.ts';

const dev = network('dev', { subnets: ['10.77.0.0/24', 'fd00:77::/64'] });

function errorsOf(resources: unknown[], running: Intent = emptyIntent, held: Held = nothingHeld): readonly ErrorDetail[] {
  try {
    intentWith(resources, running, held);
  } catch (error) {
    return (error as VswError).errors;
  }
  return [];
}
const told = (resources: unknown[], running?: Intent, held?: Held): string[] => errorsOf(resources, running, held).map(({ path, message }) => `${path} ${message}`);

t.test('a port needs its network, running or in the request', (t) => {
  t.match(errorsOf([dev, port('a', { network: 'dve' })]), [{ path: '/1/spec/network', message: 'there is no network dve', remedy: 'did you mean dev?' }]);
  t.strictSame(told([port('a'), dev]), []);
  t.strictSame(told([port('a')], intentWith([dev], emptyIntent, nothingHeld)), []);
  t.end();
});

t.test('a network whose form is wrong is not told missing as well', (t) => {
  t.strictSame(errorsOf([network('dev', { mtu: 1 }), port('a')]).map(({ path }) => path), ['/0/spec/mtu']);
  t.end();
});

t.test('an address belongs to a subnet, and is not one that the subnet reserves', (t) => {
  const addresses = ['10.77.0.1/24', '10.78.0.1/24', '10.77.0.0/24', '10.77.0.255/24', 'fd00:77::/64', '224.0.0.1/24', 'fe80::1/64', '10.77.0.9/32', '10.77.0.1/24'];
  t.strictSame(told([dev, port('a', { addresses })]), [
    '/1/spec/addresses/1 10.78.0.1 is in no subnet of network dev',
    '/1/spec/addresses/2 10.77.0.0 is the network address of 10.77.0.0/24',
    '/1/spec/addresses/3 10.77.0.255 is the broadcast address of 10.77.0.0/24',
    '/1/spec/addresses/4 fd00:77:: is the network address of fd00:77::/64',
    '/1/spec/addresses/5 224.0.0.1 is not an address that a port can have',
    '/1/spec/addresses/8 10.77.0.1 is listed twice',
  ]);
  t.strictSame(told([network('bare'), port('a', { network: 'bare', addresses: ['192.168.1.1/24'] })]), [], 'a network without subnets takes any');
  t.match(told([network('bare'), port('a', { network: 'bare', addresses: ['192.168.1.0/24'] })]), [/network address of 192.168.1.0\/24/]);
  t.end();
});

t.test('a MAC and an address have one owner in a network', (t) => {
  const one = port('one', { mac: '02:00:00:00:00:01', addresses: ['10.77.0.1/24'] });
  const two = port('two', { mac: '02:00:00:00:00:01', addresses: ['10.77.0.2/24', '10.77.0.1/24'] });
  t.strictSame(told([dev, one, two]), [
    '/2/spec/mac 02:00:00:00:00:01 is already the MAC of port one', '/2/spec/addresses/1 10.77.0.1 is already the address of port one',
  ]);
  t.equal(told([two], intentWith([dev, one], emptyIntent, nothingHeld)).length, 2, 'also with one that runs');
  t.strictSame(told([dev, network('ops', { subnets: ['10.77.0.0/24'] }), one, port('two', { ...(two['spec'] as object), network: 'ops' })]), [], 'networks are apart');
  t.strictSame(told([one], intentWith([dev, one], emptyIntent, nothingHeld)), [], 'a port does not clash with itself');
  t.end();
});

t.test('what was chosen for a port is its own like what it declared', (t) => {
  const held: Held = {
    macOf: (key) => (key === 'default/auto' ? '02:aa:00:00:00:01' : undefined),
    addressesOf: (key) => (key === 'default/auto' ? [parseCidr('10.77.0.1/24')!] : []),
  };
  const running = intentWith([dev, port('auto')], emptyIntent, held);
  t.strictSame(told([port('other', { mac: '02:aa:00:00:00:01', addresses: ['10.77.0.1/24'] })], running, held), [
    '/0/spec/mac 02:aa:00:00:00:01 is already the MAC of port auto', '/0/spec/addresses/0 10.77.0.1 is already the address of port auto',
  ]);
  t.end();
});

t.test('a device of a namespace is one port, however the namespace is written', (t) => {
  t.match(told([dev, tap('a', { netns: 'web' }), tap('b', { netns: '/var/run/netns/web', device: 'eth0' })]), [/^\/2\/spec\/device device eth0 of \/run\/netns\/web already belongs to port a/]);
  t.match(told([dev, tap('a', { netns: 'pid:5' }), tap('b', { netns: '/proc/5/ns/net' })]), [/already belongs to port a/]);
  t.strictSame(told([dev, tap('a', { netns: 'web' }), tap('b', { netns: 'web', device: 'eth1' }), tap('c', { netns: 'db' })]), []);
  t.end();
});

t.test('a network is refused when its ports would no longer fit, and is told which', (t) => {
  const running = intentWith([dev, port('a', { addresses: ['10.77.0.1/24'], mtu: 1500 })], emptyIntent, nothingHeld);
  t.strictSame(told([network('dev', { subnets: ['10.80.0.0/24'], mtu: 1400 })], running), [
    '/0/spec port a: 1500 is larger than the MTU of network dev, 1400', '/0/spec port a: 10.77.0.1 is in no subnet of network dev',
  ]);
  t.strictSame(told([network('dev', { subnets: ['10.80.0.0/24'] }), port('a', { addresses: ['10.80.0.1/24'] })], running), [], 'both may change at once');
  t.end();
});

t.test('subnets are prefixes apart from each other, and what is excluded lies in one', (t) => {
  t.strictSame(told([network('dev', {
    subnets: ['10.77.0.1/24', '10.0.0.0/8', '127.0.0.0/8', '10.1.0.0/16', 'fe80::/64'], excluded: ['10.2.0.1', '192.168.0.1', '9.255.255.255-10.0.0.1'],
  })]), [
    '/0/spec/subnets/0 10.77.0.1/24 is not the first address of its prefix', '/0/spec/subnets/1 10.0.0.0/8 overlaps 10.77.0.1/24',
    '/0/spec/subnets/2 127.0.0.0/8 holds no addresses that a port may be given', '/0/spec/subnets/3 10.1.0.0/16 overlaps 10.0.0.0/8',
    '/0/spec/subnets/4 fe80::/64 holds no addresses that a port may be given',
    '/0/spec/excluded/1 192.168.0.1 is not inside a subnet of the network', '/0/spec/excluded/2 9.255.255.255-10.0.0.1 is not inside a subnet of the network',
  ]);
  t.end();
});

t.test('IPv6 needs an MTU of 1280', (t) => {
  t.match(told([network('dev', { subnets: ['fd00::/64'], mtu: 1000 })]), [/\/0\/spec\/mtu 1000 is too small for IPv6/]);
  t.match(told([network('dev'), port('a', { addresses: ['fd00::1/64'], mtu: 1000 })]), [/\/1\/spec\/mtu 1000 is too small/]);
  t.strictSame(told([network('dev', { subnets: ['10.0.0.0/24'], mtu: 1000 })]), []);
  t.end();
});

t.test('EtherTypes that are judged by themselves are not listed', (t) => {
  t.match(told([network('dev', { etherTypes: [0x0800, 0x88cc, '0x5ff', 0x88cc, 0x8100] })]), [/0x0800 is IPv4/, /0x05ff is a length/, /0x88cc is listed twice/, /0x8100 is the VLAN tag/]);
  t.end();
});

t.test('a static MAC leads to a port of its network, and is nobody else\'s', (t) => {
  const with_ = (staticMacs: unknown[]): Record<string, unknown> => network('dev', { staticMacs });
  t.match(told([with_([{ mac: '02:00:00:00:00:99', port: 'b' }]), port('a')]), [/\/0\/spec\/staticMacs\/0\/port there is no port b/]);
  t.match(told([with_([{ mac: '02:00:00:00:00:99', port: 'a' }, { mac: '02:00:00:00:00:99', port: 'a' }]), port('a')]), [/staticMacs\/1\/mac 02:00:00:00:00:99 is listed twice/]);
  t.match(told([with_([{ mac: '02:00:00:00:00:99', port: 'a' }]), network('ops'), port('a', { network: 'ops' })]), [/port a is in network ops/]);
  t.match(told([with_([{ mac: '02:00:00:00:00:01', port: 'a' }]), port('a', { mac: '02:00:00:00:00:01' })]), [/is the MAC of port a itself/]);
  const running = intentWith([with_([{ mac: '02:00:00:00:00:99', port: 'a' }]), network('ops'), port('a')], emptyIntent, nothingHeld);
  t.match(told([port('a', { network: 'ops' })], running), [/\/0\/spec\/network port a is in network ops, and network dev maps/]);
  t.match(told([port('b', { mac: '02:00:00:00:00:99' })], running), [/\/0\/spec\/mac 02:00:00:00:00:99 is the MAC of port b itself/]);
  t.end();
});

t.test('a trunk and its networks, all that is wrong at once', (t) => {
  const prod = network('prod', { subnets: ['10.78.0.0/24'], vlan: 200 });
  const tagged = network('dev', { subnets: ['10.77.0.0/24', 'fd00:77::/64'], vlan: 100 });
  t.strictSame(told([tagged, prod, trunk('up', ['dev', 'prod'], { native: 'dev', addresses: ['10.77.0.9/24', '10.78.0.9/24'], routes: [{ to: 'default', via: '10.77.0.1' }] })]), []);
  t.strictSame(told([dev, prod, trunk('up', ['dev', 'prod', 'porch'], { native: 'ops', mtu: 9000 })]), [
    "/2/spec/trunk/native ops is not one of the trunk's networks",
    '/2/spec/trunk/networks/2 there is no network porch',
    '/2/spec/trunk/networks/0 network dev has no vlan, and only the native network goes without a tag',
  ]);
  t.strictSame(told([tagged, prod, trunk('up', ['dev', 'prod'], { mtu: 9000, addresses: ['10.79.0.1/24', '10.77.0.0/24', 'fe80::1/64'], routes: [{ to: 'default', via: '10.77.0.1' }] })]), [
    '/2/spec/mtu 9000 is larger than the largest MTU of its networks, 1500',
    "/2/spec/addresses/0 10.79.0.1 is in no subnet of the trunk's networks",
    '/2/spec/addresses/1 10.77.0.0 is the network address of 10.77.0.0/24',
    "/2/spec/addresses/2 fe80::1 is in no subnet of the trunk's networks",
    '/2/spec/routes a trunk without a native network has no address to route from on its own device',
  ]);
  const twin = network('twin', { subnets: ['10.77.0.0/16'], vlan: 300 });
  t.match(told([tagged, twin, trunk('up', ['dev', 'twin'], { addresses: ['10.77.0.9/24'] })]), [/addresses\/0 10.77.0.9 is in subnets of dev and twin/]);
  t.end();
});

t.test('what a network becomes is held against the trunks that carry it', (t) => {
  const running = intentWith([network('dev', { vlan: 100 }), network('prod', { vlan: 200 }), trunk('up', ['dev', 'prod']), trunk('out', ['dev'], { native: 'dev' })], emptyIntent, nothingHeld);
  t.match(told([network('prod', { vlan: 100 })], running), [/^\/0\/spec port up: networks dev and prod have the same vlan 100/]);
  t.match(told([network('prod')], running), [/^\/0\/spec port up: network prod has no vlan/]);
  t.match(told([network('dev', { vlan: 100, carryTags: true })], running), [/^\/0\/spec port out: network dev carries its hosts' own tags/]);
  t.strictSame(told([network('prod', { vlan: 100 }), network('dev', { vlan: 200 })], running), [], 'two may change places in one request');
  t.end();
});

t.test('a trunk has its MAC in each of its networks, and an address in one', (t) => {
  const networks = [network('dev', { vlan: 100, subnets: ['10.77.0.0/24'] }), network('prod', { vlan: 200, subnets: ['10.78.0.0/24'] })];
  const up = trunk('up', ['dev', 'prod'], { mac: '02:00:00:00:00:09', addresses: ['10.77.0.9/24'] });
  t.strictSame(told([...networks, up, port('a', { network: 'prod', mac: '02:00:00:00:00:09' })]), ['/3/spec/mac 02:00:00:00:00:09 is already the MAC of port up']);
  t.strictSame(told([...networks, up, trunk('down', ['prod', 'dev'], { mac: '02:00:00:00:00:09', addresses: ['10.77.0.9/24'] })]), [
    '/3/spec/mac 02:00:00:00:00:09 is already the MAC of port up', '/3/spec/addresses/0 10.77.0.9 is already the address of port up',
  ], 'said once, though they meet in two networks');
  t.strictSame(told([...networks, trunk('up', ['dev', 'prod'], { native: 'dev' }), port('a')], emptyIntent, { macOf: () => undefined, addressesOf: () => [parseCidr('10.77.0.1/24')!] }),
    ['/3/spec/network 10.77.0.1 is already the address of port up']);
  t.strictSame(told([network('prod', { vlan: 200, staticMacs: [{ mac: '02:00:00:00:00:99', port: 'up' }] }), networks[0], up]), [], 'a static MAC may be behind it, in any of its networks');
  t.match(told([...networks, network('ops', { staticMacs: [{ mac: '02:00:00:00:00:99', port: 'up' }] }), up]), [/^\/2\/spec\/staticMacs\/0\/port port up is in network dev, prod, and network ops maps/]);
  t.end();
});

t.test('a capture is written by one port', (t) => {
  const captured = (name: string, file: string): Record<string, unknown> => port(name, { capture: { file } });
  t.match(told([network('dev'), captured('a', '/x'), captured('b', '/x'), captured('c', '/y')]), [/\/2\/spec\/capture\/file port a already writes \/x/]);
  t.match(told([network('dev'), captured('a', '/x'), port('p', { type: 'pcap', pcap: { write: '/x' } })]), [/\/2\/spec\/pcap\/write port a already writes \/x/]);
  t.end();
});

t.test('a subnet that moves to another network of a trunk takes the address of the trunk along, beside what is in the request', (t) => {
  const [dev, prod] = [network('dev', { vlan: 1 }), network('prod', { vlan: 2, subnets: ['10.5.0.0/24'] })];
  const running = intentWith([dev, prod, trunk('up', ['dev', 'prod'], { addresses: ['10.5.0.1/24'] })], emptyIntent, nothingHeld);
  t.strictSame(told([port('a', { addresses: ['10.5.0.1/24'] })], running), []);
  const moved = [network('dev', { vlan: 1, subnets: ['10.5.0.0/24'] }), network('prod', { vlan: 2 }), port('a', { addresses: ['10.5.0.1/24'] })];
  t.match(told(moved, running), [/10\.5\.0\.1 is already the address of port up/]);
  t.end();
});
