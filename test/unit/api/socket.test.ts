/** Who may take the socket's path: nobody's stale file stays, nobody's live socket is taken. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { claimSocket } from '../../../src/api/socket.ts';
import { serve, temporaryFolder } from './served.ts';
import { thrownBy } from './thrown.ts';

t.test('the socket has mode 0660, its folder is made, and it is given back', async (t) => {
  const path = join(temporaryFolder(t), 'a', 'b', 'api.sock');
  const server = createHttpServer();
  const release = await claimSocket(server, path);
  t.equal(statSync(path).mode & 0o777, 0o660);
  await release();
  t.notOk(existsSync(path));
  server.close();
});

t.test('a stale socket is replaced', async (t) => {
  const path = join(temporaryFolder(t), 'api.sock');
  // A process that dies without closing leaves its file behind.
  spawnSync(process.execPath, ['-e', `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`]);
  t.ok(existsSync(path), 'the dead process left its socket');
  const server = createHttpServer();
  const release = await claimSocket(server, path);
  await release();
  server.close();
});

t.test('a live daemon keeps its socket, and is named', async (t) => {
  const { path } = await serve(t, { isReady: false });
  const before = statSync(path).ino;
  t.match(await thrownBy(claimSocket(createHttpServer(), path)), { code: 'VSW_UNAVAILABLE', message: new RegExp(`in use by vswitchd .* with pid ${process.pid}`) });
  t.equal(statSync(path).ino, before);
});

t.test('another program\'s socket and files are left alone', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'other.sock');
  const other = createServer((connection) => connection.destroy()).listen(path);
  await new Promise((resolve) => other.once('listening', resolve));
  t.match(await thrownBy(claimSocket(createHttpServer(), path)), { message: new RegExp(`in use by process ${process.pid}`) });
  other.close();
  const file = join(folder, 'file');
  writeFileSync(file, 'precious');
  t.match(await thrownBy(claimSocket(createHttpServer(), file)), { message: /is no socket/ });
  t.equal(statSync(file).size, 8);
});

t.test('a path that no socket can have is refused with the remedy', async (t) => {
  t.match(await thrownBy(claimSocket(createHttpServer(), `/tmp/${'x'.repeat(120)}`)), { message: /bytes long/, errors: [{ remedy: /at most 107/ }] });
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  t.match(await thrownBy(claimSocket(createHttpServer(), join(folder, 'file', 'api.sock'))), { message: /cannot make a socket/ });
});

t.test('giving back leaves a successor\'s socket alone', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'api.sock');
  const first = createHttpServer();
  const release = await claimSocket(first, path);
  first.close();
  await new Promise((resolve) => first.once('close', resolve));
  mkdirSync(join(folder, 'unused'));
  const second = createHttpServer();
  const releaseSecond = await claimSocket(second, path);
  await release();
  t.ok(existsSync(path), 'the second one\'s is still there');
  await releaseSecond();
  second.close();
});
