/**
 * The demo as a stranger runs it, once it is built: to its end, and interrupted at any step; it leaves no trace.
 *
 *   npm run demo ── vswitchd ┬─ netns web ─┐ blue
 *        ╳ Ctrl-C            ├─ netns db  ─┘
 *                            └─ netns lab ── red
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import t from 'tap';
import { compiled, lacking, Topology } from '../harness/topology.ts';

// Without the set-up, which would build the tree that this very test runs from.
const program = compiled('src/demo/main.js');

/** Everything that carries the demo's process id: namespaces, folders and processes. */
function traces(pid: number): string[] {
  const mark = `vsw-demo-${pid}-`;
  const found: string[] = [];
  for (const folder of ['/run/netns', tmpdir()]) {
    if (existsSync(folder)) found.push(...readdirSync(folder).filter((name) => name.startsWith(mark)));
  }
  for (const process of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${process}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (words.includes(mark)) found.push(words);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

t.test('the demo shows everything, and leaves no trace', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const demo = topology.start([process.execPath, program], { timeoutMs: 60_000 });
  const { code, output } = await demo.finished;
  t.equal(code, 0, 'it ends well');
  for (const shown of [/Who reaches whom/, /never meet/, /Gbit\/s/, /round trip/, /MAC table/, /the law holds/, /Why:/, /Done in/]) {
    t.match(output, shown);
  }
  t.strictSame(traces(demo.pid as number), []);
});

const moments = ['The switch: vswitchd', 'and a port for each', 'Who reaches whom', 'iperf3 --client', 'Why:'];
for (const moment of moments) {
  t.test(`interrupted at "${moment}" it leaves no trace`, { skip: lacking('ping', 'iperf3') }, async (t) => {
    await using topology = await Topology.open(t);
    const demo = topology.start([process.execPath, program], { timeoutMs: 60_000 });
    await topology.until(`it prints ${moment}`, () => demo.output.includes(moment) || !demo.isRunning, 30_000);
    // To the whole group, as a terminal does it.
    demo.end('SIGINT');
    const { code } = await demo.finished;
    t.equal(code, 130, 'its exit code tells the signal');
    t.strictSame(traces(demo.pid as number), []);
  });
}

t.test('ended by SIGTERM it leaves no trace', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const demo = topology.start([process.execPath, program], { timeoutMs: 60_000 });
  await topology.until('it is amid its pings', () => demo.output.includes('Who reaches whom') || !demo.isRunning, 30_000);
  process.kill(demo.pid as number, 'SIGTERM');
  t.equal((await demo.finished).code, 143);
  t.strictSame(traces(demo.pid as number), []);
});

t.test('a failure amid the demo is told, and leaves no trace', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const demo = topology.start([process.execPath, program], { timeoutMs: 60_000 });
  await topology.until('its daemon runs', () => demo.output.includes('Who reaches whom') || !demo.isRunning, 30_000);
  const daemon = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).find((name) => {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return words.includes(`vsw-demo-${demo.pid}-`) && words.includes('daemon/main.js');
    } catch {
      return false;
    }
  });
  t.ok(daemon, 'the daemon is found by the folder on its command line');
  process.kill(Number(daemon), 'SIGKILL');
  const { code, output } = await demo.finished;
  t.equal(code, 1, 'its exit code says so');
  t.match(output, /✗/);
  t.strictSame(traces(demo.pid as number), []);
});
