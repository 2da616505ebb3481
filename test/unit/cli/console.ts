/** vswitchctl as a user runs it, against a scripted switch behind a real server on a temporary socket. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { serve, type Served } from '../api/served.ts';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Console extends Served {
  /** Runs vswitchctl with the socket in front of these words. */
  run(...words: string[]): Promise<Outcome>;
  runWith(input: string, ...words: string[]): Promise<Outcome>;
}

const program = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));

export async function openConsole(t: Test): Promise<Console> {
  const served = await serve(t);
  return {
    ...served,
    run: async (...words) => await vswitchctl(['--socket', served.path, ...words]),
    runWith: async (input, ...words) => await vswitchctl(['--socket', served.path, ...words], input),
  };
}

export async function vswitchctl(words: readonly string[], input = ''): Promise<Outcome> {
  const child = start(words);
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return await outcomeOf(child);
}

export function start(words: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  return spawn(process.execPath, [program, ...words], { stdio: ['pipe', stdout, 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => { out += part; });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => { err += part; });
  return await new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}
