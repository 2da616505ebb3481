/** `version`: of this program, and of the daemon when it answers. */
import type { Command } from 'commander';
import { UnreachableError } from '../../api/client.ts';
import { packageVersion, type DaemonVersion } from '../../api/protocol.ts';
import { isData, print, printData } from '../render.ts';
import { sessionOf } from '../session.ts';

const patienceMs = 2_000;

export function addVersion(program: Command): void {
  program.version(`vswitchctl ${packageVersion()}`, '--version', 'print the version of vswitchctl');
  program.command('version')
    .description('print the versions of vswitchctl and vswitchd')
    .action(async (_options: object, command: Command) => {
      const { client, output } = sessionOf(command);
      let daemon: DaemonVersion | undefined;
      try {
        daemon = await client.version(AbortSignal.timeout(patienceMs));
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
      }
      const version = packageVersion();
      if (isData(output)) {
        return await printData({ client: { name: 'vswitchctl', version, node: process.versions.node }, daemon: daemon ?? null }, output);
      }
      print(`vswitchctl ${version}`);
      print(daemon === undefined ? `vswitchd not reachable at ${client.socketPath}` : `vswitchd ${daemon.version} (pid ${daemon.pid})`);
    });
}
