/** The client: every operation, what the daemon refuses, and a daemon that is not there. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createSocketServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
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
  t.match(await thrownBy(client.read('rules', { policy: 'Policy/nope' })), { message: /there is no Policy nope/i });
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

/** A server that speaks for itself: `answer` gets each connection with its number, and what came by it so far. */
async function listening(t: Test, answer: (socket: Socket, connection: number, text: string) => void): Promise<string> {
  const path = join(temporaryFolder(t), 's');
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    const number = sockets.size;
    let text = '';
    socket.on('data', (piece) => answer(socket, number, text += piece));
    socket.on('error', () => undefined);
  }).listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return path;
}

const said = (body: object): string => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${JSON.stringify(body).length}\r\n\r\n${JSON.stringify(body)}`;

t.test('one connection serves request after request', async (t) => {
  let connections = 0;
  const path = await listening(t, (socket, number) => {
    connections = number;
    socket.write(said({ generation: 1 }));
  });
  const client = new ApiClient(path);
  for (let count = 0; count < 5; count += 1) await client.generation();
  t.equal(connections, 1);
});

t.test('what a daemon that ended had not read in full is asked of the next one', async (t) => {
  const path = await listening(t, (socket, number, text) => {
    if (number === 1) {
      socket.write(said({ generation: number }));
      socket.pause();
      // The next request lies there in part at most, or finds the connection closed.
      setTimeout(() => socket.destroy(), 20);
    } else if (text.endsWith(']}')) socket.write(said({ generation: number }));
  });
  const client = new ApiClient(path);
  t.same(await client.generation(), { generation: 1 });
  t.same(await client.delete([{ kind: 'Port', name: 'x'.repeat(4_000_000) }]), { generation: 2 });
});

t.test('what a daemon that ended may have done is not asked again, unless it only asks', async (t) => {
  const path = await listening(t, (socket, number, text) => {
    if (number === 1 && text.includes('HTTP/1.1\r\n', text.indexOf('HTTP/1.1') + 1)) socket.destroy();
    else socket.write(said({ generation: number }));
  });
  const changing = new ApiClient(path);
  await changing.generation();
  t.match(await thrownBy(changing.delete([])), { name: 'UnreachableError', message: /socket hang up/ });
  t.same(await changing.generation(), { generation: 2 });
});

t.test('a question that was broken off is asked again', async (t) => {
  const path = await listening(t, (socket, number, text) => {
    if (number === 1 && text.split('GET ').length > 2) socket.destroy();
    else socket.write(said({ generation: number }));
  });
  const asking = new ApiClient(path);
  await asking.generation();
  t.same(await asking.generation(), { generation: 2 });
});

t.test('a connection that is kept lets the process end', async (t) => {
  const path = await listening(t, (socket) => socket.write(said({ generation: 1 })));
  const client = fileURLToPath(new URL('../../../src/api/client.js', import.meta.url));
  const program = `const { ApiClient } = await import(${JSON.stringify(client)}); await new ApiClient(${JSON.stringify(path)}).generation();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore', timeout: 20_000 });
  t.same(await new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))), { code: 0, signal: null });
});
