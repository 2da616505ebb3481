/** The OpenAPI document and the server know the same operations. */
import t from 'tap';
import { handlers } from '../../../src/api/handlers.ts';
import { openApiDocument } from '../../../src/api/openapi.ts';
import { operations } from '../../../src/api/operations.ts';
import { ask, serve } from './served.ts';

const document = openApiDocument('1.2.3');
const described = Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })));

t.test('every described operation is served', async (t) => {
  const { path: socket, server } = await serve(t);
  for (const { method, path } of described) {
    if (path === '/v1/watch' || path === '/v1/capture') continue;   // event-stream.test.ts and capture-stream.test.ts
    const { status, body } = await ask(socket, method, path.replace('{name}', 'nobody'), method === 'PUT' || method === 'POST' ? {} : undefined);
    t.not(status, 405, `${method} ${path}`);
    if (status === 404) t.match(body.errors[0]?.message, /nobody/, `${method} ${path} knows the path but not the name`);
  }
  await server.close();
});

t.test('every served operation is described', (t) => {
  const known = new Set(described.map(({ method, path }) => `${method} ${path}`));
  for (const { method, path } of operations) t.ok(known.has(`${method} ${path}`), `${method} ${path}`);
  t.equal(described.length, operations.length);
  const byServer = ['watch', 'capture', 'metrics', 'openapi', 'version'];
  for (const { id } of operations) t.ok(handlers.has(id) || byServer.includes(id), `${id} has a handler`);
  t.equal(handlers.size + byServer.length, operations.length, 'and no handler is without operation');
  t.end();
});

t.test('the document has the form of OpenAPI 3.1', (t) => {
  t.equal(document.openapi, '3.1.0');
  t.equal(document.info.version, '1.2.3');
  for (const item of Object.values(document.paths)) {
    for (const [method, one] of Object.entries(item)) {
      const { operationId, parameters, responses, requestBody } = one as any;
      t.match(operationId, /^[a-z_]+$/);
      t.ok(Object.keys(responses).some((status) => status.startsWith('2')), `${operationId} says what it answers`);
      t.ok(parameters.every((parameter: any) => parameter.schema !== undefined && parameter.description !== ''));
      t.equal(requestBody !== undefined, ['put', 'post'].includes(method), `${operationId} has a body when it takes one`);
    }
  }
  t.doesNotThrow(() => JSON.parse(JSON.stringify(document)));
  t.end();
});
