/** `watch`: events as they happen, one a line, until it is interrupted or the daemon stops. */
import type { Command } from 'commander';
import { eventGroups, eventTypes } from '../../api/protocol.ts';
import { eventLine, print, printData } from '../render.ts';
import { CommandError, exitUnreachable, sessionOf } from '../session.ts';

export function addWatch(program: Command): void {
  program.command('watch')
    .description('print events as they happen, until Ctrl-C or until the daemon stops')
    .option('--type <type>', `only events of this type: ${eventTypes.join(', ')}; ${eventGroups.join(', ')} for several of them`, listed, [])
    .option('--port <name>', 'only events about this port', listed, [])
    .option('--network <name>', 'only events about this network', listed, [])
    .addHelpText('after', '\nEach of them may be given several times, or as a list with commas.\n\nExamples:\n  vswitchctl watch -o json\n  vswitchctl watch --type pressure,mac_moved\n  vswitchctl watch --type port --port web-1')
    .action(async ({ type, port, network }: { type: string[]; port: string[]; network: string[] }, command: Command) => {
      const wanted = { types: orAll(type), ports: orAll(port), networks: orAll(network) };
      const { client, output } = sessionOf(command);
      const interrupted = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
      try {
        for await (const event of client.watch({ signal: interrupted.signal, ...wanted })) {
          if (output === 'json') print(JSON.stringify(event));
          else if (output === 'yaml') {
            print('---');
            await printData(event, output);
          } else print(eventLine({ ...event }));
        }
      } catch (error) {
        if (!interrupted.signal.aborted) throw error;
      }
      if (!interrupted.signal.aborted) {
        throw new CommandError(exitUnreachable, `error: vswitchd at ${client.socketPath} has ended the stream; it may be stopping`);
      }
    });
}

function listed(value: string, before: string[]): string[] {
  return [...before, ...value.split(',').map((part) => part.trim()).filter((part) => part !== '')];
}

function orAll(words: readonly string[]): readonly string[] | undefined {
  return words.length === 0 ? undefined : words;
}
