import fc from 'fast-check';
import t from 'tap';
import { formatSnapshot, parseSnapshot } from '../../../src/store/snapshot.ts';

t.test('what is written is read', (t) => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const plain = JSON.parse(JSON.stringify(value)) as unknown;
    t.strictSame(parseSnapshot(formatSnapshot(plain)), { value: plain });
  }), { numRuns: 50 });
  t.end();
});

t.test('a file that was cut short anywhere is told from a good one', (t) => {
  const text = formatSnapshot({ resources: [{ kind: 'Network' }], allocations: {} });
  for (let length = 0; length < text.length - 1; length += 1) t.ok('fault' in parseSnapshot(text.slice(0, length)), `cut at ${length}`);
  t.end();
});

t.test('a changed byte is noticed', (t) => {
  const text = formatSnapshot({ mtu: 1500 });
  t.match(parseSnapshot(text.replace('1500', '1400')), { fault: /checksum does not match/ });
  t.match(parseSnapshot('{"format":"other"}\n{}\n'), { fault: /not the header/ });
  t.match(parseSnapshot(text.replace('"version":1', '"version":2')), { fault: /format 2, and this version reads format 1/ });
  t.end();
});
