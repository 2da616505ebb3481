/**
 * Rootless: the switch, its containers and the tests of both in a user namespace, with no right outside.
 *
 *   user namespace (root inside, a user outside)
 *     └─ netns a ── vswitchd ── netns b
 */
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { compiled, lacking, Topology } from '../harness/topology.ts';

// Each waits for pings that must not be answered, in namespaces of its own.
t.jobs = 3;

const inUserNamespace = ['unshare', '--user', '--map-root-user', '--net', '--mount', 'sh', '-c', 'mount -t tmpfs none /run && exec "$@"', 'sh'];
const demo = fileURLToPath(new URL('../../../src/setup/demo.mjs', import.meta.url));

/** Skipped where no user namespace can be made, by what the kernel says. */
async function obstacle(topology: Topology): Promise<string | undefined> {
  const { code, output } = await topology.attempt([...inUserNamespace, 'true']);
  return code === 0 ? undefined : `user namespaces (${output.trim()})`;
}

async function passes(t: Test, file: string): Promise<void> {
  await using topology = await Topology.open(t);
  const missing = await obstacle(topology);
  if (missing !== undefined) return void t.pass('left out', { skip: `needs ${missing}` });
  const { code, output } = await topology.attempt([...inUserNamespace, process.execPath, compiled(file)], { timeoutMs: 200_000, env: { TAP_TIMEOUT: '200' } });
  t.strictSame({ code, failed: output.match(/^ *not ok .*$/gm) ?? [] }, { code: 0, failed: [] }, `${file} passes in there`);
  t.match(output, /^1\.\.[1-9]/m, 'and says how many there were');
}

t.test('containers come and go, and what is refused changes nothing', { skip: lacking('ping', 'unshare') }, async (t) => {
  await passes(t, 'test/e2e/lifecycle.test.js');
});

t.test('networks are isolated', { skip: lacking('ping', 'unshare') }, async (t) => {
  await passes(t, 'test/e2e/isolation.test.js');
});

/** A user who is not root, in mounts where /dev/net/tun has the given mode. */
function asUser(folder: string, mode: string): string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c',
    `mount -t tmpfs none ${folder} && mknod ${folder}/tun c 10 200 && chmod ${mode} ${folder}/tun && mount --bind ${folder}/tun /dev/net/tun && exec "$@"`, 'sh',
    'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all'];
}

t.test('the demo of a user who is not root', { skip: lacking('ping', 'unshare', 'setpriv') }, async (t) => {
  await using topology = await Topology.open(t);
  const missing = await obstacle(topology);
  if (missing !== undefined) return void t.pass('left out', { skip: `needs ${missing}` });
  const folder = t.testdir();
  const user = asUser(folder, '0666');
  if ((await topology.attempt([...user, ...inUserNamespace, 'true'])).code !== 0) return void t.pass('left out', { skip: 'needs user namespaces for every user' });
  if ((await topology.attempt([...user, 'test', '-r', demo])).code !== 0) return void t.pass('left out', { skip: 'needs a checkout that every user may read' });
  const { code, output } = await topology.attempt([...user, process.execPath, demo], { timeoutMs: 120_000, env: { HOME: folder } });
  t.equal(code, 0);
  t.match(output, /not root: all of it runs in a user namespace/);
  t.match(output, /the law holds/);
  t.match(output, /Done in \d+ s: namespaces, devices, daemon and state are removed/);

  const without = await topology.attempt([...asUser(folder, '0600'), process.execPath, demo], { timeoutMs: 60_000, env: { HOME: folder } });
  t.equal(without.code, 1);
  t.match(without.output, /^✗ \/dev\/net\/tun has mode 0600 and may not be opened by this user; remedy: run it as root, or .*chmod 0666/m, 'it says why in a line');
});
