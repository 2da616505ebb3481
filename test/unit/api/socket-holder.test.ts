import { linkSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { listenerAt, temporaryName } from '../../../src/api/socket-holder.ts';

/** Short, since the path of a socket has to be. */
function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'vsw-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function listen(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

t.test('who bound the path is found, and nobody where nobody listens', async (t) => {
  const path = join(temporaryFolder(t), 'with space.sock');
  t.equal(listenerAt(path), undefined);
  const server = await listen(path);
  t.equal(listenerAt(path), process.pid);
  server.close();
  t.equal(listenerAt(path), undefined);
});

t.test('one of ours is found by the name that it was bound under, if it is the only one there', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.sock');
  const first = await listen(temporaryName(path, 1));
  linkSync(temporaryName(path, 1), path);
  unlinkSync(temporaryName(path, 1));
  t.equal(listenerAt(path), process.pid);
  const second = await listen(temporaryName(path, 2));
  t.equal(listenerAt(path), undefined, 'of two it might be either');
  first.close();
  second.close();
});
