/**
 * ovs-dpdk and testpmd: forwarding in memory by DPDK, from a capture that its driver copies in over and over to one that
 * drops. testpmd only rewrites MACs: no lookup at all, the bare limit. ovs-dpdk does NORMAL: learning, L2.
 *
 * Huge pages are the machine's: they are asked for when a trial starts and given back at its end.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, run } from '../../src/demo/command.ts';
import { pause, until, type Lab } from '../lab.ts';
import { peer, peerEnvironment, peerFile, pieces } from '../peers.ts';
import type { Driver, MemoryWish } from './driver.ts';
import { OpenVswitch, openVswitchVersion } from './open-vswitch.ts';

const pagesFile = '/proc/sys/vm/nr_hugepages';

/** Mounts so many pages of 2 MiB for the trial. */
async function hugePages(lab: Lab, count: number): Promise<string> {
  const before = Number(readFileSync(pagesFile, 'utf8'));
  lab.deferAfterwards(() => writeFileSync(pagesFile, String(before)));
  writeFileSync(pagesFile, String(before + count));
  const got = Number(readFileSync(pagesFile, 'utf8')) - before;
  if (got < count) throw new Error(`the kernel gave ${got} of ${count} huge pages`);
  const folder = join(lab.folder, 'huge');
  mkdirSync(folder);
  await run(['mount', '-t', 'hugetlbfs', 'none', folder]);
  lab.deferAfterwards(async () => await attempt(['umount', folder]));
  return folder;
}

/** The drivers that are needed, by file: those of an unpacked Debian package are not where DPDK looks. */
function plugins(): string[] {
  for (const libraries of ['/usr/lib/x86_64-linux-gnu/dpdk', '/usr/lib/aarch64-linux-gnu/dpdk']) {
    const folder = peerFile(libraries);
    const version = existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith('pmds-')) : undefined;
    if (version === undefined) continue;
    const names = ['bus_vdev', 'mempool_ring', 'net_pcap', 'net_null'];
    return names.map((name) => join(folder, version, `librte_${name}.so`)).filter((path) => existsSync(path));
  }
  return [];
}

const filePrefix = `vswbench${process.pid}`;

function threadNs(pid: number, name: RegExp): number {
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    if (name.test(readFileSync(`${folder}/comm`, 'utf8'))) return Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]);
  }
  throw new Error(`process ${pid} has no thread ${name.source}`);
}

async function forwardWithOvs(lab: Lab, { capture, frames, seconds }: MemoryWish): Promise<number[]> {
  const folder = await hugePages(lab, 1100);
  const extra = [`--huge-dir=${folder}`, '--no-pci', `--file-prefix=${filePrefix}`, ...plugins().map((path) => `-d ${path}`)].join(' ');
  const ovs = await OpenVswitch.start(lab, {
    dpdk: true, settings: ['dpdk-init=true', 'dpdk-lcore-mask=0x1', 'pmd-cpu-mask=0x2', 'dpdk-socket-mem=2000', `dpdk-extra="${extra}"`],
  });
  // Nothing passes until the receiver is known: a source at full speed would flood.
  await ovs.flow('add-flow', 'br0', 'priority=100,actions=drop');
  await ovs.set('add-port', 'br0', 'out', '--', 'set', 'interface', 'out', 'type=dpdk', 'options:dpdk-devargs=net_null1,no-rx=1');
  await ovs.set('add-port', 'br0', 'in', '--', 'set', 'interface', 'in', 'type=dpdk', `options:dpdk-devargs=net_pcap0,rx_pcap=${capture},infinite_rx=1`);
  const failed = (await ovs.set('get', 'interface', 'in', 'error')).trim();
  if (failed !== '[]') throw new Error(`ovs-dpdk: ${failed}`);
  await ovs.ask('fdb/add', 'br0', 'out', '0', '02:00:00:00:00:02');
  await ovs.flow('del-flows', 'br0');
  await ovs.flow('add-flow', 'br0', 'priority=0,actions=NORMAL');
  const counted = async (): Promise<{ received: number; missed: number }> => {
    const text = await ovs.ask('dpif-netdev/pmd-stats-show');
    const pmd = text.slice(text.indexOf('core_id 1'));
    const number = (name: string): number => Number(new RegExp(`${name}[^:]*: ?(\\d+)`).exec(pmd)?.[1] ?? 0);
    return { received: number('packets received'), missed: number('miss with success upcall') };
  };
  let before = await counted();
  await until('the first packets of all flows passed', async () => {
    await pause(500);
    const now = await counted();
    const isSteady = now.received - before.received > 2 * frames && (now.missed - before.missed) / (now.received - before.received) < 2e-5;
    before = now;
    return isSteady;
  }, 30_000);
  return await sample(seconds, async () => (await counted()).received, () => threadNs(ovs.pid, /^pmd-/));
}

/** Millions of packets per second of the thread's own time, several times. */
async function sample(seconds: number, packets: () => Promise<number>, threadTime: () => number): Promise<number[]> {
  const rates: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const [before, beforeNs] = [await packets(), threadTime()];
    await pause((seconds * 1000) / 3);
    const [after, afterNs] = [await packets(), threadTime()];
    rates.push(((after - before) * 1e3) / (afterNs - beforeNs));
  }
  return rates;
}

async function forwardWithTestpmd(lab: Lab, { capture, seconds }: MemoryWish): Promise<number[]> {
  const folder = await hugePages(lab, 512);
  const words = [
    peer('dpdk-testpmd'), '-l', '0,1', '--no-pci', `--huge-dir=${folder}`, `--file-prefix=${filePrefix}`, ...plugins().flatMap((path) => ['-d', path]),
    `--vdev=net_pcap0,rx_pcap=${capture},infinite_rx=1`, '--vdev=net_null1,no-rx=1', '--',
    '--forward-mode=mac', '--nb-cores=1', '--stats-period=1', '--auto-start', '--total-num-mbufs=180000',
  ];
  const running = lab.start(words, { env: peerEnvironment(), timeoutMs: (seconds + 30) * 1000 });
  const sent = (): number[] => [...running.output.matchAll(/TX-packets: (\d+)/g)].map((match) => Number(match[1]));
  await until('testpmd forwards', () => {
    if (!running.isRunning) throw new Error(`testpmd ended:\n${running.output.slice(-1500)}`);
    return sent().some((packets) => packets > 0);
  }, 30_000);
  const pid = running.pid ?? 0;
  const rates: number[] = [];
  // It prints its counters once a second; each print is one reading.
  const reading = async (): Promise<{ packets: number; ns: number }> => {
    const known = sent().length;
    await until('testpmd prints its counters', () => sent().length >= known + 2, 10_000);
    return { packets: Math.max(...sent()), ns: threadNs(pid, /worker/) };
  };
  let before = await reading();
  for (let round = 0; round < Math.max(2, Math.round(seconds)); round += 1) {
    const after = await reading();
    rates.push(((after.packets - before.packets) * 1e3) / (after.ns - before.ns));
    before = after;
  }
  return rates;
}

export const ovsDpdk: Driver = {
  name: 'ovs-dpdk',
  about: 'Open vSwitch with DPDK, action NORMAL, from a capture to a port that drops',
  pieces: [pieces.ovs, pieces.ovsDpdk],
  flowsMax: 100_000,
  version: async () => await openVswitchVersion(pieces.ovsDpdk),
  forward: forwardWithOvs,
};

export const testpmd: Driver = {
  name: 'testpmd',
  about: "DPDK's testpmd in mode mac: no lookup, the bare limit",
  pieces: [pieces.testpmd],
  flowsMax: 100_000,
  forward: forwardWithTestpmd,
};
