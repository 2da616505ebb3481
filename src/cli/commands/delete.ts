/** `delete`: removes resources by name or as files name them, all or none. */
import type { Command } from 'commander';
import { placeIn, readDocuments, type Written } from '../documents.ts';
import { labelOf, resourceOf } from '../kinds.ts';
import { isData, print, printData } from '../render.ts';
import { endOf, sessionOf, usageError } from '../session.ts';
import { collect } from './apply.ts';

export function addDelete(program: Command): void {
  program.command('delete [kind] [names...]')
    .description('delete resources by kind and name, or those in files, all or none')
    .option('-f, --filename <file>', 'a YAML or JSON file, a folder of them, or - for standard input; may be repeated', collect)
    .addHelpText('after', '\nExamples:\n  vswitchctl delete port web-1\n  vswitchctl delete port shop/web-1 shop/web-2\n  vswitchctl delete -f switch.yaml')
    .action(async (kind: string | undefined, names: string[], options: { filename?: string[] }, command: Command) => {
      const { client, output } = sessionOf(command);
      let written: readonly Written[] = [];
      let references: readonly unknown[];
      if (options.filename !== undefined) {
        if (kind !== undefined) throw usageError('delete takes either -f FILE or KIND NAME', 'leave one of them out');
        written = await readDocuments(options.filename);
        references = written.map(({ resource }) => resource);
      } else {
        if (kind === undefined || names.length === 0) throw usageError('delete needs KIND NAME, or -f FILE', 'e.g. vswitchctl delete port web-1');
        const subject = resourceOf(kind);
        references = names.map((name) => ({ kind: subject.kind, name }));
      }
      try {
        const answer = await client.delete(references);
        if (isData(output)) await printData(answer, output);
        else print(answer.changes.map((change) => `${labelOf(change.kind, change.name)} deleted`).join('\n'));
      } catch (error) {
        // By name there is no place in a file, and the message names the resource.
        throw endOf(error, written.length > 0 ? placeIn(written, '/resources') : () => '');
      }
    });
}
