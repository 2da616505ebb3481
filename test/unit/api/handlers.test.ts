/** What each operation asks of the switch, and how its errors point into the body. */
import t from 'tap';
import { VswError } from '../../../src/errors.ts';
import { network, port, portStats } from './scripted-switch.ts';
import { ask, serve } from './served.ts';

const yaml = { 'content-type': 'application/yaml' };
const wrongMac = VswError.of('VSW_INVALID', [
  { path: '/0/spec/mac', message: 'no MAC', remedy: 'write one' }, { path: '/1', message: 'no port', remedy: 'write one' },
]);

t.test('apply takes JSON or YAML, and answers generation and changes', async (t) => {
  const { path, scripted } = await serve(t);
  const first = await ask(path, 'POST', '/v1/apply', { resources: [network, port('web-1')] });
  t.equal(first.status, 200);
  t.same(first.body, { generation: 8, changes: [{ action: 'create', kind: 'Network', name: 'dev' }, { action: 'create', kind: 'Port', name: 'web-1' }] });
  const text = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
  const second = await ask(path, 'POST', '/v1/apply', text, yaml);
  t.same(second.body, { generation: 9, changes: [{ action: 'create', kind: 'Namespace', name: 'shop' }] });
  t.same(scripted.asked.at(-1), { apply: text, dryRun: false });
});

t.test('rules of a policy that is not there are a wrong name, those of one that says nothing are none', async (t) => {
  const { path, scripted } = await serve(t);
  const policyOf = (kind: string, name: string): never => ({ apiVersion: 'x', kind, metadata: { name }, spec: {} }) as never;
  await scripted.apply([network, policyOf('Policy', 'web'), policyOf('NetworkPolicy', 'db')]);
  const rule = { rule: 'in', tier: 'application', direction: 'ingress', action: 'drop', enforced: true, hits: 0, audited: 0, differing: 0, lastHit: null } as const;
  scripted.tables.rules = [{ ...rule, policy: 'NetworkPolicy/default/db' }, { ...rule, policy: 'Policy/gone' }];
  const rulesOf = async (policy: string) => await ask(path, 'GET', `/v1/rules?policy=${encodeURIComponent(policy)}`);
  for (const policy of ['Policy/web', 'Network/dev', 'Network/*', '(others)']) t.match(await rulesOf(policy), { status: 200, body: { items: [] } }, policy);
  for (const policy of ['NetworkPolicy/db', 'NetworkPolicy/default/db', 'Policy/gone']) t.equal((await rulesOf(policy)).body.items.length, 1, policy);
  for (const policy of ['Policy/nope', 'Policy/default/web', 'NetworkPolicy/shop/db', 'Network/nope']) t.equal((await rulesOf(policy)).status, 404, policy);
  t.match(await rulesOf('policy/web'), { status: 422, body: { errors: [{ message: '"policy/web" names no policy', remedy: 'did you mean Policy/web?' }] } });
  for (const policy of ['web', 'Policyx', 'Policy/', '/', 'Gateway/x']) t.match(await rulesOf(policy), { status: 422, body: { errors: [{ remedy: /^write Policy\/NAME/ }] } }, policy);
});

t.test('a dry run may be asked for in the body or in the query', async (t) => {
  const { path, scripted } = await serve(t);
  for (const [target, body] of [['/v1/apply', { resources: [network], dryRun: true }], ['/v1/apply?dryRun=true', { resources: [network] }]] as const) {
    t.same((await ask(path, 'POST', target, body)).body, { generation: 7, changes: [{ action: 'create', kind: 'Network', name: 'dev' }] });
  }
  t.equal(scripted.resources.size, 0);
  t.equal((await ask(path, 'POST', '/v1/apply?dryRun=maybe', { resources: [] })).status, 422);
});

t.test('errors of apply point into what was sent', async (t) => {
  const { path, scripted } = await serve(t);
  scripted.refusal = wrongMac;
  const json = await ask(path, 'POST', '/v1/apply', { resources: [{}, {}] });
  t.equal(json.status, 422);
  t.equal(json.headers['content-type'], 'application/problem+json');
  t.same(json.body.errors.map((one: any) => one.path), ['/resources/0/spec/mac', '/resources/1']);
  t.match(json.body.detail, /^\/resources\/0\/spec\/mac: no MAC/);
  scripted.refusal = wrongMac;
  t.same((await ask(path, 'POST', '/v1/apply', 'a: 1', yaml)).body.errors.map((one: any) => one.path), ['/0/spec/mac', '/1']);
  scripted.refusal = wrongMac;
  t.equal((await ask(path, 'PUT', '/v1/ports/web-1', port('web-1'))).body.errors[0].path, '/spec/mac');
});

t.test('one resource is put, read and deleted under its name', async (t) => {
  const { path, scripted } = await serve(t);
  t.equal((await ask(path, 'PUT', '/v1/ports/shop%2Fweb-1', port('shop/web-1'))).status, 201);
  t.equal((await ask(path, 'PUT', '/v1/ports/shop%2Fweb-1', port('shop/web-1', { mtu: 1400 }))).status, 200);
  const one = await ask(path, 'GET', '/v1/ports/shop%2Fweb-1');
  t.match(one.body, { kind: 'Port', metadata: { name: 'web-1', namespace: 'shop' }, spec: { mtu: 1400 }, status: { state: 'ready' } });
  t.match((await ask(path, 'GET', '/v1/ports')).body, { items: [{ kind: 'Port' }] });
  t.same((await ask(path, 'DELETE', '/v1/ports/shop%2Fweb-1')).body.changes, [{ action: 'delete', kind: 'Port', name: 'shop/web-1' }]);
  const gone = await ask(path, 'GET', '/v1/ports/shop%2Fweb-1');
  t.equal(gone.status, 404);
  t.match(gone.body.errors[0], { message: /there is no Port shop\/web-1/, remedy: /vswitchctl get/ });
  const again = await ask(path, 'DELETE', '/v1/ports/shop%2Fweb-1');
  t.same([again.status, again.body.detail, again.body.errors[0].path], [404, 'there is no Port shop/web-1', '']);
  t.equal((await ask(path, 'PUT', '/v1/ports/web-2?dryRun=true', port('web-2'))).status, 200);
  t.equal(scripted.resources.size, 0);
  const text = 'apiVersion: vswitch/v1\nkind: Network\nmetadata: {name: dev}\n';
  t.equal((await ask(path, 'PUT', '/v1/networks/dev', text, yaml)).status, 201);
  t.equal((await ask(path, 'PUT', '/v1/networks/dev', `${text}---\n${text}`, yaml)).status, 422, 'two documents are not one');
});

t.test('the body of a put must be about the path', async (t) => {
  const { path } = await serve(t);
  const errorAt = async (target: string, body: unknown): Promise<[number, string]> => {
    const { status, body: problem } = await ask(path, 'PUT', target, body);
    return [status, problem.errors[0].path];
  };
  t.same(await errorAt('/v1/ports/web-1', network), [422, '/kind']);
  t.same(await errorAt('/v1/ports/web-1', port('web-2')), [422, '/metadata/name']);
  t.same(await errorAt('/v1/ports/web-1', port('shop/web-1')), [422, '/metadata/name']);
  t.same(await errorAt('/v1/ports/web-1', [port('web-1')]), [422, '']);
  t.equal((await ask(path, 'PUT', '/v1/ports/default%2Fweb-1', port('web-1'))).status, 201);
  const isolating = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'db', namespace: null }, spec: { podSelector: {} } };
  t.equal((await ask(path, 'PUT', '/v1/networkpolicies/db', isolating)).status, 201, 'null is no namespace');
});

t.test('delete takes names or whole resources, as JSON or YAML', async (t) => {
  const { path, scripted } = await serve(t);
  const all = [network, port('web-1'), port('shop/web-2')];
  await scripted.apply(all);
  const bodies = [{ resources: [{ kind: 'Port', name: 'web-1' }, port('shop/web-2')] }, { resources: [{ kind: 'Network', name: 'dev' }] }];
  t.same((await ask(path, 'POST', '/v1/delete', bodies[0])).body.changes.map((one: any) => one.name), ['web-1', 'shop/web-2']);
  t.equal((await ask(path, 'POST', '/v1/delete', 'kind: Network\nmetadata: {name: dev}', yaml)).status, 200);
  const missing = await ask(path, 'POST', '/v1/delete', bodies[1]);
  t.equal(missing.status, 404);
  t.equal(missing.body.errors[0].path, '/resources/0');
  for (const [one, at] of [[{ name: 'x' }, '/kind'], [{ kind: 'Cat', name: 'x' }, '/kind'], [{ kind: 'Port' }, '/metadata/name'], [3, '']] as const) {
    const { status, body } = await ask(path, 'POST', '/v1/delete', { resources: [one] });
    t.same([status, body.errors[0].path], [422, `/resources/0${at}`]);
  }
});

t.test('tables are lists, and may be narrowed', async (t) => {
  const { path, scripted } = await serve(t);
  scripted.tables.fdb = ['dev', 'ops'].map((name) => ({ network: name, mac: '02:00:00:00:00:01', port: `${name}-1`, type: 'learned', ageSeconds: 3 }));
  scripted.tables.stats = [portStats('web-1', { receivedPackets: 5 }), portStats('web-2')];
  t.equal((await ask(path, 'GET', '/v1/fdb')).body.items.length, 2);
  t.same((await ask(path, 'GET', '/v1/fdb?network=ops')).body.items.map((one: any) => one.port), ['ops-1']);
  t.same((await ask(path, 'GET', '/v1/fdb?port=default/dev-1')).body.items.length, 1, 'default/ may be written out');
  const stats = await ask(path, 'GET', '/v1/stats?port=web-1');
  t.same(stats.body, { items: [portStats('web-1', { receivedPackets: 5 })], totals: { copiedPackets: 3, originatedPackets: 2 } });
  for (const table of ['neighbors', 'flows', 'drops', 'events']) t.same((await ask(path, 'GET', `/v1/${table}`)).body, { items: [] }, table);
  t.same((await ask(path, 'GET', '/v1/generation')).body, { generation: 7 });
});

t.test('flushing tells how much is gone', async (t) => {
  const { path, scripted } = await serve(t);
  t.same((await ask(path, 'DELETE', '/v1/fdb?port=web-1&mac=02:00:00:00:00:01')).body, { removed: 4 });
  t.same(scripted.asked.at(-1), { flush: 'fdb', port: 'web-1', mac: '02:00:00:00:00:01' });
  t.same((await ask(path, 'DELETE', '/v1/flows')).body, { removed: 4 });
  t.equal((await ask(path, 'DELETE', '/v1/flows?mac=x')).status, 422);
});

t.test('explain asks about exactly one frame, or the last drops', async (t) => {
  const { path, scripted } = await serve(t);
  const answer = await ask(path, 'POST', '/v1/explain', { port: 'web-1', to: '10.77.0.2', protocol: 'tcp', destinationPort: 80, with: [network] });
  t.match(answer.body, { verdict: 'drop', stage: 'acl_ingress', policy: 'Network/dev', rule: 'default' });
  await ask(path, 'POST', '/v1/explain', { port: 'web-1', frame: 'ff:ff 00' });
  t.same(scripted.asked.at(-1), { explain: { port: 'web-1', frame: 'ffff00' } });
  await ask(path, 'POST', '/v1/explain', { reach: { destinationPort: 443 }, with: [network] });
  t.same(scripted.asked.at(-1), { explain: { reach: { destinationPort: 443 }, with: [network] } });
  const refused = [
    [{ port: 'a', frame: '00', to: '10.0.0.1' }, '/to'], [{ port: 'a', frame: '00', last: 1 }, '/frame'],
    [{ port: 'a', last: 1, from: '10.0.0.1' }, '/from'], [{ port: 'a' }, ''], [{ port: 'a', protocol: 'tcp' }, ''],
    [{ to: '10.0.0.1' }, '/port'], [{ reach: {}, port: 'a' }, '/port'], [{ reach: {}, last: 1 }, '/last'],
  ] as const;
  for (const [query, at] of refused) {
    const { status, body } = await ask(path, 'POST', '/v1/explain', query);
    t.same([status, body.errors[0].path], [422, at], JSON.stringify(query));
  }
  scripted.refusal = VswError.of('VSW_INVALID', [
    { path: '/to', message: 'no address', remedy: 'write one' }, { path: '/0/spec', message: 'no', remedy: 'do' },
  ]);
  t.same((await ask(path, 'POST', '/v1/explain', { port: 'a', to: 'x', with: [{}] })).body.errors.map((one: any) => one.path), ['/to', '/with/0/spec']);
});
