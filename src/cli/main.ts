#!/usr/bin/env node
/**
 * vswitchctl: the operator's way in. It asks the daemon and prints what it answers.
 *
 * Each verb is a file in commands/. Whatever ends a command is turned into lines on stderr and an exit
 * code here, in one place.
 */
import { Command, CommanderError, Option } from 'commander';
import { socketPathDefault } from '../api/protocol.ts';
import { addApply } from './commands/apply.ts';
import { addCapture } from './commands/capture.ts';
import { addDelete } from './commands/delete.ts';
import { addDescribe } from './commands/describe.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExplain } from './commands/explain.ts';
import { addFlush } from './commands/flush.ts';
import { addGet } from './commands/get.ts';
import { addLater } from './commands/later.ts';
import { addTop } from './commands/top.ts';
import { addVersion } from './commands/version.ts';
import { addWatch } from './commands/watch.ts';
import { endOf, exitRefused, exitUsage, outputForms } from './session.ts';

const examples = `
Examples:
  vswitchctl apply -f switch.yaml          create or replace what the file declares, all or none
  vswitchctl get ports                     every port with its state, MAC and addresses
  vswitchctl explain --port web-1 --to 10.77.0.2 --protocol tcp --destination-port 80

Exit codes: 0 done, 1 refused or not found, 2 wrong usage, 3 vswitchd cannot be reached.`;

function build(): Command {
  const program = new Command('vswitchctl')
    .description('Asks and tells a running vswitchd.')
    .option('--socket <path>', `the daemon's socket (default ${socketPathDefault})`)
    .addOption(new Option('-o, --output <form>', 'form of the output').choices(outputForms).default('table'))
    .addHelpText('after', examples)
    .configureHelp({ showGlobalOptions: true })
    .helpCommand('help [command]', 'tell how a command is used')
    .showHelpAfterError('vswitchctl --help tells how it is used')
    .exitOverride();
  const add = [addApply, addDelete, addGet, addDescribe, addExplain, addTop, addWatch, addCapture, addFlush, addDoctor, addVersion, addLater];
  for (const one of add) one(program);
  for (const command of program.commands) command.showHelpAfterError(`vswitchctl ${command.name()} --help tells how it is used`);
  return program;
}

async function main(): Promise<number> {
  const program = build();
  try {
    if (process.argv.length <= 2) {
      program.outputHelp({ error: true });
      return exitUsage;
    }
    await program.parseAsync(process.argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage;
    const end = endOf(error);
    if (end.message !== '') process.stderr.write(`${end.message}\n`);
    return end.exitCode;
  }
}

// Whoever read our output has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
  process.exit(exitRefused);
});

process.exitCode = await main();
