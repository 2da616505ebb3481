/** version: of both programs, as far as they are there. */
import { join } from 'node:path';
import t from 'tap';
import { packageVersion } from '../../../../src/api/protocol.ts';
import { temporaryFolder } from '../../api/served.ts';
import { openConsole, vswitchctl } from '../console.ts';

t.test('with and without a daemon', async (t) => {
  const version = packageVersion();
  const { run } = await openConsole(t);
  t.same(await run('version'), { code: 0, out: `vswitchctl ${version}\nvswitchd ${version} (pid ${process.pid})\n`, err: '' });
  t.match(JSON.parse((await run('version', '-o', 'json')).out), { client: { version }, daemon: { version, pid: process.pid } });
  const path = join(temporaryFolder(t), 'none');
  t.same(await vswitchctl(['version', '--socket', path]), { code: 0, out: `vswitchctl ${version}\nvswitchd not reachable at ${path}\n`, err: '' });
  t.same(await vswitchctl(['--version']), { code: 0, out: `vswitchctl ${version}\n`, err: '' });
});
