/** Verbs that later versions have: refused by name instead of as unknown words. */
import type { Command } from 'commander';
import { notInThisVersion } from '../session.ts';

const verbs = ['confirm'];

export function addLater(program: Command): void {
  for (const verb of verbs) {
    program.command(verb, { hidden: true })
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
      .action(() => { throw notInThisVersion(verb); });
  }
}
