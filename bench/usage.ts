/**
 * Usage: who used the processors between two moments: we, the kernel's threads, or somebody foreign.
 *
 * Ours is this process and all its descendants, with those that ended already. What neither they nor the kernel's threads
 * used is foreign; steal is what the hypervisor gave to another guest. Ticks of 10 ms, so seconds are exact enough.
 */
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

export interface Usage {
  readonly atMs: number;
  /** Seconds of all processors, without idling. */
  readonly busy: number;
  readonly steal: number;
  readonly ours: number;
  readonly kernelThreads: number;
  /** Time in interrupts that was not charged to anybody. */
  readonly interrupts: number;
}

export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly own: number;
  readonly reaped: number;
}

/** The first line of /proc/stat in seconds. */
export function readProcessors(text: string): { busy: number; steal: number; interrupts: number } {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = text.split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
  return {
    busy: (user + nice + system + irq + softirq) / ticksPerSecond, steal: steal / ticksPerSecond, interrupts: (irq + softirq) / ticksPerSecond,
  };
}

/** A line of /proc/PID/stat; the name in parentheses may hold anything. */
export function readProcess(text: string): ProcessLine | undefined {
  const end = text.lastIndexOf(')');
  const pid = Number(text.slice(0, text.indexOf(' ')));
  const fields = text.slice(end + 2).split(' ');
  if (end < 0 || fields.length < 15) return undefined;
  const seconds = (at: number): number => Number(fields[at]) / ticksPerSecond;
  return { pid, parent: Number(fields[1]), own: seconds(11) + seconds(12), reaped: seconds(13) + seconds(14) };
}

const kernelThreadsParent = 2;

/** What a process and its descendants used, and what the kernel's threads did. */
export function shareOut(lines: readonly ProcessLine[], root: number): { ours: number; kernelThreads: number } {
  const parents = new Map(lines.map(({ pid, parent }) => [pid, parent]));
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) if (at === root) return true;
    return false;
  };
  let ours = 0;
  let kernelThreads = 0;
  for (const { pid, parent, own, reaped } of lines) {
    if (isBelow(pid)) ours += own + reaped;
    else if (pid === kernelThreadsParent || parent === kernelThreadsParent) kernelThreads += own;
  }
  return { ours, kernelThreads };
}

function processLines(): ProcessLine[] {
  const lines: ProcessLine[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = readProcess(readFileSync(`/proc/${name}/stat`, 'utf8'));
      if (line !== undefined) lines.push(line);
    } catch {
      // It ended while we looked.
    }
  }
  return lines;
}

export function takeUsage(): Usage {
  return { atMs: performance.now(), ...readProcessors(readFileSync('/proc/stat', 'utf8')), ...shareOut(processLines(), process.pid) };
}

export interface Spent {
  readonly seconds: number;
  /** CPU seconds of the machine without the foreign ones. */
  readonly cpu: number;
  /** Cores that somebody foreign used, and that the hypervisor took away, on average. */
  readonly foreignCores: number;
  readonly stealCores: number;
}

export function spentBetween(before: Usage, after: Usage): Spent {
  const seconds = (after.atMs - before.atMs) / 1000;
  const difference = (key: 'busy' | 'steal' | 'ours' | 'kernelThreads' | 'interrupts'): number => after[key] - before[key];
  const known = difference('ours') + difference('kernelThreads') + difference('interrupts');
  const foreign = Math.max(0, difference('busy') - known);
  return {
    seconds, cpu: difference('busy') - foreign, foreignCores: foreign / seconds, stealCores: difference('steal') / seconds,
  };
}

const foreignCoresMax = 0.15;
const stealCoresMax = 0.1;

/** What disturbed, in words; nothing when nothing did. */
export function disturbanceOf({ foreignCores, stealCores }: Spent): string[] {
  return [
    ...(foreignCores > foreignCoresMax ? [`foreign processes used ${foreignCores.toFixed(2)} cores`] : []),
    ...(stealCores > stealCoresMax ? [`the hypervisor took ${stealCores.toFixed(2)} cores`] : []),
  ];
}

/** Seconds that these processes used so far, with what they waited for. */
export function secondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      const line = readProcess(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      return sum + (line === undefined ? 0 : line.own + line.reaped);
    } catch {
      return sum;
    }
  }, 0);
}

/** Resident memory in MiB. */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      return sum + Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      return sum;
    }
  }, 0);
}

/** Nanoseconds that the thread of such a name ran so far. */
export function threadNs(pid: number | 'self', name: RegExp): number {
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    if (name.test(readFileSync(`${folder}/comm`, 'utf8'))) return Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]);
  }
  throw new Error(`process ${pid} has no thread ${name.source}`);
}
