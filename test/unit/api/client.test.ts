/** The client: every operation, what the daemon refuses, and a daemon that is not there. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { ApiClient, ApiError, UnreachableError } from '../../../src/api/client.ts';
import { network, port } from './scripted-switch.ts';
import { serve, temporaryFolder } from './served.ts';
import { thrownBy } from './thrown.ts';

t.test('each operation reaches the switch', async (t) => {
  const { path, scripted } = await serve(t);
  const client = new ApiClient(path);
  t.equal((await client.apply([network, port('shop/web-1')])).generation, 8);
  t.equal((await client.apply([port('web-9')], { dryRun: true })).generation, 8);
  t.equal((await client.list('ports')).items.length, 1);
  t.equal((await client.get('ports', 'shop/web-1')).metadata.name, 'web-1');
  t.equal((await client.put('ports', 'web-2', port('web-2'))).changes[0]?.action, 'create');
  t.equal((await client.remove('ports', 'web-2')).changes[0]?.action, 'delete');
  t.same((await client.read('fdb', { port: 'shop/web-1', network: undefined })).items, []);
  t.equal((await client.delete([{ kind: 'Port', name: 'shop/web-1' }])).changes.length, 1);
  t.same((await client.read('drops', { port: '(deleted)' })).items, []);
  t.same((await client.read('events', { port: 'nobody' })).items, [], 'events outlive their subjects');
  for (const table of ['fdb', 'drops', 'stats'] as const) t.match(await thrownBy(client.read(table, { port: 'nobody' })), { message: /there is no Port nobody/i });
  t.match(await thrownBy(client.read('fdb', { network: 'nowhere' })), { message: /there is no Network nowhere/i });
  t.same(await client.flush('fdb', { network: 'dev' }), { removed: 4 });
  t.same(scripted.asked.at(-1), { flush: 'fdb', network: 'dev' });
  t.equal((await client.explain({ port: 'web-1', to: '10.0.0.1' }))['verdict'], 'drop');
  t.same(await client.generation(), { generation: scripted.generation });
  t.equal((await client.version()).pid, process.pid);
  t.match(await client.metrics(), /vswitch_build_info/);
  t.equal((await client.openApi())['openapi'], '3.1.0');
});

t.test('a refusal carries its problem document', async (t) => {
  const { path } = await serve(t);
  const error = await new ApiClient(path).get('ports', 'nobody').catch((thrown: unknown) => thrown);
  t.ok(error instanceof ApiError);
  t.match((error as ApiError).problem, { status: 404, errors: [{ message: /nobody/ }] });
});

t.test('a daemon that is not there is told apart', async (t) => {
  const path = join(temporaryFolder(t), 'none.sock');
  const error = await new ApiClient(path).generation().catch((thrown: unknown) => thrown);
  t.ok(error instanceof UnreachableError);
  t.match((error as UnreachableError).message, path);
});

t.test('an answer that is no problem document is still an error', async (t) => {
  const path = join(temporaryFolder(t), 's');
  const other = createServer((_request, response) => response.writeHead(502).end('<html>')).listen(path);
  await new Promise((resolve) => other.once('listening', resolve));
  t.teardown(() => other.close());
  t.match(await thrownBy(new ApiClient(path).generation()), { problem: { status: 502 } });
});
