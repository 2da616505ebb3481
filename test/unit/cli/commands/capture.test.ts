/** capture: into a file or a pipe, whole however it ends, and nothing overwritten when it is refused. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import t from 'tap';
import { VswError } from '../../../../src/errors.ts';
import { ethernet, framed, section } from '../../../harness/capture-blocks.ts';
import { temporaryFolder } from '../../api/served.ts';
import { openConsole, outcomeOf, start } from '../console.ts';

const pieces = [Buffer.concat([section, ethernet]), framed(new Uint8Array(60).fill(7)), framed(new Uint8Array(61).fill(8))];
const whole = Buffer.concat(pieces);

t.test('so many frames into a file, with what was lost', async (t) => {
  const { run, scripted } = await openConsole(t);
  scripted.captured = pieces;
  const file = join(temporaryFolder(t), 'a.pcapng');
  const words = ['--port', 'web-1', '--direction', 'receive', '--reason', 'mac_spoofed', '--host', '10.77.0.1', '--protocol', 'tcp', '--transport-port', '443', '--snapshot-length', '96', '--duration', '9.5', '--format', 'pcap'];
  t.same(await run('capture', '-n', '2', ...words, file), { code: 0, out: '', err: `2 frames captured, ${whole.length} bytes; 2 came too fast and are missing\n` });
  t.ok(readFileSync(file).equals(whole));
  t.equal(statSync(file).mode & 0o777, 0o640, 'others cannot read what containers say');
  t.match(scripted.asked.at(-1), {
    capture: { port: 'web-1', direction: 'receive', reason: 'mac_spoofed', host: '10.77.0.1', protocol: 'tcp', transportPort: 443, snapshotLength: 96, count: 2, seconds: 9.5, format: 'pcap' },
  });
});

t.test('into a pipe', async (t) => {
  const console = await openConsole(t);
  console.scripted.captured = pieces;
  const child = start(['--socket', console.path, 'capture', '--dropped', '-n', '2', '-']);
  const out: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => out.push(part));
  const code = await new Promise((resolve) => child.once('close', resolve));
  t.equal(code, 0);
  t.ok(Buffer.concat(out).equals(whole));
  t.match(console.scripted.asked.at(-1), { capture: { dropped: true, count: 2 } });
});

t.test('Ctrl-C ends it with 0 and a whole file', async (t) => {
  const console = await openConsole(t);
  console.scripted.captured = [...pieces, pieces[1]!.subarray(0, 50)];
  const file = join(temporaryFolder(t), 'a.pcapng');
  const child = start(['--socket', console.path, 'capture', file]);
  const outcome = outcomeOf(child);
  for (let i = 0; i < 500 && !(existsSync(file) && statSync(file).size >= whole.length); ++i) await sleep(20);
  child.kill('SIGINT');
  t.same(await outcome, { code: 0, out: '', err: `2 frames captured, ${whole.length} bytes\n` });
  t.ok(readFileSync(file).equals(whole), 'without the piece of a frame that was under way');
});

t.test('a daemon that stops ends it with 3, and the file is whole', async (t) => {
  const console = await openConsole(t);
  console.scripted.captured = pieces;
  const file = join(temporaryFolder(t), 'a.pcapng');
  const outcome = outcomeOf(start(['--socket', console.path, 'capture', file]));
  for (let i = 0; i < 500 && !(existsSync(file) && statSync(file).size >= whole.length); ++i) await sleep(20);
  await console.server.close();
  t.match(await outcome, { code: 3, err: /^2 frames captured.*\nerror: .* has ended the capture; it may be stopping\n$/ });
  t.ok(readFileSync(file).equals(whole));
});

t.test('what is refused leaves the file as it was', async (t) => {
  const { run, scripted } = await openConsole(t);
  const file = join(temporaryFolder(t), 'a.pcapng');
  writeFileSync(file, 'precious');
  scripted.refusal = VswError.of('VSW_INVALID', [{ path: '/host', message: '"x" is not an IP address', remedy: 'write e.g. 10.77.0.1' }]);
  t.match(await run('capture', '--host', 'x', file), { code: 1, out: '', err: /"x" is not an IP address\n +write e\.g\./ });
  t.equal(readFileSync(file, 'utf8'), 'precious');
});

t.test('a file that cannot be written is told', async (t) => {
  const { run, scripted } = await openConsole(t);
  scripted.captured = pieces;
  t.match(await run('capture', '-n', '2', '/nowhere/a.pcapng'), { code: 1, err: /^error: \/nowhere\/a\.pcapng cannot be written: ENOENT/ });
  if (existsSync('/dev/full')) t.match(await run('capture', '-n', '2', '/dev/full'), { code: 1, err: /cannot be written: ENOSPC/ });
});

t.test('wrong usage', async (t) => {
  const { run } = await openConsole(t);
  for (const words of [[], ['-n', 'x', 'f'], ['--duration', '-1', 'f'], ['--direction', 'up', 'f'], ['--format', 'text', 'f'], ['--transport-port', '1.5', 'f']]) {
    t.match(await run('capture', ...words), { code: 2, out: '' }, words.join(' '));
  }
});

t.test('a terminal is spared', { skip: existsSync('/usr/bin/script') ? false : 'needs script (bsdutils)' }, async (t) => {
  const console = await openConsole(t);
  const words = [process.execPath, new URL('../../../../src/cli/main.js', import.meta.url).pathname, '--socket', console.path, 'capture', '-'];
  const child = spawn('/usr/bin/script', ['-qec', words.join(' '), '/dev/null'], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.match(await outcomeOf(child), { code: 2, out: /a terminal cannot show a capture/ });
});
