import fc from 'fast-check';
import t from 'tap';
import { parseSnapshot, snapshotOf } from '../../../src/store/snapshot.ts';

const formatSnapshot = (value: unknown): string => snapshotOf(value).text(false);

t.test('what is written is read', (t) => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const plain = JSON.parse(JSON.stringify(value)) as unknown;
    t.strictSame(parseSnapshot(formatSnapshot(plain)), { value: plain, sha256: snapshotOf(plain).sha256, isFollowed: false });
    t.match(parseSnapshot(snapshotOf(plain).text(true)), { isFollowed: true });
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
  t.match(parseSnapshot(text.replace('"version":1', '"version":3')), { fault: /format 3, and this version reads formats 1 and 2/ });
  t.end();
});
