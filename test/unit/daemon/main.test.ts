/** vswitchd as a process: start, stop, a second one, a killed one, wrong words. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { packageVersion } from '../../../src/api/protocol.ts';
import { ask, temporaryFolder } from '../api/served.ts';

const program = fileURLToPath(new URL('../../../src/daemon/main.js', import.meta.url));
const root = new URL('../../../../', import.meta.url);
const isBuilt = ['build/release/Release/vswitch.node', 'build/release/vswitch.node', 'build/Release/vswitch.node'].some((path) => existsSync(new URL(path, root)));
const needsAddon = { skip: isBuilt ? false : 'needs the addon: npm run build' };

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  err(): string;
}

function run(t: Test, words: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [program, ...words], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => { err += part; });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  t.teardown(async () => { child.kill('SIGKILL'); await ended; });
  return { child, ended, err: () => err };
}

function wordsFor(folder: string, ...more: string[]): string[] {
  return ['--state-dir', join(folder, 'state'), '--socket', join(folder, 'sock'), ...(more.includes('--config') ? [] : ['--config', folderWithNothing(folder)]), ...more];
}

function folderWithNothing(folder: string): string {
  const file = join(folder, 'none.yaml');
  writeFileSync(file, '');
  return file;
}

async function serving({ child, err }: Run, socket: string): Promise<number> {
  for (let i = 0; i < 500; ++i) {
    const answer = await ask(socket, 'GET', '/v1/generation').catch(() => undefined);
    if (answer?.status === 200) return answer.body.generation;
    if (child.exitCode !== null) break;
    await sleep(20);
  }
  throw new Error(`vswitchd does not serve: ${err()}`);
}

const resources = `apiVersion: vswitch/v1
kind: Network
metadata: {name: dev}
spec: {subnets: [10.77.0.0/24]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web-1}
spec: {network: dev, type: memory}
`;

t.test('wrong words end it with 2', async (t) => {
  const wrong = run(t, ['--colour', 'red']);
  t.equal(await wrong.ended, 2);
  t.match(wrong.err(), /--colour/);
  const told = run(t, ['--version']);
  let out = '';
  told.child.stdout?.on('data', (part: Buffer) => { out += part.toString(); });
  t.equal(await told.ended, 0);
  t.equal(out, `vswitchd ${packageVersion()}\n`);
});

t.test('it serves what the configuration declares, stops on SIGTERM, and remembers', needsAddon, async (t) => {
  const folder = temporaryFolder(t);
  const config = join(folder, 'switch.yaml');
  writeFileSync(config, resources);
  const socket = join(folder, 'sock');
  const first = run(t, wordsFor(folder, '--config', config));
  const generation = await serving(first, socket);
  const port = (await ask(socket, 'GET', '/v1/ports/web-1')).body;
  t.match(port, { kind: 'Port', status: { state: 'ready', addresses: ['10.77.0.1/24'] } });
  first.child.kill('SIGTERM');
  t.equal(await first.ended, 0);
  t.notOk(existsSync(socket), 'the socket is gone');
  t.match(first.err(), /SIGTERM: stopping[^]*stopped/);
  const second = run(t, wordsFor(folder));
  t.ok(await serving(second, socket) > generation, 'the generation only grows');
  t.equal((await ask(socket, 'GET', '/v1/ports/web-1')).body.status.mac, port.status.mac, 'the MAC is kept');
  second.child.kill('SIGINT');
  t.equal(await second.ended, 0);
});

t.test('a killed one leaves nothing in the way of the next', needsAddon, async (t) => {
  const folder = temporaryFolder(t);
  const socket = join(folder, 'sock');
  const first = run(t, wordsFor(folder));
  await serving(first, socket);
  first.child.kill('SIGKILL');
  await first.ended;
  t.ok(existsSync(socket), 'the dead one\'s socket is still there');
  const second = run(t, wordsFor(folder));
  await serving(second, socket);
});

t.test('a second one on the same socket or state is refused, the first serves on', needsAddon, async (t) => {
  const folder = temporaryFolder(t);
  const socket = join(folder, 'sock');
  const first = run(t, wordsFor(folder));
  await serving(first, socket);
  const sameSocket = run(t, wordsFor(folder, '--state-dir', join(folder, 'other')));
  t.equal(await sameSocket.ended, 1);
  t.match(sameSocket.err(), new RegExp(`in use by vswitchd .* with pid ${first.child.pid}`));
  const sameState = run(t, wordsFor(folder, '--socket', join(folder, 'other.sock')));
  t.equal(await sameState.ended, 1);
  t.match(sameState.err(), /error .*state/);
  t.notOk(existsSync(join(folder, 'other.sock')), 'what it took is given back');
  await serving(first, socket);
});

t.test('a configuration that is wrong is told by place, and nothing is left', needsAddon, async (t) => {
  const folder = temporaryFolder(t);
  const config = join(folder, 'switch.yaml');
  writeFileSync(config, resources.replace('type: memory', 'type: memory, mac: zz, colour: red'));
  const wrong = run(t, wordsFor(folder, '--config', config));
  t.equal(await wrong.ended, 1);
  t.match(wrong.err(), new RegExp(`error ${config}:9: /spec/mac: .*\n.*error ${config}:9: /spec/colour: `));
  t.notOk(existsSync(join(folder, 'sock')));
  const absent = run(t, wordsFor(folder, '--config', join(folder, 'absent')));
  t.equal(await absent.ended, 1);
  t.match(absent.err(), /the configuration cannot be read: .*no such file/);
});

t.test('a socket made beforehand is served on, and left there', { skip: isBuilt ? existsSync('/usr/bin/systemd-socket-activate') ? false : 'needs systemd-socket-activate' : 'needs the addon: npm run build' }, async (t) => {
  const folder = temporaryFolder(t);
  const socket = join(folder, 'made');
  const child = spawn('systemd-socket-activate', ['-l', socket, process.execPath, program, ...wordsFor(folder)], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  t.teardown(async () => { child.kill('SIGKILL'); await ended; });
  for (let i = 0; i < 100 && !existsSync(socket); ++i) await sleep(20);
  t.ok(await serving({ child, ended: Promise.resolve(null), err: () => '' }, socket) >= 0);
  child.kill('SIGTERM');
  await ended;
  t.ok(existsSync(socket));
});
