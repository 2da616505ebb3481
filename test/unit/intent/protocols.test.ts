import t from 'tap';
import { checkProtocols, isPortName, normalProtocols, ProtocolsSchema, servicesOf, type ProtocolSpec } from '../../../src/intent/protocols.ts';
import { checkStructure } from '../../../src/intent/structure.ts';

function told(protocols: readonly ProtocolSpec[]): string[] {
  const lines: string[] = [];
  checkProtocols(protocols, '/p', (field, message, remedy) => lines.push(`${field}: ${message}; ${remedy}`));
  return lines;
}

t.test('entries stand for numbers, ranges and names', (t) => {
  const protocols: ProtocolSpec[] = [{ tcp: [443, '8000-8100', 'http'] }, { udp: [53] }, { sctp: ['3868'] }, { icmp: 'echo-request' }, { icmpv6: 128 }, { icmp: ['3/4', 11] }, { ip: 47 }];
  t.strictSame(checkStructure(ProtocolsSchema, protocols, ''), []);
  t.strictSame(told(protocols), []);
  t.strictSame(servicesOf(protocols), [
    { protocol: 6, first: 443, last: 443 }, { protocol: 6, first: 8000, last: 8100 }, { protocol: 6, name: 'http' }, { protocol: 17, first: 53, last: 53 },
    { protocol: 132, first: 3868, last: 3868 }, { protocol: 1, first: 0x800, last: 0x8ff }, { protocol: 58, first: 0x8000, last: 0x80ff },
    { protocol: 1, first: 0x304, last: 0x304 }, { protocol: 1, first: 0xb00, last: 0xbff }, { protocol: 47, first: 0, last: 65_535 },
  ]);
  t.end();
});

t.test('the normal form says the same in one way', (t) => {
  t.strictSame(normalProtocols([{ tcp: ['443', '80-80', 'http'] }, { icmp: 8 }, { icmpv6: ['128', '2/7'] }, { ip: '47' }, { icmp: '3/4' }]), [
    { tcp: [443, 80, 'http'] }, { icmp: 'echo-request' }, { icmpv6: ['echo-request', '2/7'] }, { ip: 47 }, { icmp: 'fragmentation-needed' },
  ]);
  const once = normalProtocols([{ icmp: [8, 77] }, { sctp: ['1-2'] }]);
  t.strictSame(normalProtocols(once), once);
  t.strictSame(servicesOf(once), servicesOf([{ icmp: [8, 77] }, { sctp: ['1-2'] }]));
  t.end();
});

t.test('what cannot be read keeps its form, to be told as it was written', (t) => {
  for (const item of ['echo-reqest', 'any', '300', '8/300', '8/', '/8', '', '-1', 256, 'neighbor-solicitation', 'constructor']) {
    t.strictSame(normalProtocols([{ icmp: item }, { icmpv6: [item, 1] }]), [{ icmp: item }, { icmpv6: [item, 'destination-unreachable'] }], String(item));
    t.match(told(normalProtocols([{ icmp: item }, { icmpv6: [item] }])), [/^\/p\/0\/icmp: .*not a message of icmp;/, /^\/p\/1\/icmpv6: .*not a message of icmpv6;/]);
  }
  t.end();
});

t.test('what makes no sense is told with a remedy', (t) => {
  t.match(told([]), [/^\/p: an empty list/]);
  t.match(told([{}, { tcp: [1], udp: [1] }, { tcp: [] }, { icmp: [] }]), [/\/p\/0: .*names no protocol/, /tcp and udp stand in one entry.*an entry for each/, /\/p\/2\/tcp: .*\[0-65535\]/, /\{ip: 1\}/]);
  t.match(told([{ tcp: ['80-79', '70000', 'HTTP', '1-70000'] }]), [/runs backwards; write 79-80/, /70000 is larger/, /"HTTP" is not a port/, /larger/]);
  t.match(told([{ icmp: 'echo-requst' }, { icmpv6: '1/300' }, { icmp: 'constructor' }, { ip: '300' }]), [/did you mean echo-request/, /not a message of icmpv6/, /not a message/, /not the number of a protocol/]);
  t.strictSame(checkStructure(ProtocolsSchema, [{ tcp: [70_000] }, { ip: 256 }, { gre: 1 }, { icmp: true }], '').map(({ path }) => path), ['/0/tcp/0', '/1/ip', '/2/gre', '/3/icmp']);
  t.end();
});

t.test('names of ports are those of RFC 6335', (t) => {
  for (const name of ['http', 'a', '8080x', 'x-1']) t.ok(isPortName(name), name);
  for (const name of ['80', '', '-a', 'a-', 'a--b', 'A', 'abcdefghijklmnop']) t.notOk(isPortName(name), name);
  t.end();
});
