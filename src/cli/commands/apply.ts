/** `apply`: creates or replaces what files declare, all or none. */
import { Option, type Command } from 'commander';
import { placeIn, readDocuments } from '../documents.ts';
import { labelOf } from '../kinds.ts';
import { isData, print, printData } from '../render.ts';
import { endOf, notInThisVersion, sessionOf, usageError } from '../session.ts';

const outcomes: Readonly<Record<string, string>> = { create: 'created', update: 'updated', delete: 'deleted' };

export function addApply(program: Command): void {
  program.command('apply')
    .description('create or replace the resources in files, all or none')
    .option('-f, --filename <file>', 'a YAML or JSON file, a folder of them, or - for standard input; may be repeated', collect)
    .option('--dry-run', 'only tell what would change')
    .addOption(new Option('--confirm <seconds>').hideHelp())
    .addHelpText('after', '\nExamples:\n  vswitchctl apply -f switch.yaml\n  vswitchctl apply -f ports/ --dry-run\n  cat port.yaml | vswitchctl apply -f -')
    .action(async (options: { filename?: string[]; dryRun?: boolean; confirm?: string }, command: Command) => {
      if (options.confirm !== undefined) throw notInThisVersion('apply --confirm');
      if (options.filename === undefined) throw usageError('apply needs -f FILE', 'e.g. vswitchctl apply -f switch.yaml');
      const { client, output } = sessionOf(command);
      const written = await readDocuments(options.filename);
      const isDryRun = options.dryRun === true;
      try {
        const answer = await client.apply(written.map(({ resource }) => resource), isDryRun ? { dryRun: true } : {});
        if (isData(output)) return await printData(answer, output);
        const changed = new Map(answer.changes.map((change) => [labelOf(change.kind, change.name), outcomes[change.action]]));
        const labels = new Set([...written.map(({ label }) => label), ...changed.keys()]);
        const suffix = isDryRun ? ' (dry run)' : '';
        print([...labels].map((label) => `${label} ${changed.get(label) ?? 'unchanged'}${suffix}`).join('\n'));
      } catch (error) {
        throw endOf(error, placeIn(written, '/resources'));
      }
    });
}

export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
