import fc from 'fast-check';
import t from 'tap';
import { cidrHolds, formatCidr, parseCidr } from '../../../src/address/cidr.ts';
import { prefixesWithout } from '../../../src/address/prefixes.ts';

const without = (cidr: string, ...except: string[]): string[] => prefixesWithout(parseCidr(cidr)!, except.map((text) => parseCidr(text)!)).map(formatCidr);

t.test('what is taken out leaves the fewest prefixes', (t) => {
  t.strictSame(without('10.0.0.0/8'), ['10.0.0.0/8']);
  t.strictSame(without('10.0.0.0/8', '10.128.0.0/9'), ['10.0.0.0/9']);
  t.strictSame(without('10.0.0.0/8', '10.1.0.0/16').length, 8);
  t.strictSame(without('10.0.0.0/31', '10.0.0.1/32'), ['10.0.0.0/32']);
  t.strictSame(without('10.0.0.0/8', '11.0.0.0/8', 'fd00::/8'), ['10.0.0.0/8'], 'what is elsewhere is not in it');
  t.strictSame(without('10.0.0.0/8', '10.0.0.0/8'), []);
  t.strictSame(without('10.1.0.0/16', '10.0.0.0/8'), []);
  t.strictSame(without('::/0', 'fd00::1/128').length, 128);
  t.strictSame(without('10.0.0.7/24', '10.0.0.128/25'), ['10.0.0.0/25'], 'host bits mean nothing');
  t.end();
});

t.test('an address is held when it is inside and not taken out', (t) => {
  const cidr = fc.record({ value: fc.nat(255), length: fc.integer({ min: 24, max: 32 }) }).map(({ value, length }) => ({ address: { family: 4 as const, value: 0x0a000000n + BigInt(value) }, length }));
  fc.assert(fc.property(cidr, fc.array(cidr, { maxLength: 4 }), (all, except) => {
    const prefixes = prefixesWithout(all, except);
    for (let host = 0n; host < 256n; host += 1n) {
      const ip = { family: 4 as const, value: 0x0a000000n + host };
      const count = prefixes.filter((prefix) => cidrHolds(prefix, ip)).length;
      const wanted = cidrHolds(all, ip) && !except.some((hole) => cidrHolds(hole, ip));
      if (count !== Number(wanted)) return false;
    }
    return true;
  }), { numRuns: 200 });
  t.end();
});
