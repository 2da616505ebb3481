// SPDX-License-Identifier: Apache-2.0
/**
 * What the machine must have besides npm's packages: found, installed when that is possible, else named.
 *
 * Compilers are needed by everything and stop the set-up; the others serve the demo or single rungs
 * of the tests, which then say by name what they leave out.
 */
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execute, say, StepError } from './step.mjs';

/** Each piece: the programs, or another proof, that it is there, the Debian package that brings it, what it is for. */
const pieces = {
  'g++': { programs: ['g++'], packages: ['g++'], purpose: 'the addon' },
  cmake: { programs: ['cmake'], packages: ['cmake'], purpose: 'the addon' },
  make: { programs: ['make'], packages: ['make'], purpose: 'the addon' },
  ip: { programs: ['ip'], packages: ['iproute2'], purpose: 'containers' },
  ping: { programs: ['ping'], packages: ['iputils-ping'], purpose: 'the first look at a network' },
  iperf3: { programs: ['iperf3'], packages: ['iperf3'], purpose: 'the throughput of TCP' },
  python3: { programs: ['python3'], packages: ['python3'], purpose: 'node-gyp' },
  scapy: {
    proof: () => existsSync('/usr/lib/python3/dist-packages/scapy'), packages: ['python3-scapy'], purpose: 'the golden captures',
  },
  clang: {
    programs: ['clang++'],
    proof: hasFuzzer,
    packages: ['clang', 'libclang-rt-14-dev'],
    purpose: 'fuzzing',
  },
};

/** The pieces that each purpose wants, by the names above. */
export const wanted = {
  build: ['g++', 'cmake', 'make'],
  demo: ['ip', 'ping', 'iperf3'],
  test: ['ip', 'ping', 'iperf3', 'python3', 'scapy'],
  fuzz: ['clang'],
};

export function hasProgram(name) {
  const path = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin'];
  return path.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** libFuzzer comes with the compiler's runtime, of whatever version clang is. */
function hasFuzzer() {
  const versions = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => /^llvm-\d+$/.test(name)) : [];
  return versions.some((version) => {
    const folder = join('/usr/lib', version, 'lib/clang');
    const runtimes = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'lib/linux')) : [];
    return runtimes.some((runtime) => existsSync(runtime)
      && readdirSync(runtime).some((name) => /^libclang_rt\.fuzzer-(x86_64|aarch64)\.a$/.test(name)));
  });
}

export function has(name) {
  const piece = pieces[name];
  return (piece.programs ?? []).every(hasProgram) && (piece.proof?.() ?? true);
}

export function missing(names) {
  return names.filter((name) => !has(name));
}

export function packagesOf(names) {
  return [...new Set(names.flatMap((name) => pieces[name].packages))];
}

export const isRoot = () => process.getuid?.() === 0;

/** Tries to install what is missing; answers what still is. Says what it did in one line. */
export async function install(names) {
  const absent = missing(names);
  if (absent.length === 0) return [];
  const packages = packagesOf(absent);
  const line = `apt-get install -y ${packages.join(' ')}`;
  if (isRoot() && hasProgram('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=60', '--no-install-recommends'];
    const attempt = () => execute('apt-get', ['install', ...options, ...packages], { env, timeout: 300_000 });
    let result = await attempt();
    if (result.code !== 0) {
      // A machine that has never asked has no lists, and an old one may have lists of packages that are gone.
      await execute('apt-get', ['update', '-q'], { env, timeout: 180_000 });
      result = await attempt();
    }
    if (missing(absent).length === 0) {
      say(`installed ${packages.join(', ')}`);
      return [];
    }
  }
  const still = missing(absent);
  const purposes = [...new Set(still.map((name) => pieces[name].purpose))].join(', ');
  say(`missing for ${purposes}: ${still.join(', ')}; remedy: ${isRoot() ? '' : 'sudo '}${line}`);
  return still;
}

/** The compilers: without them nothing can be built, so here a missing piece stops the set-up. */
export async function requireCompilers() {
  const still = await install(wanted.build);
  if (still.length > 0) {
    throw new StepError(`the addon cannot be built without ${still.join(', ')}`,
      `apt-get install -y ${packagesOf(still).join(' ')}`);
  }
}

export function opens(file) {
  try {
    closeSync(openSync(file, 'r+'));
    return true;
  } catch {
    return false;
  }
}

/** Undefined when root can make TAP devices here, else the sentence that says why not and what helps. */
export async function tapObstacle() {
  const device = '/dev/net/tun';
  if (opens(device)) return undefined;
  if (hasProgram('modprobe')) await execute('modprobe', ['tun'], { timeout: 20_000 });
  if (!existsSync(device)) {
    mkdirSync('/dev/net', { recursive: true });
    await execute('mknod', [device, 'c', '10', '200'], { timeout: 20_000 });
  }
  if (opens(device)) {
    say(`made ${device}`);
    return undefined;
  }
  return `${device} cannot be opened; remedy: modprobe tun, or give this machine the device `
    + '(containers: --device /dev/net/tun --cap-add NET_ADMIN --cap-add SYS_ADMIN)';
}
