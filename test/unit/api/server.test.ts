/** Routing, the gate before the switch is ready, and every class of refusal. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import t from 'tap';
import { bodyBytesMax } from '../../../src/api/protocol.ts';
import { ask, serve } from './served.ts';
import { thrownBy } from './thrown.ts';

t.test('until the switch is ready nothing answers but who is there', async (t) => {
  const { path, server, scripted } = await serve(t, { isReady: false });
  const waiting = await ask(path, 'GET', '/v1/generation');
  t.equal(waiting.status, 503);
  t.equal(waiting.headers['retry-after'], '1');
  t.match(waiting.body, { title: 'The switch is not ready', errors: [{ remedy: 'ask again soon' }] });
  t.match((await ask(path, 'GET', '/v1/version')).body, { name: 'vswitchd', pid: process.pid });
  t.equal((await ask(path, 'GET', '/openapi.json')).body.openapi, '3.1.0');
  server.serve(scripted);
  t.same((await ask(path, 'GET', '/v1/generation')).body, { generation: 7 });
});

t.test('unknown paths, names and methods are told apart', async (t) => {
  const { path } = await serve(t);
  t.equal((await ask(path, 'GET', '/v2/ports')).status, 404);
  t.equal((await ask(path, 'GET', '/v1/ports/nobody')).status, 404);
  const slash = await ask(path, 'GET', '/v1/ports/shop/web-1');
  t.match(slash.body.errors[0].remedy, /%2F/, 'a namespaced name written with a slash is told how to be encoded');
  const wrong = await ask(path, 'PATCH', '/v1/ports/web-1');
  t.equal(wrong.status, 405);
  t.same(wrong.headers.allow?.split(', ').sort(), ['DELETE', 'GET', 'HEAD', 'PUT']);
  t.equal((await ask(path, 'PUT', '/v1/ports')).headers.allow, 'GET, HEAD');
  t.equal((await ask(path, 'GET', '/v1/ports/%zz')).status, 400);
  t.equal((await ask(path, 'GET', '/v1/ports?colour=red')).status, 422);
  t.equal((await ask(path, 'GET', '/v1/fdb?port=a&port=b')).status, 422);
});

t.test('what a later version serves is refused by name', async (t) => {
  const { path } = await serve(t);
  for (const [method, target] of [['POST', '/v1/confirm']] as const) {
    const { status, body } = await ask(path, method, target);
    t.equal(status, 404);
    t.match(body.detail, /not available in this version/, target);
  }
  const confirm = await ask(path, 'POST', '/v1/apply', { resources: [], confirmSeconds: 5 });
  t.equal(confirm.status, 422);
  t.match(confirm.body.errors[0], { path: '/confirmSeconds', message: /not available in this version/ });
});

t.test('HEAD answers as GET, without the body', async (t) => {
  const { path } = await serve(t);
  const { status, headers, text } = await ask(path, 'HEAD', '/v1/generation');
  t.same([status, headers['content-length'], text], [200, '16', '']);
});

t.test('a body that cannot be read, is too large or of another type is refused', async (t) => {
  const { path } = await serve(t);
  t.equal((await ask(path, 'POST', '/v1/apply', '{"resources":')).status, 400);
  t.equal((await ask(path, 'POST', '/v1/apply', 'a: [', { 'content-type': 'text/yaml' })).status, 400);
  t.equal((await ask(path, 'POST', '/v1/apply', '<x/>', { 'content-type': 'text/xml' })).status, 415);
  t.equal((await ask(path, 'POST', '/v1/explain', 'port: a', { 'content-type': 'application/yaml' })).status, 415);
});

t.test('a body that is too large is refused, announced or not, and the answer arrives', async (t) => {
  const { path } = await serve(t);
  const large = Buffer.alloc(bodyBytesMax + 4_000_000, ' ');
  t.equal((await ask(path, 'POST', '/v1/apply', large)).status, 413);
  t.equal((await ask(path, 'POST', '/v1/apply', large, { 'transfer-encoding': 'chunked' })).status, 413);
  // Known before any of it is sent.
  const asked = request({ socketPath: path, method: 'POST', path: '/v1/apply', headers: { 'content-length': bodyBytesMax + 1 }, agent: false });
  asked.on('error', () => {});
  asked.write('{');
  const [answer] = await once(asked, 'response');
  t.equal(answer.statusCode, 413);
  asked.destroy();
});

t.test('what is not HTTP is answered with a problem', async (t) => {
  const { path } = await serve(t);
  const connection = connect(path);
  connection.end('hello\r\n\r\n');
  let text = '';
  connection.setEncoding('utf8').on('data', (part: string) => { text += part; });
  await once(connection, 'close');
  t.match(text, /^HTTP\/1\.1 400 .*application\/problem\+json/s);
});

t.test('our own faults are answered as such and reported', async (t) => {
  const { path, scripted, failures } = await serve(t);
  scripted.refusal = new TypeError('x is undefined');
  const { status, body } = await ask(path, 'POST', '/v1/apply', { resources: [] });
  t.equal(status, 500);
  t.match(body.errors[0].remedy, /bug/);
  t.equal(failures.length, 1);
});

t.test('metrics are Prometheus text', async (t) => {
  const { path } = await serve(t);
  const { status, headers, text } = await ask(path, 'GET', '/metrics');
  t.equal(status, 200);
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
  t.match(text, /^vswitch_generation 7$/m);
});

t.test('a stopping server finishes what is under way, then nothing answers', async (t) => {
  const { path, server, scripted } = await serve(t);
  let finish = (): void => {};
  const held = new Promise<void>((resolve) => { finish = resolve; });
  scripted.apply = async () => { await held; return { generation: 9, changes: [] }; };
  const answer = ask(path, 'POST', '/v1/apply', { resources: [] });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = server.close();
  finish();
  t.same((await answer).body, { generation: 9, changes: [] });
  await closed;
  t.match(await thrownBy(ask(path, 'GET', '/v1/generation')), { code: 'ENOENT' });
});

t.test('what a watch is narrowed by must be there', async (t) => {
  const { path, scripted } = await serve(t);
  const refused = await ask(path, 'GET', '/v1/watch?type=port,mac_learnd');
  t.equal(refused.status, 422);
  t.match(refused.body.errors, [{ path: '', message: /mac_learnd/, remedy: 'did you mean mac_learned?' }]);
  t.equal(scripted.watcherCount, 0);
});
