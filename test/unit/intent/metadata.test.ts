import t from 'tap';
import { MetadataSchema, NamespacedMetadataSchema } from '../../../src/intent/metadata.ts';
import { checkStructure } from '../../../src/intent/structure.ts';

const isRight = (metadata: unknown, schema: unknown = NamespacedMetadataSchema): boolean => checkStructure(schema, metadata, '').length === 0;

t.test('names are short, lower case and begin and end with a letter or digit', (t) => {
  for (const name of ['a', '1', 'web-1', 'a.b', 'x'.repeat(63)]) t.ok(isRight({ name }), name);
  for (const name of ['', '-a', 'a-', 'A', 'a_b', 'a/b', 'x'.repeat(64), '.']) t.notOk(isRight({ name }), name);
  t.end();
});

t.test('labels are those of Kubernetes', (t) => {
  for (const labels of [{ app: 'web' }, { 'example.com/tier': 'Front_end.1' }, { a: '' }]) t.ok(isRight({ name: 'a', labels }), JSON.stringify(labels));
  for (const labels of [{ 'a b': 'x' }, { app: 'a b' }, { '/x': 'y' }, { app: 'x'.repeat(64) }, { app: 5 }]) t.notOk(isRight({ name: 'a', labels }), JSON.stringify(labels));
  t.ok(isRight({ name: 'a', annotations: { note: 'anything at all: {}' } }));
  t.end();
});

t.test('only what lives in a namespace names one', (t) => {
  t.ok(isRight({ name: 'a', namespace: 'shop' }));
  t.notOk(isRight({ name: 'a', namespace: 'shop' }, MetadataSchema));
  t.end();
});
