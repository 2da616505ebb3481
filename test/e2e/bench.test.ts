/**
 * The benchmark harness as a user runs it: short trials, a result of the promised form, nothing left behind.
 *
 *   container 1 ── veth | bridge | vswitchd ── container 2
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { attempt, type Finished } from '../../src/demo/command.ts';
import { compiled, lacking } from '../harness/topology.ts';

const program = compiled('bench/run.js');

interface Answer {
  machine: { processor: string; kernel: string; versions: Record<string, string> };
  results: { scenario: string; variant: string; driver: string; metric: string; unit: string; median: number; min: number; max: number; samples: number[]; disturbed: number }[];
  absent: unknown[];
}

async function bench(...words: readonly string[]): Promise<Finished> {
  return await attempt([process.execPath, program, ...words], { timeoutMs: 170_000 });
}

t.test('names that are not there: the choices, and exit 2', async (t) => {
  const { code, output } = await bench('--scenario', 'container-tcpp', '--driver', 'ovz');
  t.equal(code, 2);
  t.match(output, /container-tcpp.*container-tcp, container-udp/);
  t.match(output, /ovz.*vswitch, vswitch-acl, linux-bridge/);
});

t.test('a result of the promised form, and nothing left behind', { skip: lacking('ping'), timeout: 200_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vsw-bench-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [json, plot] = [join(folder, 'result.json'), join(folder, 'result.svg')];
  const words = ['--scenario', 'container-udp', '--driver', 'vswitch,veth', '--only', '256 B', '--seconds', '0.5', '--repeat', '2', '--retries', '0'];
  const { code, output } = await bench(...words, '--json', json, '--plot', plot);
  t.equal(code, 0, output);
  const { machine, results, absent } = JSON.parse(readFileSync(json, 'utf8')) as Answer;
  t.same(absent, []);
  t.match(machine, { processor: String, kernel: /^\d/, versions: { vswitch: /^\d/ } });
  t.same(results.map(({ scenario, variant, driver, metric, unit }) => ({ scenario, variant, driver, metric, unit })), ['vswitch', 'veth'].map(
    (driver) => ({ scenario: 'container-udp', variant: '256 B', driver, metric: 'delivered', unit: 'kpps' })));
  for (const { median, min, max, samples, disturbed } of results) {
    t.equal(samples.length, 2);
    t.ok(min > 0 && min <= median && median <= max, `${min} ≤ ${median} ≤ ${max}`);
    t.ok(disturbed >= 0 && disturbed <= 2);
  }
  t.match(readFileSync(plot, 'utf8'), /^<svg /);
  t.match(output, /vswitch.*×/, 'the report has a ratio');

  const again = await bench('--read', json);
  t.equal(again.code, 0, again.output);
  t.match(again.output, /container-udp/);
  const left = existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.startsWith('vsw-bench-') && !existsSync(`/proc/${name.split('-')[2]}`)) : [];
  t.same(left, [], 'no namespace is left');
});

t.test('forwarding in memory', { skip: lacking(), timeout: 200_000 }, async (t) => {
  const { code, output } = await bench('--scenario', 'memory-forward', '--driver', 'vswitch', '--only', '1k flows, L2', '--seconds', '0.5', '--repeat', '1', '--retries', '0');
  t.equal(code, 0, output);
  t.match(output, /1k flows.*Mpps.*vswitch/);
});

t.test('classifiers beside each other', { timeout: 300_000 }, async (t) => {
  const words = ['--peers', 'vswitch', '--seeds', 'acl,ipc', '--sizes', '100', '--repeat', '1'];
  const { code, output } = await attempt([process.execPath, compiled('bench/classify/compare.js'), ...words], { timeoutMs: 290_000 });
  t.equal(code, 0, output);
  t.match(output, /acl-100 \| vswitch \|.*\| 0 of 400/);
  const wrong = await attempt([process.execPath, compiled('bench/classify/compare.js'), '--peers', 'nobody'], { timeoutMs: 20_000 });
  t.equal(wrong.code, 2);
  t.match(wrong.output, /no peer nobody/);
});

t.test('established connections in memory, with rules and without', { skip: lacking(), timeout: 200_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vsw-bench-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const json = join(folder, 'result.json');
  const words = ['--scenario', 'memory-forward', '--driver', 'vswitch', '--only', '1k connections', '--seconds', '0.5', '--repeat', '1', '--retries', '0', '--json', json];
  const { code, output } = await bench(...words);
  t.equal(code, 0, output);
  const { results, absent } = JSON.parse(readFileSync(json, 'utf8')) as Answer;
  t.same(absent, []);
  t.same(results.map(({ variant }) => variant), ['1000 rules', 'allow-all rule', 'no rule'].map((filter) => `1k connections, ${filter}`));
  t.ok(results.every(({ median }) => median > 0), 'all of them forward, and a dropped frame would have failed the trial');
});
