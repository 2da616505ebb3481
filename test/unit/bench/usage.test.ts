import { readFileSync } from 'node:fs';
import t from 'tap';
import { disturbanceOf, readProcess, readProcessors, shareOut, spentBetween, threadNs, type Usage } from '../../../bench/usage.ts';

t.test('/proc/stat: idling is no work, and steal is none of ours', (t) => {
  t.same(readProcessors('cpu  100 20 30 4000 50 6 4 70 0 0\ncpu0 1 2'), { busy: 1.6, steal: 0.7, interrupts: 0.1 });
  t.end();
});

t.test('/proc/PID/stat: a name may hold blanks and parentheses', (t) => {
  const line = '42 (a) b (c) S 7 42 42 0 -1 4194560 100 0 0 0 150 50 30 20 20 0 1 0 100';
  t.same(readProcess(line), { pid: 42, parent: 7, own: 2, reaped: 0.5 });
  t.equal(readProcess('nothing'), undefined);
  t.end();
});

t.test('ours are all descendants, the kernel has its threads, the rest is foreign', (t) => {
  const line = (pid: number, parent: number, own: number, reaped = 0): { pid: number; parent: number; own: number; reaped: number } => ({ pid, parent, own, reaped });
  const lines = [line(1, 0, 9), line(2, 0, 1), line(3, 2, 4), line(10, 1, 1, 0.5), line(11, 10, 2), line(12, 11, 3), line(20, 1, 100)];
  t.same(shareOut(lines, 10), { ours: 6.5, kernelThreads: 5 });
  t.end();
});

t.test('what nobody known used is foreign, and disturbs from a share of a core on', (t) => {
  const usage = (atMs: number, busy: number, ours: number): Usage => ({ atMs, busy, ours, steal: 0, kernelThreads: 0, interrupts: 0 });
  const spent = spentBetween(usage(0, 10, 5), usage(2000, 14, 8));
  t.same(spent, { seconds: 2, cpu: 3, foreignCores: 0.5, stealCores: 0 });
  t.match(disturbanceOf(spent), [/foreign processes used 0.50 cores/]);
  t.same(disturbanceOf(spentBetween(usage(0, 10, 5), usage(2000, 13.2, 8))), []);
  t.same(disturbanceOf({ seconds: 1, cpu: 1, foreignCores: 0, stealCores: 0.3 }).length, 1);
  t.end();
});

t.test('a thread by its name, and how long it ran', (t) => {
  const own = new RegExp(`^${readFileSync('/proc/self/task/' + String(process.pid) + '/comm', 'utf8').trim()}$`, 'm');
  const before = threadNs('self', own);
  const end = process.cpuUsage().user + 20_000;
  while (process.cpuUsage().user < end);
  const ran = threadNs(process.pid, own) - before;
  t.ok(ran > 10e6, `${ran} ns of at least 20 ms`);
  t.throws(() => threadNs('self', /^nobody$/), /no thread/);
  t.end();
});
