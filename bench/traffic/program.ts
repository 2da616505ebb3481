/** The traffic programs: each one C++ file here, compiled once by g++ and again when it changed. */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/demo/command.ts';

const sources = fileURLToPath(new URL('../../../bench/traffic', import.meta.url));
const folder = fileURLToPath(new URL('../../bench/programs', import.meta.url));

export type TrafficProgram = 'udp_sender' | 'udp_receiver' | 'round_trip' | 'bare_relay';

/** The path of the program, which is compiled first when that is necessary. */
export async function trafficProgram(name: TrafficProgram): Promise<string> {
  const source = join(sources, `${name}.cpp`);
  const program = join(folder, name);
  const newest = Math.max(statSync(source).mtimeMs, statSync(join(sources, 'traffic.hpp')).mtimeMs);
  if (existsSync(program) && statSync(program).mtimeMs >= newest) return program;
  mkdirSync(folder, { recursive: true });
  // Two runs may compile at once: each renames a whole program into place.
  const fresh = `${program}.${process.pid}`;
  await run(['g++', '-std=c++20', '-O2', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-pthread', source, '-o', fresh], { timeoutMs: 120_000 });
  renameSync(fresh, program);
  return program;
}
