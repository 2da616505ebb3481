/**
 * `npm run demo`: a switch, three containers and what can be seen of them, in half a minute.
 *
 * Whatever ends it (its own end, a failure, Ctrl-C), everything it made is removed before it exits: 0
 * when all that it showed was as promised, 1 when not, 128 and the signal's number when interrupted.
 */
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { endAll } from './command.ts';
import { removeOrphans } from './container.ts';
import { Scene } from './scene.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function main(): Promise<number> {
  const begun = Date.now();
  const interruption = new AbortController();
  let code = 0;
  // Whoever reads may have gone (`| head`, a closed terminal): that interrupts the show, not the removal.
  process.stdout.on('error', () => interruption.abort(new Error('nobody reads any more')));
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const scene = new Scene(print, interruption.signal);
  for (const signal of signals) {
    process.on(signal, () => {
      if (interruption.signal.aborted) {
        print(`${signal} again: still removing what was made`);
        return;
      }
      code = 128 + constants.signals[signal];
      print(`\n${signal}: ending here, and removing what was made`);
      interruption.abort(new Error(signal));
      void endAll(scene.daemonPid);
    });
  }
  try {
    for (const name of await removeOrphans('vsw-demo')) print(`removed ${name}, left behind by a demo that was killed`);
    await scene.play();
  } catch (error) {
    if (code === 0) {
      code = 1;
      print(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  let left: string[];
  try {
    left = await scene.takeDown();
    await endAll();
  } catch (error) {
    left = [error instanceof Error ? error.message : String(error)];
  }
  if (left.length > 0) {
    print(`\n✗ not removed: ${left.join(', ')}`);
    return code === 0 ? 1 : code;
  }
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  print(`\n${code === 0 ? `Done in ${seconds} s` : `Ended after ${seconds} s`}: namespaces, devices, daemon and state are removed.`);
  return code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await main());
