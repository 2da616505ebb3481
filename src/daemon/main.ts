#!/usr/bin/env node
/**
 * vswitchd: the switch as a process in the foreground.
 *
 * Exit 0 after a clean stop, 1 when it could not start or failed, 2 for a wrong command line.
 */
import { VswError, messageOf } from '../errors.ts';
import { packageVersion } from '../api/protocol.ts';
import { parseCommandLine, type DaemonOptions } from './config.ts';
import { Daemon, type OpenSwitch } from './lifecycle.ts';
import { openLog, type Log } from './log.ts';
import { inheritedSocket, notify, type Notice } from './service-manager.ts';

async function main(): Promise<void> {
  const asked = parseCommandLine(process.argv.slice(2), packageVersion());
  if (asked.kind === 'say') {
    process.stdout.write(asked.text);
  } else if (asked.kind === 'wrong') {
    process.stderr.write(`vswitchd: ${asked.text}\nvswitchd --help tells how it is used\n`);
    process.exitCode = 2;
  } else {
    await run(asked.options);
  }
}

async function run(options: DaemonOptions): Promise<void> {
  const log = await openLog(options.log);
  const stopAsked = signals(log);
  let daemon: Daemon;
  try {
    const descriptor = inheritedSocket();
    const listening = descriptor === undefined ? { path: options.socket } : { descriptor };
    daemon = await Daemon.start(options, listening, openSwitch, log);
  } catch (error) {
    tellWhy(error, log);
    process.exit(1);
  }
  log.write('info', `vswitchd ${packageVersion()} serves at ${options.socket}, generation ${daemon.generation}`);
  await tell('READY=1', 'serving', log);
  const signal = await stopAsked;
  log.write('info', `${signal}: stopping; ports stay in their containers`);
  await tell('STOPPING=1', 'stopping', log);
  try {
    await daemon.stop();
  } catch (error) {
    tellWhy(error, log);
    process.exit(1);
  }
  log.write('info', 'stopped');
  process.exit(0);
}

/** Loads the switch only now, so that a wrong command line is told without it. */
const openSwitch: OpenSwitch = async (wanted) => {
  const { VirtualSwitch } = await import('../switch/virtual-switch.ts');
  return await VirtualSwitch.open(wanted);
};

/** The first signal asks to stop; a second one does not wait. */
async function signals(log: Log): Promise<NodeJS.Signals> {
  return await new Promise((resolve) => {
    let isAsked = false;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isAsked) {
          log.write('warn', `${signal} again: stopping at once`);
          process.exit(1);
        }
        isAsked = true;
        resolve(signal);
      });
    }
    for (const failure of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(failure, (error: unknown) => {
        log.write('error', `a bug in vswitchd: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
        process.exit(1);
      });
    }
  });
}

function tellWhy(error: unknown, log: Log): void {
  const details = error instanceof VswError ? error.errors : [];
  if (details.length === 0) log.write('error', messageOf(error));
  for (const { path, message, remedy } of details) {
    log.write('error', `${path === '' ? '' : `${path}: `}${message}${remedy === '' ? '' : `; ${remedy}`}`);
  }
}

async function tell(notice: Notice, status: string, log: Log): Promise<void> {
  try {
    await notify(notice, status);
  } catch (error) {
    log.write('warn', messageOf(error));
  }
}

await main();
