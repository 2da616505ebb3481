/** The command line as a whole: usage, exit codes, and a daemon that is not there. */
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../api/served.ts';
import t from 'tap';
import { openConsole, outcomeOf, start, vswitchctl } from './console.ts';

t.test('wrong usage ends with 2', async (t) => {
  for (const words of [
    [], ['paint'], ['get'], ['get', 'cats'], ['get', 'ports', '-o', 'xml'], ['get', 'ports', '--colour'], ['apply'],
    ['get', 'fdb', 'web-1'], ['delete', 'port'], ['delete', 'fdb', 'x'], ['flush', 'ports'], ['describe', 'port'],
  ]) {
    const { code, out, err } = await vswitchctl(words);
    t.equal(code, 2, `vswitchctl ${words.join(' ')}`);
    t.equal(out, '', 'nothing on stdout');
    t.not(err, '', 'something on stderr');
  }
});

t.test('wrong usage of a command leads to the help of that command', async (t) => {
  const remedyOf = async (...words: string[]): Promise<string | undefined> => (await vswitchctl(words)).err.trimEnd().split('\n').at(-1);
  t.equal(await remedyOf('explain', '--port', 'a', '--protocol', 'gre'), 'vswitchctl explain --help tells how it is used');
  t.equal(await remedyOf('get', 'ports', '--colour'), 'vswitchctl get --help tells how it is used');
  t.equal(await remedyOf('watch', '--port'), 'vswitchctl watch --help tells how it is used');
  t.equal(await remedyOf('paint'), 'vswitchctl --help tells how it is used');
  t.equal(await remedyOf('--colour'), 'vswitchctl --help tells how it is used');
});

t.test('help ends with 0 and shows examples', async (t) => {
  const all = await vswitchctl(['--help']);
  t.equal(all.code, 0);
  t.match(all.out, /Examples:[^]*Exit codes/);
  t.notMatch(all.out, /confirm/, 'what is not there is not offered');
  t.notMatch((await vswitchctl(['apply', '--help'])).out, /confirm/);
  const one = await vswitchctl(['explain', '--help']);
  t.equal(one.code, 0);
  t.match(one.out, /--destination-port/);
  t.match(one.out, /--socket/, 'the global options are shown with each command');
});

t.test('a daemon that is not there ends with 3, its socket and the remedy', async (t) => {
  const path = join(temporaryFolder(t), 'none.sock');
  for (const words of [['get', 'ports'], ['watch'], ['flush', 'fdb'], ['delete', 'port', 'a'], ['explain', '--port', 'a', '--to', '10.0.0.1']]) {
    const { code, err } = await vswitchctl(['--socket', path, ...words]);
    t.equal(code, 3, words.join(' '));
    t.equal(err, `error: vswitchd cannot be reached at ${path}: nobody listens there; start the daemon (vswitchd --socket ${path}), or name its socket with --socket PATH\n`);
  }
});

t.test('global options may stand before or after the command', async (t) => {
  const { path } = await openConsole(t);
  const [before, after] = [await vswitchctl(['--socket', path, '-o', 'json', 'get', 'ports']), await vswitchctl(['get', 'ports', '--socket', path, '-o', 'json'])];
  t.equal(before.code, 0);
  t.same(JSON.parse(before.out), { items: [] });
  t.same(after, before);
});

t.test('a daemon that is still starting is unreachable', async (t) => {
  const { server, run } = await openConsole(t);
  server.serve(undefined as never);
  const { code, err } = await run('get', 'ports');
  t.equal(code, 3);
  t.match(err, /is starting/);
});

t.test('a reader that has seen enough ends it without noise', async (t) => {
  const { path, scripted } = await openConsole(t);
  scripted.tables.drops = Array.from({ length: 20_000 }, (_, index) => ({ port: `p${index}`, direction: 'receive', reason: 'hairpin', packets: 1, bytes: 60 }));
  const child = start(['--socket', path, 'get', 'drops']);
  child.stdout?.once('data', () => child.stdout?.destroy());
  const { code, err } = await outcomeOf(child);
  t.same([code, err], [0, '']);
});

t.test('an output that cannot be written is told in a line', async (t) => {
  const { path } = await openConsole(t);
  const { code, err } = await outcomeOf(start(['--socket', path, 'get', 'ports', '-o', 'json'], openSync('/dev/full', 'w')));
  t.equal(code, 1);
  t.match(err, /^error: the output cannot be written: ENOSPC[^\n]*\n$/);
});
