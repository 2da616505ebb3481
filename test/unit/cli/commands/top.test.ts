/** top: as lines for a program, and on a terminal as a person sees it. */
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { network, port, portStats } from '../../api/scripted-switch.ts';
import { openConsole } from '../console.ts';

t.test('once, and several times; for people and for programs', async (t) => {
  const { run, scripted } = await openConsole(t);
  await scripted.apply([network, port('web-1')]);
  scripted.tables.stats = [portStats('web-1'), portStats('web-2')];
  const once = await run('top', '--once', '--interval', '0.1');
  t.equal(once.code, 0);
  t.match(once.out, /^2 ports, generation 8[^]*web-1 +0 packet\/s[^]*nothing was dropped[^]*no flow moved/);
  t.notMatch(once.out, /\u001b/, 'no word to a terminal where there is none');
  const lines = (await run('top', '-n', '3', '--interval', '0.1', '-o', 'json')).out.trim().split('\n').map((line) => JSON.parse(line));
  t.match(lines, [{ generation: 8, ports: [{ port: 'web-1' }, { port: 'web-2' }], drops: [], flows: [] }, { ports: {} }, { ports: {} }]);
  t.equal(JSON.parse((await run('top', '--once', '--interval', '0.1', '--port', 'web-1', '-o', 'json')).out).ports.length, 1);
});

t.test('what makes no sense is told', async (t) => {
  const { run } = await openConsole(t);
  for (const words of [['--interval', '0'], ['--interval', 'x'], ['-n', '0'], ['--sort', 'colour']]) t.match(await run('top', ...words), { code: 2, out: '' }, words.join(' '));
  t.match(await run('top', '--once', '--port', 'nobody'), { code: 1, err: /nobody/ });
});

t.test('a daemon that goes away ends a list with 3', async (t) => {
  const { run, server } = await openConsole(t);
  const outcome = run('top', '--interval', '0.2');
  await sleep(600);
  await server.close();
  t.match(await outcome, { code: 3, err: /cannot be reached/ });
});

const python = '/usr/bin/python3';
const hasPython = spawnSync(python, ['-c', 'import pty'], { stdio: 'ignore' }).status === 0;
const main = fileURLToPath(new URL('../../../../src/cli/main.js', import.meta.url));
/** A terminal of 24 lines of 100: runs the rest of its arguments there, types each word of the first one once the screen shows rates. */
const person = `
import fcntl, os, pty, select, struct, sys, termios, time
keys = [k for k in sys.argv[1].split(',')]
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
before = termios.tcgetattr(fd)
seen = b''
deadline = time.time() + 20
typed = due = 0
while time.time() < deadline:
    ready, _, _ = select.select([fd], [], [], 0.3)
    if b'generation' in seen and typed < len(keys) and time.time() > due:
        os.write(fd, {'^C': b'\\x03'}.get(keys[typed], keys[typed].encode()))
        typed += 1
        due = time.time() + 0.5
    if ready:
        try:
            part = os.read(fd, 65536)
        except OSError:
            break
        if not part: break
        seen += part
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(b'%d\\n' % os.waitstatus_to_exitcode(status) + seen)
`;

t.test('on a terminal: keys sort, q and Ctrl-C end it, and the terminal is given back', { skip: hasPython ? false : 'python3' }, async (t) => {
  const console = await openConsole(t);
  console.scripted.tables.stats = [portStats('web-1'), portStats('web-2')];
  for (const keys of ['d,q', 'n,^C']) {
    const child = spawn(python, ['-c', person, keys, process.execPath, main, '--socket', console.path, 'top', '--interval', '0.2'], { env: { ...process.env, TERM: 'xterm' } });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => { out += part; });
    const code = await new Promise((resolve) => child.once('close', resolve));
    t.equal(code, 0);
    const [exit = '', ...rest] = out.split('\n');
    const screen = rest.join('\n');
    t.equal(exit, '0', `${keys} ends it well`);
    t.ok(screen.startsWith('\u001b[?1049h'), 'on the other page of the terminal');
    t.ok(screen.trimEnd().endsWith('\u001b[?25h\u001b[?1049l'), 'which it leaves');
    t.match(screen, keys.startsWith('d') ? /every port by drops/ : /every port by name/);
    t.match(screen, /web-2 +0 packet\/s/);
  }
});
