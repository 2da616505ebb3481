/**
 * Peers: the programs that are measured beside us, from Debian's packages.
 *
 * What the machine has is used. What it lacks is fetched by apt-get and unpacked into `out/bench/peers`, not installed:
 * no service starts, nothing of the machine's own is touched, and removing the folder removes it all.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attempt } from '../src/demo/command.ts';
import { findProgram } from './machine.ts';

const folder = fileURLToPath(new URL('../../out/bench/peers', import.meta.url));
const unpacked = join(folder, 'root');

export interface Piece {
  readonly program: string;
  readonly packages: readonly string[];
  /** Folders in which Debian puts it, when that is not the path. */
  readonly folders?: readonly string[];
}

export const pieces = {
  iperf3: { program: 'iperf3', packages: ['iperf3'] },
  nft: { program: 'nft', packages: ['nftables'] },
  ovs: { program: 'ovs-vswitchd', packages: ['openvswitch-switch'], folders: ['/usr/lib/openvswitch-switch'] },
  ovsDpdk: {
    program: 'ovs-vswitchd-dpdk', packages: ['openvswitch-switch', 'openvswitch-switch-dpdk', 'dpdk-dev'], folders: ['/usr/lib/openvswitch-switch-dpdk'],
  },
  vde: { program: 'vde_switch', packages: ['vde2'] },
  testpmd: { program: 'dpdk-testpmd', packages: ['dpdk-dev'] },
} as const satisfies Record<string, Piece>;

/** Where a program of a peer is: on the machine, or unpacked. */
export function findPeer(program: string, folders: readonly string[] = []): string | undefined {
  const own = [...folders, '/usr/sbin', '/usr/bin'].map((path) => join(unpacked, path));
  return findProgram(program, [...folders, ...own]);
}

export function peer(program: string, folders: readonly string[] = []): string {
  const found = findPeer(program, folders);
  if (found === undefined) throw new Error(`${program} is not there`);
  return found;
}

/** Where a file of a peer is that is no program. */
export function peerFile(path: string): string {
  return existsSync(path) ? path : join(unpacked, path);
}

/** Libraries that were unpacked are found by those that need them. */
export function peerEnvironment(): Record<string, string> {
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'lib/aarch64-linux-gnu'];
  return { LD_LIBRARY_PATH: libraries.map((path) => join(unpacked, path)).join(':') };
}

/** Tries to get what is missing; answers what the machine still lacks, in words, or nothing. */
export async function provide(wanted: readonly Piece[], say: (line: string) => void): Promise<string | undefined> {
  const missing = (): Piece[] => wanted.filter(({ program, folders }) => findPeer(program, folders) === undefined);
  if (missing().length === 0) return undefined;
  const packages = [...new Set(missing().flatMap((piece) => piece.packages))];
  const attempted = join(folder, `asked-${packages.join('+')}`);
  if (process.getuid?.() === 0 && findProgram('apt-get') !== undefined && !existsSync(attempted)) {
    say(`fetching ${packages.join(', ')}`);
    await fetchPackages(packages);
    if (missing().length === 0) return undefined;
    mkdirSync(folder, { recursive: true });
    writeFileSync(attempted, ''); // an absent package is not asked for again in every run
  }
  const names = missing().map(({ program }) => program);
  return names.length === 0 ? undefined : `${names.join(', ')} cannot be had here (apt-get install -y ${packages.join(' ')})`;
}

async function fetchPackages(packages: readonly string[]): Promise<void> {
  const archives = join(folder, 'archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  mkdirSync(unpacked, { recursive: true });
  const words = ['apt-get', 'install', '-y', '-q', '--download-only', '--no-install-recommends', '-o', `Dir::Cache::archives=${archives}`, ...packages];
  const fetch = async (): Promise<number> => (await attempt(words, { timeoutMs: 300_000, env: { DEBIAN_FRONTEND: 'noninteractive' } })).code;
  if (await fetch() !== 0) {
    await attempt(['apt-get', 'update', '-q'], { timeoutMs: 180_000 });
    await fetch();
  }
  for (const name of readdirSync(archives)) {
    if (name.endsWith('.deb')) await attempt(['dpkg', '-x', join(archives, name), unpacked]);
  }
}

/** Fetches these packages, without what they depend on, and unpacks them. What cannot be had is an error. */
export async function unpackPackages(packages: readonly string[], say: (line: string) => void): Promise<void> {
  const archives = join(folder, 'downloads');
  mkdirSync(archives, { recursive: true });
  mkdirSync(unpacked, { recursive: true });
  say(`fetching ${packages.join(', ')}`);
  const words = ['sh', '-c', 'cd "$1" && shift && apt-get download -q "$@"', 'sh', archives, ...packages];
  if ((await attempt(words, { timeoutMs: 300_000 })).code !== 0) {
    await attempt(['apt-get', 'update', '-q'], { timeoutMs: 180_000 });
    if ((await attempt(words, { timeoutMs: 300_000 })).code !== 0) throw new Error(`apt-get cannot download ${packages.join(' ')}`);
  }
  for (const name of readdirSync(archives)) await attempt(['dpkg', '-x', join(archives, name), unpacked]);
}
