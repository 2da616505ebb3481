/**
 * What vswitchd and the program that started it tell each other: readiness, and a socket made beforehand.
 *
 * The protocol is systemd's. Node cannot send unix datagrams, so systemd's own `systemd-notify` does;
 * the unit allows it with NotifyAccess=all.
 */
import { spawn } from 'node:child_process';

export type Notice = 'READY=1' | 'STOPPING=1';

const firstDescriptor = 3;
const notifyTimeoutMs = 5_000;

/** Tells the service manager, when there is one. A message that cannot be sent is an error to log, no more. */
export async function notify(notice: Notice, status: string, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  if (environment['NOTIFY_SOCKET'] === undefined || environment['NOTIFY_SOCKET'] === '') return;
  await new Promise<void>((resolve, reject) => {
    const child = spawn('systemd-notify', [`--pid=${process.pid}`, notice, `STATUS=${status}`], {
      env: environment, stdio: ['ignore', 'ignore', 'pipe'], signal: AbortSignal.timeout(notifyTimeoutMs),
    });
    let said = '';
    child.stderr.on('data', (part: Buffer) => { said += part.toString(); });
    child.once('error', (error) => reject(new Error(error.name === 'AbortError'
      ? `the service manager did not take ${notice} within ${notifyTimeoutMs} ms`
      : `systemd-notify cannot be run (${error.message}): install systemd`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`systemd-notify failed: ${said.trim()}`));
    });
  });
}

/** The descriptor of the socket that the service manager made for this process, if it did. */
export function inheritedSocket(environment: NodeJS.ProcessEnv = process.env, pid = process.pid): number | undefined {
  const count = Number(environment['LISTEN_FDS'] ?? 0);
  if (Number(environment['LISTEN_PID']) !== pid || !(count > 0)) return undefined;
  if (count !== 1) throw new Error(`LISTEN_FDS is ${count}: give vswitchd exactly one socket (one ListenStream=)`);
  return firstDescriptor;
}
