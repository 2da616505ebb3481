/** explain: frames by fields and bytes, candidates, last drops. */
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
  scripted.refusal = VswError.of('VSW_INVALID', [{ path: '/0/spec/mtu', message: 'too small', remedy: 'write more' }]);
  t.match(await runWith(JSON.stringify(network), 'explain', '--port', 'a', '--to', '10.0.0.1', '--with', '-'), { code: 1, err: /standard input:1: network\/dev \/spec\/mtu: too small/ });
});

t.test('the last drops', async (t) => {
  const { run, scripted } = await openConsole(t);
  const now = new ScriptedSwitch().explanation as never;
  scripted.explanation = { items: [{ time: 'T', reason: 'mac_spoofed', frame: 'a frame', length: 60, now }] };
  t.match(await run('explain', '--port', 'web-1', '--last'), { code: 0, out: /T dropped: mac_spoofed \(60 bytes\)\n {2}a frame\n {2}now: drop at acl_ingress/ });
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
    ['--port', 'a', '--last', '0'], ['--reach'], ['--port', 'a', '--last', '--frame', '00'],
  ]) {
    t.equal((await run('explain', ...words)).code, 2, words.join(' '));
  }
  t.match((await run('explain', '--reach')).err, /not available in this version/);
  t.same(scripted.asked, []);
});
