/**
 * The unix socket that the API is served on: who may take its path, and who may use it.
 *
 * A socket file whose daemon died is left behind, so a path that exists says nothing: it is asked. One
 * that answers is never touched. The new socket is made under another name with its final mode, then
 * linked to its path, so it is never open to more than it should be and two daemons that start at once
 * cannot both believe they have it.
 */
import { chmod, link, lstat, mkdir, rename, unlink } from 'node:fs/promises';
import { request, type Server } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { VswError } from '../errors.ts';
import { describeProcess } from '../store/process.ts';
import type { DaemonVersion } from './protocol.ts';
import { listenerAt, temporaryName } from './socket-holder.ts';

const mode = 0o660;
const pathBytesMax = 107;   // sun_path, with its closing zero

/** Listens at `path`; the result gives the path back. */
export async function claimSocket(server: Server, path: string): Promise<() => Promise<void>> {
  const temporary = temporaryName(path, process.pid);
  const longest = Math.max(Buffer.byteLength(path), Buffer.byteLength(temporary));
  if (longest > pathBytesMax) {
    throw refused(`the socket path ${path} is ${longest} bytes long`, `choose one of at most ${pathBytesMax} bytes`);
  }
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await unlink(temporary).catch(() => {});
    await listen(server, temporary);
    await chmod(temporary, mode);
  } catch (error) {
    server.close();
    throw refused(`cannot make a socket in ${dirname(path)}: ${(error as Error).message}`,
      'choose a directory that this process may write to (--socket PATH), or run it as root');
  }
  try {
    await putAt(temporary, path);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    await unlink(temporary).catch(() => {});
  }
  const { ino } = await lstat(path);
  return async () => {
    const now = await lstat(path).catch(() => undefined);
    if (now?.ino === ino) await unlink(path).catch(() => {});
  };
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function putAt(temporary: string, path: string): Promise<void> {
  for (let attempt = 0; attempt < 3; ++attempt) {
    try {
      await link(temporary, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await removeStale(path);
  }
  throw refused(`another process keeps taking the socket ${path}`, 'stop the other vswitchd, or choose another --socket');
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw refused(`${path} exists and is no socket`, 'remove it, or choose another --socket');
  }
  if (await answers(path)) {
    const holder = await holderOf(path);
    const who = holder === undefined ? nameOf(listenerAt(path)) : `vswitchd ${holder.version} with pid ${holder.pid}`;
    throw refused(`the socket ${path} is in use by ${who}`, 'stop it first, or choose another --socket');
  }
  const aside = join(dirname(path), `.stale-${process.pid}`);
  await rename(path, aside).catch(() => {});
  const moved = await lstat(aside).catch(() => undefined);
  // Between the question and the move another daemon may have put its own there: that one goes back.
  if (moved !== undefined && moved.ino !== found.ino) await link(aside, path).catch(() => {});
  await unlink(aside).catch(() => {});
}

async function answers(path: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const connection = connect(path);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else if (error.code === 'EAGAIN') resolve(true);   // its backlog is full: somebody listens
      else reject(refused(`cannot ask who holds ${path}: ${error.message}`, 'run it as root, or choose another --socket'));
    });
  });
}

async function holderOf(path: string): Promise<DaemonVersion | undefined> {
  return await new Promise((resolve) => {
    const asked = request({ socketPath: path, path: '/v1/version', timeout: 2000, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => { text += part; });
      answer.on('end', () => {
        try {
          const version = JSON.parse(text) as DaemonVersion;
          resolve(version.name === 'vswitchd' ? version : undefined);
        } catch {
          resolve(undefined);
        }
      });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}

function nameOf(pid: number | undefined): string {
  return pid === undefined ? 'another process' : describeProcess(pid);
}

function refused(message: string, remedy: string): VswError {
  return new VswError('VSW_UNAVAILABLE', message, [{ path: '', message, remedy }]);
}
