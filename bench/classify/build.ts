/**
 * The programs of `bench/classify`, one a classifier: compiled here, against what Debian has.
 *
 * rte_acl comes with libdpdk-dev. Open vSwitch's classifier is in no package as a library, so its library is compiled
 * from openvswitch-source, as its own build does. Both are unpacked into `out/bench/peers`, never installed.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpackPackages } from '../peers.ts';

const run = promisify(execFile);

export const peerNames = ['vswitch', 'rte-acl', 'ovs'] as const;
export type PeerName = typeof peerNames[number];

export interface Built {
  readonly program?: string;
  readonly missing?: string;
}

async function compile(compiler: string, words: readonly string[], cwd: string): Promise<void> {
  await run(compiler, words, { cwd, timeout: 600_000, maxBuffer: 1 << 26 });
}

/** What every program needs: the measuring, and our classifier, whose rules the sets are read into. */
export async function buildOurs(tree: string, folder: string): Promise<string[]> {
  const table = readdirSync(join(tree, 'native/table')).filter((name) => name.endsWith('.cpp')).map((name) => join(tree, 'native/table', name));
  const objects: string[] = [];
  for (const source of [...table, join(tree, 'native/base/assert.cpp'), join(tree, 'bench/classify/measure.cpp')]) {
    const object = join(folder, `${source.slice(source.lastIndexOf('/') + 1)}.o`);
    await compile('g++', ['-std=c++20', '-O2', ...['native', 'test', 'bench'].map((name) => `-I${join(tree, name)}`), '-c', source, '-o', object], folder);
    objects.push(object);
  }
  return objects;
}

export async function buildPeer(tree: string, folder: string, name: PeerName, objects: readonly string[], say: (line: string) => void): Promise<Built> {
  const program = join(folder, name);
  const root = join(tree, 'out/bench/peers/root/usr');
  const libraries = join(root, 'lib/x86_64-linux-gnu');
  const includes = ['native', 'test', 'bench'].map((path) => `-I${join(tree, path)}`);
  const source = (file: string): string => join(tree, 'bench/classify', file);
  if (name === 'vswitch') {
    await compile('g++', ['-std=c++20', '-O2', ...includes, source('vswitch.cpp'), ...objects, '-o', program], folder);
    return { program };
  }
  try {
    if (name === 'rte-acl') {
      if (!existsSync(join(root, 'include/dpdk/rte_acl.h'))) {
        await unpackPackages(['libdpdk-dev', 'librte-acl23', 'librte-eal23', 'librte-kvargs23', 'librte-telemetry23', 'libbsd-dev', 'libfdt1', 'libnuma1'], say);
      }
      const headers = ['include/dpdk', 'include/x86_64-linux-gnu/dpdk', 'include'].flatMap((path) => ['-isystem', join(root, path)]);
      await compile('g++', ['-std=gnu++20', '-O2', ...includes, ...headers, source('rte_acl.cpp'), ...objects, `-L${libraries}`, `-Wl,-rpath-link,${libraries}`,
        '-l:librte_acl.so.23', '-l:librte_eal.so.23', '-o', program], folder);
      return { program };
    }
    const ovs = await openVswitch(root, say);
    const object = join(folder, 'open_vswitch.o');
    await compile('gcc', ['-std=gnu11', '-O2', `-I${ovs}`, `-I${join(ovs, 'include')}`, `-I${join(ovs, 'lib')}`, includes[2]!, '-c', source('open_vswitch.c'), '-o', object], folder);
    await compile('g++', [...objects, object, join(ovs, 'lib/.libs/libopenvswitch.a'), '-lpthread', '-lm', '-lrt', '-latomic', '-o', program], folder);
    return { program };
  } catch (error) {
    return { missing: (error as Error).message.split('\n').slice(0, 3).join(' ') };
  }
}

/** Where Open vSwitch's library is compiled. Minutes, once. */
async function openVswitch(root: string, say: (line: string) => void): Promise<string> {
  const sources = join(root, 'src/openvswitch');
  const folder = join(sources, 'openvswitch');
  if (existsSync(join(folder, 'lib/.libs/libopenvswitch.a'))) return folder;
  if (!existsSync(join(sources, 'openvswitch.tar.gz'))) await unpackPackages(['openvswitch-source'], say);
  await run('tar', ['xzf', 'openvswitch.tar.gz'], { cwd: sources });
  say('compiling the library of openvswitch-source');
  const make = async (...targets: string[]): Promise<unknown> => await run('make', [`-j${availableParallelism()}`, ...targets], { cwd: folder, timeout: 1_800_000, maxBuffer: 1 << 26 });
  await run('./configure', ['--disable-ssl', '--disable-libcapng', '--disable-shared', 'CFLAGS=-O2'], { cwd: folder, timeout: 600_000, maxBuffer: 1 << 26 });
  await make('include/odp-netlink.h', 'include/odp-netlink-macros.h', 'lib/ovsdb-server-idl.h', 'lib/vswitch-idl.h');
  await make('lib/libopenvswitch.la');
  return folder;
}
