/**
 * Callgrind: how many instructions a case of native_bench spends on a packet.
 *
 * It counts what the function `vsw_measured` does, and nothing of what prepares it, so the same program gives the same
 * number on a noisy machine as on a quiet one. It knows nothing of caches and of waiting: that is what time is for.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How many packets a count is taken over. */
export const packetsCounted = 64_000;

export async function instructionsPerPacket(program: string, name: string, packets = packetsCounted): Promise<number> {
  const options = ['--tool=callgrind', '--toggle-collect=vsw_measured', '--callgrind-out-file=/dev/null'];
  const { stderr } = await run('valgrind', [...options, program, 'run', name, String(packets)], { timeout: 300_000 });
  const collected = collectedIn(stderr);
  if (collected === undefined) throw new Error(`callgrind did not say what it collected of "${name}":\n${stderr}`);
  return collected / packets;
}

/** The number of instructions in what callgrind prints at its end. */
export function collectedIn(text: string): number | undefined {
  const found = /Collected\s*:\s*(\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
