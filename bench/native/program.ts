/** native_bench: built from the tree it stands in, and asked for its cases and their times. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface CaseTime {
  readonly case: string;
  /** Nanoseconds of the thread's own CPU time per packet: the median of several rounds, and the extremes. */
  readonly ns: number;
  readonly min: number;
  readonly max: number;
}

/** Builds the program of a tree; the answer is its path. `sources` may be the benchmark of another tree. */
export async function buildProgram(tree: string, sources = tree): Promise<string> {
  const build = join(tree, 'build/bench');
  const options = ['-DVSW_BENCH=ON', `-DVSW_BENCH_FOLDER=${join(sources, 'bench')}`, '-DCMAKE_BUILD_TYPE=Release'];
  await run('cmake', ['-S', tree, '-B', build, ...options], { timeout: 120_000 });
  await run('cmake', ['--build', build, '--target', 'native_bench', '--parallel', String(availableParallelism())], { timeout: 900_000 });
  return join(build, 'native_bench');
}

export async function namesOf(program: string): Promise<string[]> {
  const { stdout } = await run(program, ['list']);
  return stdout.split('\n').filter((line) => line !== '');
}

export async function timesOf(program: string, name: string): Promise<CaseTime[]> {
  const { stdout } = await run(program, ['time', name], { timeout: 900_000 });
  return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as CaseTime);
}
