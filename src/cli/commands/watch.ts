/** `watch`: events as they happen, one a line, until it is interrupted. */
import type { Command } from 'commander';
import { eventLine, print, printData } from '../render.ts';
import { CommandError, exitUnreachable, sessionOf } from '../session.ts';

export function addWatch(program: Command): void {
  program.command('watch')
    .description('print events as they happen, until Ctrl-C')
    .addHelpText('after', '\nExample:\n  vswitchctl watch -o json')
    .action(async (_options: object, command: Command) => {
      const { client, output } = sessionOf(command);
      const interrupted = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
      try {
        for await (const event of client.watch({ signal: interrupted.signal })) {
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
