/** `flush`: makes the switch forget what traffic taught it. */
import { Argument, type Command } from 'commander';
import type { FlushFilter } from '../../api/protocol.ts';
import { isData, print, printData } from '../render.ts';
import { sessionOf, usageError } from '../session.ts';

export function addFlush(program: Command): void {
  program.command('flush')
    .addArgument(new Argument('<table>', 'the table').choices(['fdb', 'flows']))
    .description('forget learned MACs (fdb), or flows: live ones are judged anew')
    .option('--network <name>', 'fdb: only those of this network')
    .option('--port <name>', 'only those of this port')
    .option('--mac <mac>', 'fdb: only this one')
    .addHelpText('after', '\nExamples:\n  vswitchctl flush fdb --port web-1\n  vswitchctl flush flows')
    .action(async (table: 'fdb' | 'flows', filter: FlushFilter, command: Command) => {
      const { client, output } = sessionOf(command);
      if (table === 'flows' && (filter.network ?? filter.mac) !== undefined) {
        throw usageError('flows can be flushed by --port only', 'leave --network and --mac out');
      }
      const answer = await client.flush(table, filter);
      if (isData(output)) await printData(answer, output);
      else print(`${answer.removed} ${answer.removed === 1 ? 'entry' : 'entries'} of ${table} removed`);
    });
}
