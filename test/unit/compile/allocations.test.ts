import fc from 'fast-check';
import t from 'tap';
import { formatCidr } from '../../../src/address/cidr.ts';
import { isGroupMac } from '../../../src/address/mac.ts';
import { allocate, heldBy, noAllocations, type Allocations } from '../../../src/compile/allocations.ts';
import { emptyIntent, type Intent } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith, intentWithout } from '../../../src/intent/validate.ts';
import { network, port } from '../intent/resources.ts';

const many = 1000;
const wish = (...resources: unknown[]): Intent => intentWith(resources, emptyIntent, nothingHeld);
const addressesOf = (allocations: Allocations, key: string, of = 'dev'): string[] => heldBy(allocations).addressesOf(key, of).map(formatCidr);

t.test('a port without addresses gets the first free one of each subnet', (t) => {
  const dev = network('dev', { subnets: ['10.77.0.0/24', 'fd00:77::/64'], excluded: ['10.77.0.2-10.77.0.4', 'fd00:77::1'] });
  const held = allocate(wish(dev, port('a'), port('b'), port('c', { addresses: ['10.77.0.5/24'] }), port('d', { routes: [{ to: 'default', via: '10.77.0.6' }] })), noAllocations, many);
  t.strictSame(addressesOf(held, 'default/a'), ['10.77.0.1/24', 'fd00:77::2/64']);
  t.strictSame(addressesOf(held, 'default/b'), ['10.77.0.7/24', 'fd00:77::3/64']);
  t.strictSame(addressesOf(held, 'default/c'), []);
  t.strictSame(addressesOf(held, 'default/d'), ['10.77.0.8/24', 'fd00:77::4/64']);
  t.end();
});

t.test('a huge excluded range is stepped over', (t) => {
  const held = allocate(wish(network('dev', { subnets: ['10.0.0.0/8', 'fd00::/64'], excluded: ['10.0.0.0-10.200.0.0', 'fd00::-fd00::8000:0:0:0'] }), port('a')), noAllocations, many);
  t.strictSame(addressesOf(held, 'default/a'), ['10.200.0.1/8', 'fd00::8000:0:0:1/64']);
  t.end();
});

t.test('MAC and addresses are kept for the name, also while there is no such port', (t) => {
  const dev = network('dev', { subnets: ['10.77.0.0/24'] });
  const first = wish(dev, port('a'), port('b'));
  const one = allocate(first, noAllocations, many);
  const without = intentWithout([{ kind: 'Port', name: 'a' }], first);
  const two = allocate(intentWith([port('c')], without, heldBy(one)), one, many);
  t.strictSame(addressesOf(two, 'default/c'), ['10.77.0.3/24'], 'a\'s address is not given on');
  const three = allocate(intentWith([port('a')], without, heldBy(two)), two, many);
  t.strictSame(addressesOf(three, 'default/a'), ['10.77.0.1/24']);
  t.equal(three.macs['default/a'], one.macs['default/a']);
  t.end();
});

t.test('a port that comes back from another network has its old address', (t) => {
  const dev = network('dev', { subnets: ['10.77.0.0/24'] });
  const ops = network('ops', { subnets: ['10.88.0.0/24'] });
  const one = allocate(wish(dev, ops, port('a'), port('b')), noAllocations, many);
  const two = allocate(wish(dev, ops, port('a', { network: 'ops' }), port('b'), port('c')), one, many);
  t.strictSame(addressesOf(two, 'default/a', 'ops'), ['10.88.0.1/24']);
  t.strictSame(addressesOf(allocate(wish(dev, ops, port('a'), port('b'), port('c')), two, many), 'default/a'), ['10.77.0.1/24']);
  t.end();
});

t.test('a next hop that others route through stays with the port that it was given to', (t) => {
  const dev = network('dev', { subnets: ['10.77.0.0/24'] });
  const one = allocate(wish(dev, port('gateway')), noAllocations, many);
  const two = allocate(wish(dev, port('gateway'), port('a', { routes: [{ to: 'default', via: '10.77.0.1' }] })), one, many);
  t.strictSame(addressesOf(two, 'default/gateway'), ['10.77.0.1/24']);
  t.strictSame(addressesOf(two, 'default/a'), ['10.77.0.2/24']);
  t.end();
});

t.test('only a full subnet gives an unused address on, the longest unused first', (t) => {
  const dev = network('dev', { subnets: ['10.77.0.0/29'] });
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const full = wish(dev, ...names.map((name) => port(name)));
  let held = allocate(full, noAllocations, many);
  let rest = full;
  for (const name of ['c', 'a']) {
    rest = intentWithout([{ kind: 'Port', name }], rest);
    held = allocate(rest, held, many);
  }
  rest = intentWith([port('x')], rest, heldBy(held));
  held = allocate(rest, held, many);
  t.strictSame(addressesOf(held, 'default/x'), ['10.77.0.3/29'], 'c left first');
  held = allocate(rest = intentWith([port('y')], rest, heldBy(held)), held, many);
  t.strictSame(addressesOf(held, 'default/y'), ['10.77.0.1/29']);
  t.throws(() => allocate(intentWith([port('z')], rest, heldBy(held)), held, many), { code: 'VSW_LIMIT', message: /has no address left for port z/, errors: [{ path: '', remedy: /^delete ports/ }] });
  t.end();
});

t.test('what somebody declared is not remembered for another', (t) => {
  const dev = network('dev', { subnets: ['10.77.0.0/24'] });
  const one = allocate(wish(dev, port('a')), noAllocations, many);
  const taken = wish(dev, port('b', { addresses: ['10.77.0.1/24'], mac: one.macs['default/a'] }));
  const two = allocate(taken, one, many);
  const back = allocate(intentWith([port('a')], taken, heldBy(two)), two, many);
  t.strictSame(addressesOf(back, 'default/a'), ['10.77.0.2/24']);
  t.not(back.macs['default/a'], one.macs['default/a']);
  t.end();
});

t.test('an address that its network no longer has is chosen anew', (t) => {
  const one = allocate(wish(network('dev', { subnets: ['10.77.0.0/24'] }), port('a')), noAllocations, many);
  const two = allocate(wish(network('dev', { subnets: ['10.78.0.0/24'] }), port('a')), one, many);
  t.strictSame(addressesOf(two, 'default/a'), ['10.78.0.1/24']);
  t.end();
});

t.test('MACs are local, unicast, unlike each other and do not depend on the order', (t) => {
  const ports = Array.from({ length: 300 }, (_, index) => port(`p${index}`));
  const dev = network('dev');
  const held = allocate(wish(dev, ...ports), noAllocations, many);
  const macs = Object.values(held.macs);
  t.equal(new Set(macs).size, 300);
  t.ok(macs.every((mac) => mac.startsWith('02:') && !isGroupMac(mac)));
  t.strictSame(allocate(wish(dev, ...ports.toReversed()), noAllocations, many), held);
  t.end();
});

t.test('numbers are kept, and a free one is not given away in the transaction that frees it', (t) => {
  const dev = network('dev');
  const one = allocate(wish(dev, port('a'), port('b')), noAllocations, many);
  t.strictSame(one.portIds, { 'default/a': 1, 'default/b': 2 });
  const two = allocate(wish(dev, port('b'), port('c')), one, many);
  t.strictSame(two.portIds, { 'default/b': 2, 'default/c': 3 });
  t.equal(allocate(wish(dev, port('b'), port('c'), port('d')), two, many).portIds['default/d'], 1);
  t.throws(() => allocate(wish(dev, port('a'), port('b'), port('c')), noAllocations, 3), { code: 'VSW_LIMIT', message: /room for 2 ports/, errors: [{ path: '', remedy: /^delete some/ }] });
  t.end();
});

t.test('a network may have the name of what every object inherits', (t) => {
  const held = allocate(wish(network('constructor'), port('constructor', { network: 'constructor' })), noAllocations, many);
  t.strictSame(held.networkIds, { constructor: 1 });
  t.strictSame(allocate(wish(network('constructor')), held, many).networkIds, { constructor: 1 });
  t.end();
});

t.test('allocating again changes nothing, and nobody shares an address', (t) => {
  fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }), fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }), (before, after) => {
    const dev = network('dev', { subnets: ['10.77.0.0/27'] });
    const intent = (names: number[]): Intent => wish(dev, ...names.map((name) => port(`p${name}`)));
    const one = allocate(intent(before), noAllocations, many);
    const two = allocate(intent(after), one, many);
    const given = after.flatMap((name) => addressesOf(two, `default/p${name}`));
    const isKept = after.filter((name) => before.includes(name)).every((name) => addressesOf(one, `default/p${name}`)[0] === addressesOf(two, `default/p${name}`)[0]);
    t.strictSame(allocate(intent(after), two, many), two);
    return given.length === after.length && new Set(given).size === given.length && isKept;
  }), { numRuns: 40 });
  t.end();
});

t.test('one more among ten thousand ports takes no second', (t) => {
  const dev = network('dev', { subnets: ['10.0.0.0/16'] });
  const ports = Array.from({ length: 10_000 }, (_, index) => port(`p${index}`));
  const one = allocate(wish(dev, ...ports), noAllocations, 65_536);
  const intent = wish(dev, ...ports, port('last'));
  const start = performance.now();
  const two = allocate(intent, one, 65_536);
  t.ok(performance.now() - start < 1000);
  t.strictSame(addressesOf(two, 'default/last'), ['10.0.39.17/16']);
  t.end();
});

t.test('one port that comes or goes among many costs no look at all of them, and gets what it would have got', (t) => {
  const dev = network('dev', { subnets: ['10.77.0.0/16'] });
  const before = wish(dev, ...Array.from({ length: 300 }, (_, index) => port(`p${index}`)));
  const held = allocate(before, noAllocations, many);
  const more = intentWith([port('x'), port('y', { addresses: ['10.77.1.45/16'], mac: '02:00:00:00:00:01' })], before, heldBy(held));
  const now = allocate(more, held, many, before);
  t.strictSame(now, allocate(more, held, many));
  t.strictSame(addressesOf(now, 'default/x'), ['10.77.1.46/16'], 'the next address is another\'s');
  const fewer = intentWithout([{ kind: 'Port', name: 'p7' }, { kind: 'Port', name: 'y' }], more);
  const then = allocate(fewer, now, many, more);
  t.strictSame(then, allocate(fewer, now, many));
  t.equal(then.macs, now.macs, 'what belongs to names stays');
  t.equal(then.addresses[0]!.port, 'default/p7', 'longest unused first');
  const again = intentWith([port('p7'), port('z')], fewer, heldBy(then));
  t.strictSame(allocate(again, then, many, fewer), allocate(again, then, many));
  t.throws(() => allocate(again, then, 302, fewer), { code: 'VSW_LIMIT' });
  t.end();
});
