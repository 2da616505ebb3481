import fc from 'fast-check';
import t from 'tap';
import { formatIp } from '../../../src/address/ip.ts';
import { broadcastMac, formatMac, isGroupMac, isZeroMac, linkLocalOf, macBytes, parseMac } from '../../../src/address/mac.ts';

t.test('colons and dashes are read, and become lower case with colons', (t) => {
  t.equal(parseMac('02:00:5E:aa:Bb:01'), '02:00:5e:aa:bb:01');
  t.equal(parseMac('02-00-5e-aa-bb-01'), '02:00:5e:aa:bb:01');
  t.end();
});

t.test('other texts are refused', (t) => {
  for (const text of ['', '02:00:5e:aa:bb', '02:00:5e:aa:bb:01:02', '02:00:5e:aa:bb:0g', '02-00:5e:aa:bb:01', '2:0:5e:aa:bb:1', ' 02:00:5e:aa:bb:01', '02005eaabb01']) {
    t.equal(parseMac(text), undefined, JSON.stringify(text));
  }
  t.end();
});

t.test('bytes and text are the same address', (t) => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
    const text = formatMac(bytes);
    return parseMac(text) === text && Buffer.compare(macBytes(text), bytes) === 0;
  }));
  t.end();
});

t.test('group addresses and zero are told from those that a port can have', (t) => {
  t.ok(isGroupMac(broadcastMac));
  t.ok(isGroupMac('01:00:5e:00:00:01'));
  t.notOk(isGroupMac('02:00:00:00:00:01'));
  t.ok(isZeroMac('00:00:00:00:00:00'));
  t.notOk(isZeroMac('00:00:00:00:00:01'));
  t.end();
});

t.test('the link-local address follows from the MAC as RFC 4291 says', (t) => {
  t.equal(formatIp(linkLocalOf('34:56:78:9a:bc:de')), 'fe80::3656:78ff:fe9a:bcde');
  t.equal(formatIp(linkLocalOf('02:00:00:00:00:01')), 'fe80::ff:fe00:1');
  t.end();
});
