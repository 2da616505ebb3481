/** `capture`: frames as they pass and die, into a file that Wireshark and tcpdump read, or into a pipe. */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { CommandError, exitUnreachable, sessionOf, usageError } from '../session.ts';

interface Options {
  readonly port?: string;
  readonly direction?: string;
  readonly dropped?: boolean;
  readonly reason?: string;
  readonly host?: string;
  readonly protocol?: string;
  readonly transportPort?: number;
  readonly snapshotLength?: number;
  readonly count?: number;
  readonly duration?: number;
  readonly format?: string;
}

export function addCapture(program: Command): void {
  program.command('capture <file>')
    .description('write frames with their fate to a file, or to a pipe (-), until Ctrl-C')
    .option('--port <name>', 'only frames of this port')
    .addOption(new Option('--direction <direction>', 'as seen from the switch').choices(['receive', 'transmit', 'both']))
    .option('--dropped', 'only frames that die')
    .option('--reason <reason>', 'only frames that die of this')
    .option('--host <address>', 'only frames from or to this address')
    .option('--protocol <protocol>', 'only tcp, udp, sctp, icmp, icmpv6 or a number')
    .option('--transport-port <number>', 'only frames from or to this port of TCP, UDP or SCTP', whole)
    .option('--snapshot-length <bytes>', 'keep only so much of each frame', whole)
    .option('-n, --count <frames>', 'end after so many frames', whole)
    .option('--duration <seconds>', 'end after so long', seconds)
    .addOption(new Option('--format <format>', 'pcap knows neither ports nor fates').choices(['pcapng', 'pcap']))
    .addHelpText('after', '\nExamples:\n  vswitchctl capture --port web-1 web-1.pcapng\n  vswitchctl capture --dropped - | tcpdump -r - -n\n  vswitchctl capture --host 10.77.0.2 --protocol tcp --transport-port 443 --duration 10 https.pcapng')
    .action(async (file: string, { duration, ...options }: Options, command: Command) => {
      const { client } = sessionOf(command);
      if (file === '-' && process.stdout.isTTY) throw usageError('a terminal cannot show a capture', 'name a file, or pipe it: vswitchctl capture - | tcpdump -r -');
      const interrupted = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
      const query = Object.fromEntries(Object.entries({ ...options, seconds: duration }).map(([name, value]) => [name, value === undefined ? undefined : String(value)]));
      const capture = await client.capture(query, interrupted.signal);
      // Only now: what was refused has overwritten nothing.
      const into = file === '-' ? undefined : await open(file, 'w', 0o640).catch((error: Error) => {
        interrupted.abort();
        throw notWritten(file, error);
      });
      let bytes = 0;
      try {
        for await (const chunk of capture.chunks) {
          bytes += chunk.length;
          if (into !== undefined) await into.appendFile(chunk).catch((error: Error) => { throw notWritten(file, error); });
          else if (!process.stdout.write(chunk)) await once(process.stdout, 'drain', { signal: interrupted.signal }).catch(() => undefined);
        }
      } finally {
        await into?.close();
      }
      const { frames, lost } = capture;
      process.stderr.write(`${frames} ${frames === 1 ? 'frame' : 'frames'} captured, ${bytes} bytes${lost === undefined || lost === 0 ? '' : `; ${lost} came too fast and are missing`}\n`);
      const isDone = interrupted.signal.aborted || (lost !== undefined && (frames === options.count || duration !== undefined));
      if (!isDone) throw new CommandError(exitUnreachable, `error: vswitchd at ${client.socketPath} has ended the capture; it may be stopping`);
    });
}

function notWritten(file: string, error: Error): CommandError {
  return new CommandError(1, `error: ${file} cannot be written: ${error.message}`);
}

function whole(value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new InvalidArgumentError('Give a whole number.');
  return Number(value);
}

function seconds(value: string): number {
  if (!/^\d+(\.\d+)?$/.test(value)) throw new InvalidArgumentError('Give seconds.');
  return Number(value);
}
