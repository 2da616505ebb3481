/** What the API speaks: names and paths. */
import t from 'tap';
import { collections, nameOf, packageVersion, resourcePath, tableFilters, tables } from '../../../src/api/protocol.ts';

t.test('a name leaves the default namespace out', (t) => {
  t.equal(nameOf({ name: 'web-1' }), 'web-1');
  t.equal(nameOf({ name: 'web-1', namespace: 'default' }), 'web-1');
  t.equal(nameOf({ name: 'web-1', namespace: 'shop' }), 'shop/web-1');
  t.end();
});

t.test('a path carries the slash of a namespaced name encoded', (t) => {
  t.equal(resourcePath('ports', 'shop/web-1'), '/v1/ports/shop%2Fweb-1');
  t.equal(resourcePath('networks'), '/v1/networks');
  t.end();
});

t.test('the version is the package\'s', (t) => {
  t.match(packageVersion(), /^\d+\.\d+\.\d+/);
  t.end();
});

t.test('every table says how it may be narrowed', (t) => {
  t.same(Object.keys(tableFilters).sort(), [...tables].sort());
  t.same(Object.keys(collections), ['networks', 'ports', 'namespaces', 'policies', 'networkpolicies']);
  t.end();
});
