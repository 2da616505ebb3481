/**
 * Which network namespace stands behind a path right now, and whether it is still the same.
 *
 * A name under /run/netns can be deleted and made again, and a process number be given to another
 * process; the file's device and inode, and the process's start time, tell.
 */
import { statSync } from 'node:fs';
import { startTimeOf } from '../store/process.ts';

const processPath = /^\/proc\/([0-9]+)\/ns\/net$/;

const ownNamespace = '/proc/self/ns/net';

/** Of the namespace that a port is in, by its path; an empty one means the switch's own. */
export function identityBehind(netns: string): string | undefined {
  return namespaceIdentity(netns === '' ? ownNamespace : netns);
}

/** Undefined when nothing is there. */
export function namespaceIdentity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** When the process was started whose namespace `/proc/PID/ns/net` is; undefined for other paths or none. */
export function processBehind(path: string): string | undefined {
  const pid = processPath.exec(path)?.[1];
  return pid === undefined ? undefined : startTimeOf(Number(pid));
}
