import t from 'tap';
import { parseIp } from '../../../src/address/ip.ts';
import { composeFrame, protocolNumbers, tagFrame, type FrameFields } from '../../../src/explain/compose.ts';

const fields = (more: Partial<FrameFields>): FrameFields => ({
  sourceMac: '02:00:00:00:00:01', destinationMac: '02:00:00:00:00:02', source: parseIp('10.77.0.1')!, destination: parseIp('10.77.0.2')!,
  protocol: 6, sourcePort: 49_152, destinationPort: 443, ...more,
});
const v6 = { source: parseIp('fd00:77::1')!, destination: parseIp('fd00:77::2')! };

/** RFC 1071: the sum over what is covered and its checksum is all ones. */
function sumsUp(...parts: readonly (Uint8Array | readonly number[])[]): boolean {
  const bytes = parts.flatMap((part) => [...part]);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}
function pseudo(frame: Uint8Array, protocol: number): number[] {
  const isV4 = frame[12] === 8;
  const addresses = isV4 ? frame.subarray(26, 34) : frame.subarray(22, 54);
  const length = frame.length - (isV4 ? 34 : 54);
  return [...addresses, 0, protocol, length >> 8, length & 0xff];
}

t.test('an IPv4 frame is what its header says', (t) => {
  const frame = composeFrame(fields({}));
  t.equal(Buffer.from(frame.subarray(0, 14)).toString('hex'), '0200000000020200000000010800');
  t.equal(frame[14], 0x45);
  t.equal((frame[16]! << 8) + frame[17]!, frame.length - 14);
  t.ok(sumsUp(frame.subarray(14, 34)));
  t.equal(frame[47], 0x02, 'SYN');
  t.end();
});

t.test('every protocol has a valid checksum, on both families', (t) => {
  for (const [name, protocol] of Object.entries(protocolNumbers)) {
    if (name === 'sctp') continue;
    for (const family of [4, 6] as const) {
      if (name === (family === 4 ? 'icmpv6' : 'icmp')) continue;
      const frame = composeFrame(fields({ protocol, ...(family === 6 && v6) }));
      const segment = frame.subarray(family === 4 ? 34 : 54);
      t.ok(sumsUp(name === 'icmp' ? [] : pseudo(frame, protocol), segment), `${name} on IPv${family}`);
    }
  }
  t.end();
});

t.test('SCTP INIT has the CRC32c of RFC 9260', (t) => {
  const segment = Buffer.from(composeFrame(fields({ protocol: 132 })).subarray(34));
  const wanted = segment.readUInt32LE(8);
  segment.writeUInt32LE(0, 8);
  let crc = 0xffffffff;
  for (const byte of segment) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  t.equal(~crc >>> 0, wanted);
  t.equal(segment[12], 1, 'INIT');
  t.end();
});

t.test('another protocol is a bare IP packet', (t) => {
  const frame = composeFrame(fields({ protocol: 47, ...v6 }));
  t.equal(frame.length, 54);
  t.equal(frame[20], 47);
  t.end();
});

t.test('ports stand where they belong', (t) => {
  for (const protocol of [6, 17, 132]) {
    const segment = Buffer.from(composeFrame(fields({ protocol, sourcePort: 7, destinationPort: 65_535 })).subarray(34));
    t.strictSame([segment.readUInt16BE(0), segment.readUInt16BE(2)], [7, 65_535]);
  }
  t.end();
});

t.test('a tag stands behind the MACs', (t) => {
  const frame = composeFrame(fields({}));
  const tagged = Buffer.from(tagFrame(frame, 0xabc));
  t.equal(tagged.subarray(0, 18).toString('hex'), '02000000000202000000000181000abc0800');
  t.strictSame(Buffer.concat([tagged.subarray(0, 12), tagged.subarray(16)]), Buffer.from(frame));
  t.end();
});
