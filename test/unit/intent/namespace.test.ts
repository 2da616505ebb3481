import t from 'tap';
import { NamespaceSchema } from '../../../src/intent/namespace.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { namespace } from './resources.ts';

t.test('a namespace is a name with labels', (t) => {
  t.strictSame(checkStructure(NamespaceSchema, namespace('shop', { team: 'shop' }), ''), []);
  t.strictSame(checkStructure(NamespaceSchema, { ...namespace('shop'), spec: {}, status: { phase: 'Active' } }, ''), []);
  t.strictSame(checkStructure(NamespaceSchema, { ...namespace('shop'), spec: { quota: 1 } }, '').map(({ path }) => path), ['/spec/quota']);
  t.end();
});
