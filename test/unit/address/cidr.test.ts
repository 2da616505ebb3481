import fc from 'fast-check';
import t from 'tap';
import { cidrHolds, cidrsOverlap, formatCidr, parseCidr, rangeOf, reservedIn, subnetOf, type Cidr } from '../../../src/address/cidr.ts';
import { bitsOf, formatIp, parseIp, rangeHolds, type Ip } from '../../../src/address/ip.ts';

const anyCidr: fc.Arbitrary<Cidr> = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc.record({
    address: fc.bigInt({ min: 0n, max: (1n << BigInt(bitsOf(family))) - 1n }).map((value): Ip => ({ family, value })),
    length: fc.integer({ min: 0, max: bitsOf(family) }),
  }));

t.test('format and parse are inverse', (t) => {
  fc.assert(fc.property(anyCidr, (cidr) => formatCidr(parseCidr(formatCidr(cidr))!) === formatCidr(cidr)));
  t.end();
});

t.test('a prefix holds what lies in its range, and its subnet is its first address', (t) => {
  fc.assert(fc.property(anyCidr, (cidr) => {
    const { first, last } = rangeOf(cidr);
    return cidrHolds(cidr, first) && cidrHolds(cidr, last) && rangeHolds({ first, last }, cidr.address) && subnetOf(cidr).address.value === first.value;
  }));
  t.notOk(cidrHolds(parseCidr('10.0.0.0/24')!, parseIp('10.0.1.0')!));
  t.notOk(cidrHolds(parseCidr('0.0.0.0/0')!, parseIp('::1')!));
  t.end();
});

t.test('overlap is one prefix within the other', (t) => {
  const overlap = (a: string, b: string): boolean => cidrsOverlap(parseCidr(a)!, parseCidr(b)!);
  t.ok(overlap('10.0.0.0/8', '10.1.0.0/16'));
  t.ok(overlap('10.1.0.0/16', '10.0.0.0/8'));
  t.notOk(overlap('10.0.0.0/24', '10.0.1.0/24'));
  t.notOk(overlap('0.0.0.0/0', '::/0'));
  t.end();
});

t.test('the first and last address of an IPv4 subnet, and the first of an IPv6 one, are reserved', (t) => {
  const kind = (subnet: string, ip: string): string | undefined => reservedIn(parseCidr(subnet)!, parseIp(ip)!);
  t.equal(kind('10.0.0.0/24', '10.0.0.0'), 'network');
  t.equal(kind('10.0.0.0/24', '10.0.0.255'), 'broadcast');
  t.equal(kind('10.0.0.0/24', '10.0.0.1'), undefined);
  t.equal(kind('10.0.0.0/31', '10.0.0.0'), undefined, 'RFC 3021');
  t.equal(kind('10.0.0.7/32', '10.0.0.7'), undefined);
  t.equal(kind('fd00::/64', 'fd00::'), 'network');
  t.equal(kind('fd00::/64', 'fd00::ffff:ffff:ffff:ffff'), undefined);
  t.equal(formatIp(rangeOf(parseCidr('fd00::/127')!).last), 'fd00::1');
  t.end();
});

t.test('what is not an address with a length is refused', (t) => {
  for (const text of ['10.0.0.1', '10.0.0.1/33', '10.0.0.1/-1', '10.0.0.1/024', '::/129', '/24', '10.0.0.1/', '10.0.0.0/24/1']) t.equal(parseCidr(text), undefined, text);
  t.end();
});

t.test('a text is read once and means the same for ever, however many others are read', (t) => {
  const first = parseCidr('10.0.0.1/8');
  t.equal(parseCidr('10.0.0.1/8'), first);
  for (let number = 0; number < 20_000; number += 1) parseCidr(`10.1.${number >> 8}.${number & 255}/16`);
  t.strictSame(parseCidr('10.0.0.1/8'), first);
  t.equal(parseCidr('10.0.0.1/33'), undefined);
  t.equal(parseCidr('10.0.0.1/33'), undefined);
  t.end();
});
