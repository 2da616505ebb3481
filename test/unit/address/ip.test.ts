import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import {
  bytesOf, compareIp, formatIp, formatRange, ipFromBytes, isLinkLocal, isUnicast, parseIp, parseRange, rangeHolds, sameIp, type Ip,
} from '../../../src/address/ip.ts';

const anyIp: fc.Arbitrary<Ip> = fc.oneof(
  fc.bigInt({ min: 0n, max: 0xffff_ffffn }).map((value): Ip => ({ family: 4, value })),
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((value): Ip => ({ family: 6, value })),
);

t.test('format and parse are inverse, and Node reads what is written', (t) => {
  fc.assert(fc.property(anyIp, (ip) => {
    const text = formatIp(ip);
    return sameIp(parseIp(text)!, ip) && (ip.family === 4 ? isIPv4(text) : isIPv6(text));
  }));
  t.end();
});

t.test('bytes and number are the same address', (t) => {
  fc.assert(fc.property(anyIp, (ip) => sameIp(ipFromBytes(Uint8Array.from(bytesOf(ip))), ip)));
  t.end();
});

t.test('IPv6 is written as RFC 5952 says', (t) => {
  t.equal(formatIp(parseIp('2001:0DB8:0:0:0:0:0:1')!), '2001:db8::1');
  t.equal(formatIp(parseIp('2001:db8:0:1:1:1:1:1')!), '2001:db8:0:1:1:1:1:1');
  t.equal(formatIp(parseIp('::')!), '::');
  t.end();
});

t.test('lenient forms are refused', (t) => {
  for (const text of ['', '10.0.0', '10.0.0.256', '010.0.0.1', '0x0a.0.0.1', '167772161', '10.0.0.1/24', 'fe80::1%eth0', ':::', '1::2::3', 'example']) {
    t.equal(parseIp(text), undefined, JSON.stringify(text));
  }
  t.end();
});

t.test('IPv4 sorts before IPv6, then by number', (t) => {
  const sorted = ['fd00::1', '10.0.0.10', '10.0.0.9', '::1'].map((text) => parseIp(text)!).sort(compareIp).map(formatIp);
  t.strictSame(sorted, ['10.0.0.9', '10.0.0.10', '::1', 'fd00::1']);
  t.end();
});

t.test('only unicast addresses can be a port\'s', (t) => {
  for (const text of ['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'ff02::1', '::ffff:10.0.0.1']) t.notOk(isUnicast(parseIp(text)!), text);
  for (const text of ['10.0.0.0', '192.168.1.1', 'fd00::1', 'fe80::1', '2001:db8::1']) t.ok(isUnicast(parseIp(text)!), text);
  t.ok(isLinkLocal(parseIp('febf::1')!));
  t.notOk(isLinkLocal(parseIp('fec0::1')!));
  t.notOk(isLinkLocal(parseIp('10.0.0.1')!));
  t.end();
});

t.test('a range is one address or two of a family in order', (t) => {
  t.equal(formatRange(parseRange('10.0.0.250 - 10.0.0.254')!), '10.0.0.250-10.0.0.254');
  t.equal(formatRange(parseRange('fd00::1')!), 'fd00::1');
  for (const text of ['10.0.0.2-10.0.0.1', '10.0.0.1-fd00::1', '10.0.0.1-', '1-2-3', '10.0.0.0/24']) t.equal(parseRange(text), undefined, text);
  const range = parseRange('10.0.0.5-10.0.0.7')!;
  t.strictSame(['10.0.0.4', '10.0.0.5', '10.0.0.7', '10.0.0.8', '::5'].map((text) => rangeHolds(range, parseIp(text)!)), [false, true, true, false, false]);
  t.end();
});
