/**
 * A state directory that cannot be written, or was damaged, and a second daemon: each is told clearly, nothing is lost,
 * and frames pass all the while.
 *
 *   netns a .1 ── vswitchd ── netns b .2
 *                    │
 *               state directory: a small tmpfs; full, read-only, torn, of another owner, held by another
 */
import { chmodSync, chownSync, mkdirSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { compiled, lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

const daemonProgram = compiled('src/daemon/main.js');

interface World {
  readonly topology: Topology;
  readonly daemon: DaemonProcess;
  readonly a: Host;
  readonly state: string;
}

async function running(t: Test): Promise<World & AsyncDisposable> {
  const topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  const daemon = await topology.daemon();
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2)]);
  return {
    topology, daemon, a, state: join(daemon.folder, 'state'),
    [Symbol.asyncDispose]: async () => await topology[Symbol.asyncDispose](),
  };
}

/** A request that must be refused with these words, while everything stays as it was. */
async function refused(t: Test, { topology, daemon, a }: World, words: RegExp): Promise<void> {
  const before = await daemon.client.generation();
  const answer = await topology.attempt(daemon.commandWords(['apply', '-f', '-']), { input: JSON.stringify([network('green')]) });
  t.equal(answer.code, 1);
  t.match(answer.output, words);
  t.strictSame(await daemon.client.generation(), before, 'no new generation');
  t.equal((await topology.attemptControl('get', 'network', 'green')).code, 1, 'nothing of it is there');
  t.ok(await a.reaches('10.77.0.2'), 'frames pass');
}

async function taken(t: Test, { topology, daemon, a }: World): Promise<void> {
  await topology.apply([network('green')]);
  t.equal(await daemon.stop('SIGKILL'), 137);
  await daemon.start();
  t.equal((await topology.attemptControl('get', 'network', 'green')).code, 0, 'and what is done later is kept');
  t.ok(await a.reaches('10.77.0.2', { seconds: 3 }));
}

/** Puts the state directory of a running daemon on a file system that is too small for a journal, in the daemon's mounts alone. */
async function onSmallDisk(world: World): Promise<(...words: string[]) => Promise<void>> {
  const { topology, daemon, state } = world;
  await daemon.stop();
  await topology.run(['cp', '-a', state, `${state}.kept`]);
  daemon.wrapper = ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c',
    `mount -t tmpfs -o size=1m none ${state} && cp -a ${state}.kept/. ${state}/ && exec "$@"`, 'sh'];
  await daemon.start();
  return async (...words) => {
    await topology.run(['nsenter', '--mount', '--target', String(daemon.pid), ...words]);
  };
}

t.test('a full disk refuses the change, and the next one is taken once there is room', { skip: lacking('ping') }, async (t) => {
  await using world = await running(t);
  const inside = await onSmallDisk(world);
  const fill = join(world.state, 'fill');
  await inside('sh', '-c', `cat /dev/zero > ${fill} 2>/dev/null || true`);
  await refused(t, world, /could not be saved in .*ENOSPC.*make room/);
  await inside('sh', '-c', `test -z "$(ls ${world.state} | grep -F .new)"`);
  await inside('rm', fill);
  await world.topology.apply([network('green')]);
  t.equal((await world.topology.attemptControl('get', 'network', 'green')).code, 0);
});

t.test('a state directory that became read-only refuses the change', { skip: lacking('ping') }, async (t) => {
  await using world = await running(t);
  const inside = await onSmallDisk(world);
  await inside('mount', '-o', 'remount,ro', world.state);
  await refused(t, world, /could not be saved in .*EROFS.*may be written/);
  await inside('mount', '-o', 'remount,rw', world.state);
  await world.topology.apply([network('green')]);
  t.equal((await world.topology.attemptControl('get', 'network', 'green')).code, 0);
});

t.test('a torn state is made again of the one before and the journal, told in the log; without one nothing is touched', { skip: lacking('ping') }, async (t) => {
  await using world = await running(t);
  const { topology, daemon, state } = world;
  await topology.apply([network('later')]);
  await daemon.stop('SIGKILL');
  const file = join(state, 'state.json');
  truncateSync(file, Math.floor(statSync(file).size / 2));
  await daemon.start();
  t.match(daemon.log, /state\.json could not be used .*cut short or changed.* the same state was made of .*state\.journal/);
  t.ok(readdirSync(state).includes('state.json.damaged'), 'the torn one is kept beside it');
  for (const [kind, name] of [['port', 'a'], ['network', 'later']] as const) t.equal((await topology.attemptControl('get', kind, name)).code, 0);
  t.ok(await world.a.reaches('10.77.0.2', { seconds: 3 }));
  await taken(t, world);

  await daemon.stop();
  for (const name of ['state.json', 'state.json.previous']) truncateSync(join(state, name), 70);
  const before = readdirSync(state).map((name) => [name, readFileSync(join(state, name), 'utf8')]);
  await t.rejects(daemon.start(), { message: /state\.json cannot be used: .*put back a good copy, or move it away/ });
  t.strictSame(readdirSync(state).map((name) => [name, readFileSync(join(state, name), 'utf8')]), before);
  t.equal((await world.a.attempt(['ip', 'link', 'show', 'eth0'])).code, 0, 'the containers keep their devices');
});

t.test('a state of another owner is neither read nor replaced', { skip: lacking('ping', 'setpriv') }, async (t) => {
  await using world = await running(t);
  const { topology, daemon, state } = world;
  await daemon.stop();
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const folder = join(daemon.folder, 'of-nobody');
  mkdirSync(folder);
  chownSync(folder, 65534, 65534);
  chmodSync(daemon.folder, 0o755);
  const start = async (directory: string): Promise<string> => (await topology.attempt([
    ...nobody, process.execPath, daemonProgram, '--state-dir', directory, '--socket', join(folder, 's'), '--config', '/dev/null',
  ], { timeoutMs: 10_000 })).output;
  t.match(await start(state), /the state directory .* cannot be .*EACCES.*belongs to uid 0 with mode \d+, and this process is uid 65534/);

  chmodSync(state, 0o777);
  chmodSync(join(state, 'state.json'), 0o600);
  const before = readFileSync(join(state, 'state.json'), 'utf8');
  t.match(await start(state), /state\.json cannot be read: EACCES.*belongs to uid 0 with mode \d+, and this process is uid 65534/);
  t.equal(readFileSync(join(state, 'state.json'), 'utf8'), before, 'it is what it was');
  chmodSync(state, 0o750);
  await daemon.start();
  t.ok(await world.a.reaches('10.77.0.2', { seconds: 3 }));
});

t.test('a second daemon on the same socket or state refuses, names the first, and disturbs nothing', { skip: lacking('ping') }, async (t) => {
  await using world = await running(t);
  const { topology, daemon, state } = world;
  const second = async (stateDir: string, socket: string): Promise<string> => {
    const { code, output } = await topology.attempt([process.execPath, daemonProgram, '--state-dir', stateDir, '--socket', socket]);
    t.equal(code, 1);
    return output;
  };
  const other = join(daemon.folder, 'other');
  t.match(await second(other, daemon.socket), new RegExp(`the socket ${daemon.socket} is in use by vswitchd .* with pid ${daemon.pid}`));
  t.match(await second(state, `${daemon.socket}2`), new RegExp(`is in use by process ${daemon.pid} \\(.*daemon/main\\.js --state-dir ${state}`));
  const pid = daemon.pid!;
  process.kill(pid, 'SIGSTOP');
  try {
    t.match(await second(other, daemon.socket), new RegExp(`is in use by process ${pid} \\(.*daemon/main\\.js`), 'even one that does not answer');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  t.ok(await world.a.reaches('10.77.0.2'));
  t.equal((await topology.port('a')).status.state, 'ready');
  await taken(t, world);
  writeFileSync(join(daemon.folder, 'file'), '');
  t.match(await second(other, join(daemon.folder, 'file')), /exists and is no socket/);
});
