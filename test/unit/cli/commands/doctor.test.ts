/** doctor: what it looks at, and how it ends. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { temporaryFolder } from '../../api/served.ts';
import { openConsole, vswitchctl } from '../console.ts';

t.test('it looks at the machine and the daemon', async (t) => {
  const { run, path } = await openConsole(t);
  const { out } = await run('doctor', '-o', 'json');
  const { items } = JSON.parse(out) as { items: { check: string; state: string; remedy: string }[] };
  t.same(items.map(({ check }) => check), ['/dev/net/tun', 'CAP_NET_ADMIN', 'CAP_SYS_ADMIN', 'kernel', 'ipv6', '/run/netns', 'open files', 'vswitchd', 'socket', 'generation']);
  t.ok(items.every(({ state, remedy }) => (state === 'ok') === (remedy === '')), 'whatever is not ok has a remedy');
  chmodSync(path, 0o666);
  t.match((await run('doctor')).out, /warning +socket .*every user.*chmod 0660/);
});

t.test('a daemon that does not answer is a finding and ends it with 3', async (t) => {
  const { code, out, err } = await vswitchctl(['--socket', join(temporaryFolder(t), 'none'), 'doctor']);
  t.same([code, err], [3, '']);
  t.match(out, /failed +vswitchd +does not answer at .* start it: vswitchd --socket/);
});
