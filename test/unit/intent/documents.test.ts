import t from 'tap';
import { VswError } from '../../../src/errors.ts';
import { parseDocuments } from '../../../src/intent/documents.ts';

t.test('documents of a file are values in order, empty ones left out', (t) => {
  const { values } = parseDocuments('kind: A\n---\n---\nkind: B\n...\n');
  t.strictSame(values, [{ kind: 'A' }, { kind: 'B' }]);
  t.strictSame(parseDocuments('').values, []);
  t.strictSame(parseDocuments('# only words\n').values, []);
  t.end();
});

t.test('JSON is read, and a list stands for its entries', (t) => {
  t.strictSame(parseDocuments('{"kind": "A"}').values, [{ kind: 'A' }]);
  t.strictSame(parseDocuments('[{"kind": "A"}, {"kind": "B"}]').values, [{ kind: 'A' }, { kind: 'B' }]);
  t.end();
});

t.test('a list as other programs print it stands for its entries, too', (t) => {
  const text = 'apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n  x: 1\nmetadata: {resourceVersion: ""}\n---\nitems: [{kind: C}]\n';
  const documents = parseDocuments(text);
  t.strictSame(documents.values, [{ kind: 'A' }, { kind: 'B', x: 1 }, { kind: 'C' }]);
  t.equal(documents.lineOf('/1/x'), 6);
  t.equal(documents.lineOf('/2/kind'), 9);
  t.strictSame(parseDocuments('kind: A\nitems: [{kind: C}]').values, [{ kind: 'A', items: [{ kind: 'C' }] }], 'what is of a kind of its own stays');
  t.end();
});

t.test('a MAC of digits is a text, and hexadecimal is a number', (t) => {
  t.strictSame(parseDocuments('mac: 02:00:00:00:00:01\ntype: 0x88cc').values, [{ mac: '02:00:00:00:00:01', type: 0x88cc }]);
  t.end();
});

t.test('a path leads to its line, or to the line of what is nearest to it', (t) => {
  const documents = parseDocuments('kind: A\n---\nkind: B\nspec:\n  list:\n    - one\n    - two\n');
  t.equal(documents.lineOf('/1/spec/list/1'), 7);
  t.equal(documents.lineOf('/1/spec'), 4);
  t.equal(documents.lineOf('/1/spec/missing'), 4);
  t.equal(documents.lineOf('/0'), 1);
  t.equal(documents.lineOf('/9'), undefined);
  t.equal(parseDocuments('- a: 1\n- b: 2\n').lineOf('/1/b'), 2);
  t.end();
});

t.test('all that cannot be read is told at once, with its line', (t) => {
  const error = t.throws(() => parseDocuments('a: [1\n---\nb: "x\n---\nc: 1\n')) as VswError;
  t.equal(error.code, 'VSW_UNREADABLE');
  t.equal(error.status, 400);
  t.ok(error.errors.length >= 2);
  t.match(error.errors[0]?.message, /^line \d+, column \d+: /);
  t.end();
});

t.test('a key that stands twice is refused', (t) => {
  t.throws(() => parseDocuments('a: 1\na: 2\n'), { code: 'VSW_UNREADABLE' });
  t.end();
});

t.test('aliases cannot blow a small file up', (t) => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.split('').map((key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcdefgh'[index]}`).join(',')}]`).join('\n')}\n`;
  t.throws(() => parseDocuments(bomb), { code: 'VSW_UNREADABLE' });
  t.end();
});

t.test('what is nested without an end is one error', (t) => {
  const error = t.throws(() => parseDocuments('['.repeat(100_000))) as VswError;
  t.match(error, { code: 'VSW_UNREADABLE', errors: [{ path: '', message: /^line 1: .* nested too deeply$/ }] });
  t.equal(error.errors.length, 1);
  t.end();
});
