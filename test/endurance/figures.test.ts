/**
 * What ports cost: the time to attach one, and the daemon's memory and idle processor time with 100 and with 1,000.
 *
 *   netns p1 … p1000 ── vswitchd
 *
 * `npm run endurance figures` prints them. Time is that of a machine with nothing else to do; a busy one shows more.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import t, { type Test } from 'tap';
import type { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { lacking, network, pause, tapPort, Topology, type Host } from '../harness/topology.ts';

const idleSeconds = 10;
const settleSeconds = 10; // a group's listeners say so twice, some seconds apart
const ticksPerSecond = 100; // USER_HZ, which is so on every Linux that Node runs on

/** Processor seconds that the process has used. */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function idlePercent({ pid }: DaemonProcess): Promise<number> {
  const before = processorSeconds(pid!);
  await pause(idleSeconds * 1000);
  return ((processorSeconds(pid!) - before) / idleSeconds) * 100;
}

function portOf(host: Host, number: number): object {
  return tapPort(host, 'blue', number, { addresses: [`10.77.${number >> 8}.${number & 255}/16`, `fd00:77::${number.toString(16)}/64`] });
}

/** Idle means that nobody sends: no host looks for routers, which a thousand others would have to hear. */
function quietNamespace({ namespace }: Host): string {
  return `ip netns add ${namespace}; ip netns exec ${namespace} sh -c 'echo 0 > /proc/sys/net/ipv6/conf/default/router_solicitations'`;
}

/** Attaches one after the other, each by a request of its own; milliseconds of each, sorted. */
async function attach(daemon: DaemonProcess, hosts: readonly Host[], from: number): Promise<number[]> {
  const times: number[] = [];
  for (const [index, host] of hosts.entries()) {
    const start = performance.now();
    await daemon.client.apply([portOf(host, from + index)]);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

async function measured(t: Test, daemon: DaemonProcess, count: number, bounds: { memoryMb: number; idlePercent: number }): Promise<void> {
  await pause(settleSeconds * 1000);
  const idle = await idlePercent(daemon);
  const memory = residentMb(daemon.pid!);
  t.comment(`${count} ports: ${memory.toFixed(0)} MB resident, ${idle.toFixed(2)} % of a core when idle`);
  t.ok(memory < bounds.memoryMb, `${count} ports: below ${bounds.memoryMb} MB resident (${memory.toFixed(0)} MB)`);
  t.ok(idle < bounds.idlePercent, `${count} ports: below ${bounds.idlePercent} % of a core when idle (${idle.toFixed(2)} %)`);
}

t.test('what ports cost', { skip: lacking(), timeout: 900_000 }, async (t) => {
  await using topology = await Topology.open(t);
  const hosts = Array.from({ length: 1000 }, (_, index) => topology.planned(`p${index}`));
  await topology.run(['sh', '-e'], { input: hosts.map(quietNamespace).join('\n'), timeoutMs: 300_000 });
  topology.defer(async () => {
    await topology.attempt(['sh'], { input: hosts.map(({ namespace }) => `ip netns delete ${namespace}`).join('\n'), timeoutMs: 300_000 });
  });
  const daemon = await topology.daemon();
  t.comment(`${cpus()[0]?.model ?? 'a processor'}, ${availableParallelism()} cores, Linux ${release()}, Node ${process.version}`);
  await daemon.client.apply([network('blue', { subnets: ['10.77.0.0/16', 'fd00:77::/64'] })]);
  t.comment(`no port: ${residentMb(daemon.pid!).toFixed(0)} MB resident`);

  await attach(daemon, hosts.slice(0, 100), 1);
  await measured(t, daemon, 100, { memoryMb: 150, idlePercent: 1 });

  const times = await attach(daemon, hosts.slice(100), 101);
  t.comment(`attaching: ${at(times, 0.5).toFixed(1)} ms at the median, ${at(times, 0.99).toFixed(1)} ms at p99, ${at(times, 1).toFixed(1)} ms at most, of ${times.length}`);
  t.ok(at(times, 0.5) < 20, `a port is attached in less than 20 ms (${at(times, 0.5).toFixed(1)} ms)`);
  await measured(t, daemon, 1000, { memoryMb: 400, idlePercent: 10 });

  const start = performance.now();
  await daemon.stop();
  await daemon.start();
  t.comment(`a restart with 1,000 ports: ${((performance.now() - start) / 1000).toFixed(1)} s until all are served again`);
  const { items } = await daemon.client.list('ports');
  t.equal(items.filter(({ status }) => (status as { state: string }).state === 'ready').length, 1000);
  await measured(t, daemon, 1000, { memoryMb: 400, idlePercent: 10 });
});
