/** `describe`: one resource with all that is known about it. */
import type { Command } from 'commander';
import { describe, descriptionText } from '../description.ts';
import { resourceOf } from '../kinds.ts';
import { isData, print, printData } from '../render.ts';
import { sessionOf } from '../session.ts';

export function addDescribe(program: Command): void {
  program.command('describe <kind> <name>')
    .description('show one resource with all that is known about it')
    .addHelpText('after', '\nOf a port: what was declared and what it is, its networks, what it uses of its limits, counters and whether they add up, drops and the\nlast dead frames with what would become of them now, MACs, addresses, flows and events. Of a network: the same of its ports.\nOf a policy: which ports it selects and what its rules did.\n\nExamples:\n  vswitchctl describe port web-1\n  vswitchctl describe network dev -o json\n  vswitchctl describe policy web-ingress')
    .action(async (kind: string, name: string, _options: object, command: Command) => {
      const { client, output } = sessionOf(command);
      const { collection } = resourceOf(kind);
      const description = await describe(client, collection, await client.get(collection, name));
      if (isData(output)) await printData(description, output);
      else print(await descriptionText(description));
    });
}
