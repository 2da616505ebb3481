/**
 * Frames of real containers are seen live, in a file and in a pipe, and read by a program that is not ours.
 *
 *   netns web ──┐                     ┌──▶ FILE
 *               ├── vswitchd, dev ────┤
 *   netns db ───┘   vswitchctl capture└──▶ tcpdump -r -
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { typed } from '../../src/demo/command.ts';
import type { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

const tcpdump = ['/usr/bin/tcpdump', '/usr/sbin/tcpdump'].find((path) => existsSync(path));
const skip = lacking('ping') || (tcpdump === undefined ? 'needs tcpdump (apt-get install -y tcpdump)' : false);

function temporaryFile(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'vsw-capture-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'seen.pcapng');
}

async function two(topology: Topology): Promise<{ daemon: DaemonProcess; web: Host; words: (...words: string[]) => string[] }> {
  const [web, db] = await topology.hosts('web', 'db');
  const daemon = await topology.daemon();
  await topology.apply([network('dev'), tapPort(web, 'dev', 1), tapPort(db, 'dev', 2)]);
  await topology.until('the containers reach each other', async () => await web.reaches('10.77.0.2'));
  return { daemon, web, words: (...words) => daemon.commandWords(['capture', ...words]) };
}

/** What tcpdump makes of a file: one line a frame. */
async function read(topology: Topology, file: string): Promise<string[]> {
  return (await topology.run([tcpdump!, '-n', '-r', file])).split('\n').filter((line) => / (IP6?|ARP),? /.test(line));
}

t.test('a ping, at both ports and both ways, until Ctrl-C', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const { web, words } = await two(topology);
  const file = temporaryFile(t);
  const capture = topology.start(words('--protocol', 'icmp', file), { timeoutMs: 60_000 });
  await topology.until('the file has begun', () => existsSync(file) && statSync(file).size > 0);
  await web.run(['ping', '-c', '3', '-i', '0.2', '-W', '2', '10.77.0.2']);
  await topology.until('all of it was written', async () => (await read(topology, file)).length === 12);
  capture.end('SIGINT');
  const { code, output } = await capture.finished;
  t.equal(code, 0);
  t.match(output, /^12 frames captured/);
  const lines = await read(topology, file);
  t.equal(lines.filter((line) => /10\.77\.0\.1 > 10\.77\.0\.2: ICMP echo request/.test(line)).length, 6, 'each request where it came in and where it went out');
  t.equal(lines.filter((line) => /10\.77\.0\.2 > 10\.77\.0\.1: ICMP echo reply/.test(line)).length, 6);
});

t.test('into a pipe, so many frames', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const { web, words } = await two(topology);
  const piped = topology.start(['sh', '-c', `${typed(words('--port', 'web', '--direction', 'receive', '--host', 'fd00:77::2', '--protocol', 'icmpv6', '-n', '2', '-'))} | ${tcpdump} -n -r -`], { timeoutMs: 60_000 });
  const pinged = web.start(['ping', '-i', '0.2', 'fd00:77::2'], { timeoutMs: 60_000 });
  const { answer, code } = await piped.finished;
  pinged.end();
  t.equal(code, 0, 'it ends by itself');
  t.equal(answer.split('\n').filter((line) => /IP6 fd00:77::1 > fd00:77::2: ICMP6/.test(line)).length, 2);
});

t.test('a frame that dies says of what, to a reader of comments', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const { web, words } = await two(topology);
  const file = temporaryFile(t);
  const capture = topology.start(words('--reason', 'ip_spoofed', '-n', '1', file), { timeoutMs: 60_000 });
  await topology.until('the file has begun', () => existsSync(file) && statSync(file).size > 0);
  await web.run(['ip', 'address', 'add', '10.77.0.99/24', 'dev', 'eth0']);
  await topology.until('a frame has died', async () => {
    await web.attempt(['ping', '-c', '1', '-W', '1', '-I', '10.77.0.99', '10.77.0.2']);
    return !capture.isRunning;
  }, 30_000);
  t.equal((await capture.finished).code, 0);
  const lines = await read(topology, file);
  t.equal(lines.length, 1);
  t.match(lines[0], /10\.77\.0\.99/);
  const found = await topology.attempt(['grep', '-c', '--text', 'dropped: ip_spoofed', file]);
  t.equal(found.code, 0, 'the comment is in the file');
});

t.test('a daemon that stops ends the file whole', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const { daemon, web, words } = await two(topology);
  const file = temporaryFile(t);
  const capture = topology.start(words(file), { timeoutMs: 60_000 });
  await topology.until('the file has begun', () => existsSync(file) && statSync(file).size > 0);
  const pinged = web.start(['ping', '-i', '0.002', '10.77.0.2'], { timeoutMs: 60_000 });
  await topology.until('frames came', () => statSync(file).size > 20_000);
  t.equal(await daemon.stop(), 0, 'it stops cleanly');
  const { code, output } = await capture.finished;
  pinged.end();
  t.equal(code, 3);
  const frames = Number(/^(\d+) frames captured/m.exec(output)?.[1]);
  t.ok(frames > 100);
  t.equal((await read(topology, file)).length, frames, 'tcpdump reads as many as were counted');
});
