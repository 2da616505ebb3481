// SPDX-License-Identifier: Apache-2.0
/**
 * Root without being root: a user namespace, in which any user may make networks, mounts and TAP devices of his own.
 *
 * What runs inside sees only the network namespaces that are made inside, and has no right outside. It needs nothing
 * but /dev/net/tun, which not every machine gives to every user.
 */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { execute } from './step.mjs';
import { hasProgram, opens } from './system-packages.mjs';

const tun = '/dev/net/tun';
const entered = ['unshare', '--user', '--map-root-user', '--net', '--mount'];

/** Undefined when a user can run a switch here, else the sentence that says why not and what helps. */
export async function rootlessObstacle() {
  if (!opens(tun)) {
    const mode = statSync(tun, { throwIfNoEntry: false })?.mode;
    const found = mode === undefined ? 'is not there' : `has mode 0${(mode & 0o777).toString(8)} and may not be opened by this user`;
    return `${tun} ${found}; remedy: run it as root, or let root give it to every user (chmod 0666 ${tun}, as most distributions have it)`;
  }
  if (!hasProgram('unshare')) return 'unshare is not there; remedy: run it as root, or apt-get install -y util-linux';
  const { code, output } = await execute(entered[0], [...entered.slice(1), 'true'], { timeout: 20_000 });
  if (code === 0) return undefined;
  return `a user may make no user namespace here (${output.trim().split('\n')[0]}); remedy: run it as root, or let root allow it `
    + '(sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0, whichever is there)';
}

/** Runs a program inside, with this one's terminal and the signals that this one gets; answers its exit code. */
export async function runRootless(words) {
  // The names of namespaces are mounts in /run/netns, which has to be of our own.
  const inside = 'mount -t tmpfs none /run && exec "$@"';
  const [program, ...options] = [...entered, 'sh', '-c', inside, 'sh', ...words];
  const child = spawn(program, options, { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {}); // the terminal tells the program inside as well
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
