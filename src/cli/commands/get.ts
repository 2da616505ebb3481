/** `get`: resources and tables as lists, or one resource. */
import type { Command } from 'commander';
import { tableFilters, type Stats } from '../../api/protocol.ts';
import { resourceColumns, tableColumns } from '../columns.ts';
import { resourceWords, subjectOf, tableNames } from '../kinds.ts';
import { isData, print, printData, renderFields, renderTable, type Column } from '../render.ts';
import { sessionOf, usageError } from '../session.ts';

interface Filter {
  readonly port?: string;
  readonly network?: string;
  readonly policy?: string;
}
const filters = ['port', 'network', 'policy'] as const;

export function addGet(program: Command): void {
  program.command('get <kind> [name]')
    .description(`show resources (${resourceWords}) or a table (${tableNames})`)
    .option('--port <name>', 'of a table, only what is about this port')
    .option('--network <name>', 'of a table, only what is about this network')
    .option('--policy <kind/name>', 'of rules, only those of this policy, e.g. Policy/web-ingress')
    .addHelpText('after', '\nExamples:\n  vswitchctl get ports -o wide\n  vswitchctl get port shop/web-1 -o yaml\n  vswitchctl get drops --port web-1\n  vswitchctl get stats -o json')
    .action(async (kind: string, name: string | undefined, filter: Filter, command: Command) => {
      const { client, output } = sessionOf(command);
      const subject = subjectOf(kind);
      if (subject.form === 'table') {
        const { table } = subject;
        if (name !== undefined) throw usageError(`${table} has no names`, `leave ${name} out, or narrow the table: --port ${name}`);
        for (const key of filters) {
          if (filter[key] !== undefined && !(tableFilters[table] as readonly string[]).includes(key)) {
            throw usageError(`${table} cannot be narrowed by --${key}`, `leave it out; --${tableFilters[table].join(', --')} may be given`);
          }
        }
        const answer = await client.read<never>(table, { ...filter });
        if (isData(output)) return await printData(answer, output);
        printList(answer.items, tableColumns[table] as readonly Column<never>[], output === 'wide', table);
        if (table === 'stats') {
          const { totals } = answer as unknown as Stats;
          print(`\n${renderFields([['copied', totals.copiedPackets], ['originated', totals.originatedPackets]])}`);
        }
        return;
      }
      if (filters.some((key) => filter[key] !== undefined)) {
        throw usageError(`${subject.collection} cannot be narrowed`, 'leave --port, --network and --policy out');
      }
      const { collection } = subject;
      const answer = name === undefined ? await client.list(collection) : await client.get(collection, name);
      if (isData(output)) return await printData(answer, output);
      const items = 'items' in answer ? answer.items : [answer];
      printList(items, resourceColumns[collection], output === 'wide', collection);
    });
}

function printList<Entry>(
  items: readonly Entry[], columns: Parameters<typeof renderTable<Entry>>[1], wide: boolean, what: string,
): void {
  if (items.length === 0) process.stderr.write(`no ${what}\n`);
  else print(renderTable(items, columns, wide));
}
