/** The list of operations is complete and without contradictions. */
import t from 'tap';
import { mediaTypesOf, operations } from '../../../src/api/operations.ts';

t.test('each operation has its own id, and its own method and path', (t) => {
  t.equal(new Set(operations.map(({ id }) => id)).size, operations.length);
  t.equal(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size, operations.length);
  t.end();
});

t.test('the paths of the contract are there', (t) => {
  const served = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  for (const collection of ['networks', 'ports', 'namespaces', 'policies', 'networkpolicies']) {
    for (const one of [`GET /v1/${collection}`, ...['GET', 'PUT', 'DELETE'].map((method) => `${method} /v1/${collection}/{name}`)]) {
      t.ok(served.has(one), one);
    }
  }
  for (const table of ['fdb', 'neighbors', 'flows', 'drops', 'stats', 'events', 'generation', 'watch']) t.ok(served.has(`GET /v1/${table}`), table);
  for (const one of ['POST /v1/apply', 'POST /v1/delete', 'POST /v1/explain', 'DELETE /v1/fdb', 'DELETE /v1/flows', 'GET /metrics', 'GET /openapi.json']) {
    t.ok(served.has(one), one);
  }
  t.end();
});

t.test('resources come as JSON or YAML, questions as JSON alone', (t) => {
  const of = (id: string): readonly string[] => mediaTypesOf(operations.find((one) => one.id === id)!);
  t.ok(of('apply').includes('application/yaml'));
  t.same(of('explain'), ['application/json']);
  t.same(of('read_fdb'), []);
  t.end();
});
