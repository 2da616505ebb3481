import t from 'tap';
import { checkMulticast, MulticastSchema, type MulticastSpec } from '../../../src/intent/multicast.ts';
import { checkStructure } from '../../../src/intent/structure.ts';

const paths = (spec: MulticastSpec | undefined): string[] => {
  const found: string[] = [];
  checkMulticast(spec, (field) => found.push(field));
  return found;
};

t.test('what holds together is left alone', (t) => {
  for (const spec of [
    undefined, {}, { snooping: true }, { snooping: true, querier: true, fastLeave: true, unknownGroups: 'routers' as const }, { snooping: false, unknownGroups: 'flood' as const },
    { snooping: true, querySeconds: 2, responseSeconds: 1 }, { snooping: false, querier: false },
  ]) t.strictSame(paths(spec), [], JSON.stringify(spec));
  t.end();
});

t.test('without snooping there is nothing to ask for', (t) => {
  t.strictSame(paths({ querier: true, fastLeave: true, unknownGroups: 'routers' }), ['/multicast/querier', '/multicast/fastLeave', '/multicast/unknownGroups']);
  t.end();
});

t.test('answers come before the next question', (t) => {
  t.strictSame(paths({ snooping: true, querySeconds: 10 }), ['/multicast/querySeconds']);
  t.strictSame(paths({ snooping: true, querySeconds: 5, responseSeconds: 5 }), ['/multicast/responseSeconds']);
  t.end();
});

t.test('times have bounds and fields have names', (t) => {
  const wrong = (value: unknown): string[] => checkStructure(MulticastSchema, value, '').map(({ path }) => path);
  t.strictSame(wrong({ querySeconds: 1, responseSeconds: 13, unknownGroups: 'drop', snoop: true }), ['/querySeconds', '/responseSeconds', '/unknownGroups', '/snoop']);
  t.strictSame(wrong({ querySeconds: 3600, responseSeconds: 12, unknownGroups: 'flood', snooping: true }), []);
  t.end();
});
