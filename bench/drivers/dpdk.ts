/**
 * What DPDK needs to forward in memory: huge pages, its drivers, and the time of its threads.
 *
 * Huge pages are the machine's: they are asked for when a trial starts and given back at its end.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, run } from '../../src/demo/command.ts';
import { pause, type Lab } from '../lab.ts';
import { peerFile } from '../peers.ts';

const pagesFile = '/proc/sys/vm/nr_hugepages';

/** Mounts so many pages of 2 MiB for the trial. */
export async function hugePages(lab: Lab, count: number): Promise<string> {
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
export function plugins(): string[] {
  for (const libraries of ['/usr/lib/x86_64-linux-gnu/dpdk', '/usr/lib/aarch64-linux-gnu/dpdk']) {
    const folder = peerFile(libraries);
    const version = existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith('pmds-')) : undefined;
    if (version === undefined) continue;
    const names = ['bus_vdev', 'mempool_ring', 'net_pcap', 'net_null'];
    return names.map((name) => join(folder, version, `librte_${name}.so`)).filter((path) => existsSync(path));
  }
  return [];
}

export const filePrefix = `vswbench${process.pid}`;

/** Millions of packets per second of the thread's own time, several times. */
export async function sample(seconds: number, packets: () => Promise<number>, threadTime: () => number): Promise<number[]> {
  const rates: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const [before, beforeNs] = [await packets(), threadTime()];
    await pause((seconds * 1000) / 3);
    const [after, afterNs] = [await packets(), threadTime()];
    rates.push(((after - before) * 1e3) / (afterNs - beforeNs));
  }
  return rates;
}
