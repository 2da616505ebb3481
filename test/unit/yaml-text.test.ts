import t from 'tap';
import { LineCounter } from 'yaml';
import { itemsOf, readYaml } from '../../src/yaml-text.ts';

const readAs = (text: string): unknown => readYaml(text, new LineCounter()).documents.map((document) => document.toJS() as unknown);

t.test('documents are as the library has them, with lines', (t) => {
  t.strictSame(readAs('a: 1\n---\n- {b: [c]}\n- "d"\n'), [{ a: 1 }, [{ b: ['c'] }, 'd']]);
  t.strictSame(readAs('{"a": [1, {"b": null}]}'), [{ a: [1, { b: null }] }]);
  t.strictSame(readAs(''), []);
  const lines = new LineCounter();
  const { documents } = readYaml('a: 1\nb: "x\n', lines);
  t.equal(lines.linePos(documents[0]?.errors[0]?.pos[0] ?? 0).line, 3);
  t.end();
});

t.test('resources are far from the limit, and what is beyond it is told by its place and never composed', (t) => {
  const nested = (depth: number): string => `a:\n  b: ${'['.repeat(depth)}${']'.repeat(depth)}\n`;
  t.equal(readYaml(nested(50), new LineCounter()).tooDeep, undefined);
  for (const text of [nested(200), nested(1_000_000), '{a: '.repeat(1_000_000), '['.repeat(1_000_000), '- '.repeat(100_000), '? '.repeat(100_000)]) {
    const lines = new LineCounter();
    const { documents, tooDeep } = readYaml(text, lines);
    t.strictSame(documents, []);
    t.equal(lines.linePos(tooDeep ?? 0).line, text.startsWith('a:') ? 2 : 1);
  }
  t.end();
});

t.test('a list stands for its entries, in each form that is printed or sent', (t) => {
  const entries = [{ kind: 'Port' }, 5];
  const steps = (value: unknown): string[] => itemsOf(value).map(({ prefix }) => prefix.join('/'));
  for (const list of [entries, { items: entries }, { kind: 'List', items: entries }, { resources: entries }]) t.strictSame(itemsOf(list).map(({ item }) => item), entries);
  t.strictSame([steps(entries), steps({ items: entries }), steps({ resources: entries })], [['0', '1'], ['items/0', 'items/1'], ['resources/0', 'resources/1']]);
  for (const single of [{ kind: 'Port', items: entries }, { kind: 'Port', resources: entries }, { resources: entries, dryRun: true }, { resources: 'x' }, 5]) {
    t.strictSame(itemsOf(single), [{ item: single, prefix: [] }]);
  }
  t.strictSame(itemsOf(null), []);
  t.end();
});
