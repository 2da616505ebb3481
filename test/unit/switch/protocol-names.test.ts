import t from 'tap';
import { protocolName } from '../../../src/switch/protocol-names.ts';

t.test('what people know by a name has it, all others are numbers', (t) => {
  t.strictSame([1, 6, 17, 58, 132, 47, 0].map(protocolName), ['icmp', 'tcp', 'udp', 'icmpv6', 'sctp', '47', '0']);
  t.end();
});
