/** describe: all about one resource. */
import t from 'tap';
import { network, port, portStats } from '../../api/scripted-switch.ts';
import { openConsole } from '../console.ts';

t.test('a port with its counters, drops and entries', async (t) => {
  const { run, scripted } = await openConsole(t);
  await scripted.apply([network, port('web-1'), port('web-2')]);
  scripted.tables.stats = [portStats('web-1', { receivedPackets: 5 })];
  scripted.tables.drops = [{ port: 'web-1', direction: 'receive', reason: 'mac_spoofed', packets: 2, bytes: 120 }];
  scripted.tables.fdb = [{ network: 'dev', mac: '02:00:00:00:00:01', port: 'web-1', type: 'static', ageSeconds: 0 }];
  const { code, out } = await run('describe', 'port', 'web-1');
  t.equal(code, 0);
  for (const part of [/Kind +Port/, /Spec\n {2}network: dev/, /Status\n {2}state: ready/, /receivedPackets +5/, /mac_spoofed +2/, /02:00:00:00:00:01 +web-1 +static/, /Addresses\n {2}none/]) {
    t.match(out, part);
  }
  const told = /\n\nRules\n[^]*?\n\n/.exec(out)?.[0] ?? '';
  const commands = [...told.matchAll(/ vswitchctl ([^,\n]+)/g)].map(([, words]) => words!.split(' '));
  t.strictSame(commands.map(([verb]) => verb), ['get', 'get', 'explain'], 'where its rules are to be seen');
  for (const words of commands) t.match(await run(...words.map((word) => (word === 'ADDRESS' ? '10.77.0.2' : word))), { code: 0 }, `${words.join(' ')} is a command`);
  t.match(JSON.parse((await run('describe', 'port', 'web-1', '-o', 'json')).out), { resource: { kind: 'Port' }, stats: { receivedPackets: 5 }, drops: [{}], fdb: [{}], neighbors: [] });
});

t.test('a network and a namespace with their ports', async (t) => {
  const { run, scripted } = await openConsole(t);
  await scripted.apply([network, port('shop/web-1'), port('web-2'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } }]);
  t.match((await run('describe', 'network', 'dev')).out, /Ports[^]*shop\/web-1[^]*web-2/);
  const namespace = (await run('describe', 'ns', 'shop')).out;
  t.match(namespace, /Labels +team=a[^]*shop\/web-1/);
  t.notMatch(namespace, 'web-2');
  t.match(await run('describe', 'port', 'nobody'), { code: 1 });
});

t.test('a policy with what its rules did', async (t) => {
  const { run, scripted } = await openConsole(t);
  await scripted.apply([{ apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'web' }, spec: { appliesTo: {} }, status: { selectedPorts: 22, firstPorts: ['db', 'shop/web'] } }]);
  const rule = { tier: 'application', direction: 'ingress', action: 'drop', enforced: true, hits: 3, audited: 0, differing: 0, lastHit: null } as const;
  scripted.tables.rules = [{ ...rule, policy: 'Policy/web', rule: 'mine' }, { ...rule, policy: 'Policy/web-2', rule: 'another' }];
  const { out } = await run('describe', 'policy', 'web');
  t.match(out, /Rules[^]*Policy\/web +mine +application +ingress +drop +3/);
  t.match(out, /\n\nSelected ports \(22\)\n {2}db, shop\/web … and 20 more\n\nRules/);
  t.notMatch(out, /another|Status/);
  await scripted.apply([{ apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'web' }, spec: { appliesTo: {} }, status: { selectedPorts: 2, firstPorts: ['a', 'b'] } }]);
  t.match((await run('describe', 'policy', 'web')).out, /Selected ports \(2\)\n {2}a, b\n\n/);
  await scripted.apply([{ apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'web' }, spec: { appliesTo: {} }, status: { selectedPorts: 0, firstPorts: [] } }]);
  t.match((await run('describe', 'policy', 'web')).out, /Selected ports\n {2}none, so it does nothing now\n\n/);
});
