/** explain: frames by fields and bytes, candidates, last drops, who reaches whom. */
import t from 'tap';
import { VswError } from '../../../../src/errors.ts';
import { network, ScriptedSwitch } from '../../api/scripted-switch.ts';
import { openConsole } from '../console.ts';

t.test('a frame by its fields', async (t) => {
  const { run, scripted } = await openConsole(t);
  const { code, out } = await run('explain', '--port', 'web-1', '--to', '10.77.0.2', '--protocol', 'tcp', '--source-port', '1', '--destination-port', '80');
  t.same(scripted.asked.at(-1), { explain: { port: 'web-1', to: '10.77.0.2', protocol: 'tcp', sourcePort: 1, destinationPort: 80 } });
  t.equal(code, 0, 'a drop explained is an answer, not a failure');
  t.match(out, /^drop at acl_ingress: ingress_denied\n[^]*decided by +Network\/dev, rule default[^]*admit +web-1 +continue/);
  const json = await run('explain', '--port', 'web-1', '--to', '10.77.0.2', '-o', 'json');
  t.same(JSON.parse(json.out), scripted.explanation);
});

t.test('a frame by its bytes, under a candidate', async (t) => {
  const { runWith, scripted } = await openConsole(t);
  await runWith(JSON.stringify(network), 'explain', '--port', 'web-1', '--frame', 'ff00', '--with', '-');
  t.same(scripted.asked.at(-1), { explain: { port: 'web-1', frame: 'ff00', with: [network] } });
  await runWith(JSON.stringify({ resources: [network] }), 'explain', '--port', 'web-1', '--frame', 'ff00', '--with', '-');
  t.same(scripted.asked.at(-1), { explain: { port: 'web-1', frame: 'ff00', with: [network] } }, 'what flip is may be tried');
  scripted.refusal = VswError.of('VSW_INVALID', [{ path: '/0/spec/mtu', message: 'too small', remedy: 'write more' }]);
  t.match(await runWith(JSON.stringify(network), 'explain', '--port', 'a', '--to', '10.0.0.1', '--with', '-'), { code: 1, err: /standard input:1: network\/dev \/spec\/mtu: too small/ });
});

t.test('the last drops', async (t) => {
  const { run, scripted } = await openConsole(t);
  const now = new ScriptedSwitch().explanation as never;
  scripted.explanation = { items: [{ time: 'T', reason: 'mac_spoofed', frame: 'a frame', length: 60, now }] };
  t.match(await run('explain', '--port', 'web-1', '--last'), { code: 0, out: /T dropped: mac_spoofed \(60 bytes\)\n {2}a frame\n {2}now: drop at acl_ingress: ingress_denied by Network\/dev, rule default\n/ });
  t.same(scripted.asked.at(-1), { explain: { port: 'web-1', last: 10 } });
  scripted.explanation = { items: [{ time: 'T', reason: 'fault_injected', frame: 'ff', length: 60, direction: 'transmit', now: { ...now as object, stage: '', notes: ['it came from web-2', 'only a part was kept'] } as never }] };
  t.match((await run('explain', '--port', 'web-1', '--last')).out, /fault_injected \(60 bytes\)\n {2}a frame\n {2}note: it came from web-2\n {2}note: only a part was kept\n$/);
  scripted.explanation = { items: [] };
  t.match(await run('explain', '--port', 'web-1', '--last', '3'), { code: 0, out: /no frame of web-1 was dropped/ });
});

t.test('a question that is not exactly one is wrong usage', async (t) => {
  const { run, scripted } = await openConsole(t);
  for (const words of [
    ['--to', '10.0.0.1'], ['--port', 'a'], ['--port', 'a', '--frame', '00', '--to', '10.0.0.1'], ['--port', 'a', '--protocol', 'tcp'],
    ['--port', 'a', '--to', '10.0.0.1', '--destination-port', '70000'], ['--port', 'a', '--to', '10.0.0.1', '--protocol', 'gre'],
    ['--port', 'a', '--last', '0'], ['--reach', '--port', 'a'], ['--reach', '--to', '10.0.0.1'], ['--port', 'a', '--last', '--frame', '00'],
  ]) {
    t.equal((await run('explain', ...words)).code, 2, words.join(' '));
  }
  t.match((await run('explain', '--reach', '--last')).err, /--reach asks about all ports, and last about one frame/);
  t.same(scripted.asked, []);
});

t.test('the connection, the rule that almost matched and the change that flips it', async (t) => {
  const { run, scripted } = await openConsole(t);
  scripted.explanation = {
    ...scripted.explanation as object, tier: 'application', connection: { standing: 'established', state: 'syn_received', ofInitiator: false },
    nearest: { policy: 'Policy/web', rule: 'from-lb', field: 'destinationPort', wanted: 'tcp 443', seen: 'tcp 80' },
    flip: { resources: [network, { kind: 'Policy', metadata: { name: 'web' } }] },
  } as never;
  const { out } = await run('explain', '--port', 'web-1', '--to', '10.77.0.2');
  t.match(out, /decided by +Network\/dev, rule default, tier application\n/);
  t.match(out, /connection +established \(syn_received\), from the other end\n/);
  t.match(out, /nearest +Policy\/web, rule from-lb: destinationPort wants tcp 443; seen tcp 80\n/);
  t.match(out, /\n {2}this would allow it:\n {4}apiVersion: vswitch\/v1\n {4}kind: Network\n[^]*\n {4}---\n {4}kind: Policy\n/);
});

t.test('who reaches whom is a matrix', async (t) => {
  const { run, scripted } = await openConsole(t);
  scripted.explanation = { protocol: 'tcp', destinationPort: 443, ports: ['a', 'shop/b'], rows: ['-.', 'X-'] };
  const { code, out } = await run('explain', '--reach', '--protocol', 'tcp', '--destination-port', '443', '--network', 'dev');
  t.same(scripted.asked.at(-1), { explain: { reach: { protocol: 'tcp', destinationPort: 443, network: 'dev' } } });
  t.equal(code, 0);
  t.equal(out, 'tcp 443: rows send, columns receive; . may, X may not\n\n          12\n1 a       -.\n2 shop/b  X-\n');
  const many = Array.from({ length: 12 }, (_, index) => `p${index}`);
  scripted.explanation = { protocol: 'icmp', network: 'dev', ports: many, rows: many.map(() => '.'.repeat(12)) };
  t.match((await run('explain', '--reach', '--protocol', 'icmp')).out, /^icmp in network dev: [^]*\n\n {17}111\n {8}123456789012\n 1 p0 {3}\.{12}\n/);
  scripted.explanation = { protocol: 'tcp', destinationPort: 80, ports: [], rows: [] };
  t.equal((await run('explain', '--reach')).out, 'there are no ports\n');
  t.same(scripted.asked.at(-1), { explain: { reach: {} } });
});
