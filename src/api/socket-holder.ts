/**
 * Which process listens at a unix socket's path, by what the kernel tells of sockets and of processes' descriptors.
 *
 * For sentences alone: a socket that was bound under another name, as ours are, is told by the process in that name when
 * there is only one in the folder; and of processes that may not be looked into nothing is known.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The name that our sockets are bound under, before they are linked to their path. */
export function temporaryName(path: string, pid: number | string): string {
  return join(dirname(path), `.vswitchd-${pid}`);
}

const listening = '00010000';

/** Undefined when it cannot be known. */
export function listenerAt(path: string): number | undefined {
  try {
    const [, ...lines] = readFileSync('/proc/net/unix', 'utf8').split('\n');
    const sockets = lines.map((line) => line.trim().split(/\s+/)).filter(([, , , flags]) => flags === listening)
      .map(([, , , , , , inode = '', ...words]) => ({ inode, path: words.join(' ') }));
    const exact = sockets.filter((socket) => socket.path === path);
    const ours = sockets.filter((socket) => socket.path.startsWith(temporaryName(path, '')) && socket.path !== temporaryName(path, process.pid));
    const [found, another] = exact.length > 0 ? exact : ours;
    return found === undefined || another !== undefined ? undefined : processWith(`socket:[${found.inode}]`);
  } catch {
    return undefined;
  }
}

function processWith(descriptor: string): number | undefined {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => {
    try {
      const folder = `/proc/${candidate}/fd`;
      return readdirSync(folder).some((name) => readlinkSync(join(folder, name)) === descriptor);
    } catch {
      return false; // it ended, or is somebody else's
    }
  });
  return pid === undefined ? undefined : Number(pid);
}
