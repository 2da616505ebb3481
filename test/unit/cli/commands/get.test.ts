/** get: lists, one resource, tables; for people and for programs. */
import { parse } from 'yaml';
import t from 'tap';
import { network, port, portStats } from '../../api/scripted-switch.ts';
import { openConsole } from '../console.ts';

t.test('resources', async (t) => {
  const { run, scripted } = await openConsole(t);
  t.match(await run('get', 'ports'), { code: 0, out: '', err: 'no ports\n' });
  await scripted.apply([network, port('shop/web-1', { netns: 'web-1' })]);
  const short = await run('get', 'ports');
  t.match(short.out, /NAME .*STATE[^]*shop\/web-1 +dev +ready/);
  t.notMatch(short.out, 'NETNS');
  t.match((await run('get', 'port', '-o', 'wide')).out, /NETNS[^]*web-1/);
  t.match(JSON.parse((await run('get', 'ports', '-o', 'json')).out), { items: [{ kind: 'Port', status: { state: 'ready' } }] });
  t.match(JSON.parse((await run('get', 'port', 'shop/web-1', '-o', 'json')).out), { kind: 'Port', metadata: { namespace: 'shop' } });
  t.match(parse((await run('get', 'net', 'dev', '-o', 'yaml')).out), { kind: 'Network', spec: { subnets: ['10.77.0.0/24'] } });
  t.match(await run('get', 'port', 'nobody'), { code: 1, err: /there is no Port nobody/ });
});

t.test('tables', async (t) => {
  const { run, scripted } = await openConsole(t);
  scripted.tables.stats = [portStats('web-1', { receivedPackets: 5 }), portStats('web-2')];
  scripted.tables.drops = [{ port: 'web-1', direction: 'receive', reason: 'mac_spoofed', packets: 2, bytes: 120 }];
  const stats = await run('get', 'stats');
  t.match(stats.out, /PORT +RECEIVED[^]*web-1 +5 [^]*copied +3\noriginated +2/);
  t.match(JSON.parse((await run('get', 'stats', '-o', 'json')).out), { items: [{ port: 'web-1' }, { port: 'web-2' }], totals: { copiedPackets: 3, originatedPackets: 2 } });
  t.equal(JSON.parse((await run('get', 'stats', '--port', 'web-2', '-o', 'json')).out).items.length, 1);
  t.match((await run('get', 'drops')).out, /web-1 +receive +mac_spoofed +2 +120/);
  const rule = { tier: 'application', direction: 'ingress', action: 'drop' } as const;
  scripted.tables.rules = [
    { ...rule, policy: 'Policy/web', rule: 'in', enforced: true, hits: 3, audited: 0, differing: 0, lastHit: new Date(Date.now() - 5_000).toISOString() },
    { ...rule, policy: 'Policy/new', rule: 'in', enforced: false, hits: 0, audited: 9, differing: 4, lastHit: null },
  ];
  const rules = (await run('get', 'rules')).out;
  t.match(rules, /Policy\/web +in +application +ingress +drop +3 +\d+s ago\n/);
  t.match(rules, /Policy\/new +in +application +ingress +\(drop\) +0 +9 +4\n/, 'what is not enforced stands in brackets');
  t.equal(JSON.parse((await run('get', 'rules', '--policy', 'Policy/new', '-o', 'json')).out).items.length, 1);
  t.match(await run('get', 'rules', '--policy', 'Policy/nope'), { code: 1, out: '', err: /there is no Policy nope/ });
  scripted.tables.usage = [{ table: 'macs', port: '', used: 7, limit: 10 }, { table: 'flows', port: 'web-1', used: 1, limit: 9 }];
  t.match((await run('get', 'usage')).out, /TABLE +PORT +USED +LIMIT +PERCENT\nmacs +7 +10 +70\nflows +web-1 +1 +9 +11\n/);
  t.equal(JSON.parse((await run('get', 'usage', '--port', 'web-1', '-o', 'json')).out).items.length, 1);
  for (const table of ['fdb', 'neighbors', 'flows', 'events']) t.match(await run('get', table), { code: 0, err: `no ${table}\n` });
});

t.test('what a table cannot do is told', async (t) => {
  const { run } = await openConsole(t);
  t.match(await run('get', 'drops', 'web-1'), { code: 2, err: /--port web-1/ });
  t.match(await run('get', 'stats', '--network', 'dev'), { code: 2, err: /cannot be narrowed by --network/ });
  t.match(await run('get', 'ports', '--port', 'a'), { code: 2 });
  t.match(await run('get', 'rules', '--port', 'a'), { code: 2, err: /cannot be narrowed by --port/ });
});
