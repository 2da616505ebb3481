/**
 * Programs as a person would type them: run, heard, and ended whole.
 *
 * Each runs in a process group of its own, so that Ctrl-C reaches only the one who started it and who
 * then ends them in order. A time limit is part of every command, since nothing here may hang.
 */
import { spawn, type ChildProcess } from 'node:child_process';

export interface Finished {
  readonly words: readonly string[];
  readonly code: number;
  /** All that it said, and of that its answer alone, without complaints. */
  readonly output: string;
  readonly answer: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The words as a shell would take them. */
export function typed(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', '\'\\\'\'')}'`)).join(' ');
}

export class CommandError extends Error {
  constructor({ words, code, output }: Finished) {
    super(`\`${typed(words)}\` ended with ${code}:\n${output.trimEnd()}`);
    this.name = 'CommandError';
  }
}

const live = new Set<Running>();

/** A program that runs until it ends or is ended. */
export class Running {
  readonly words: readonly string[];
  readonly finished: Promise<Finished>;
  output = '';
  answer = '';
  readonly #child: ChildProcess;
  #timer: NodeJS.Timeout | undefined;

  constructor(words: readonly string[], { input, timeoutMs, env }: CommandOptions = {}) {
    this.words = words;
    const [program = '', ...args] = words;
    this.#child = spawn(program, args, { detached: true, stdio: 'pipe', env: { ...process.env, ...env } });
    live.add(this);
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      take(chunk);
      this.answer += chunk.toString();
    });
    this.#child.stderr?.on('data', take);
    // A program that ends before it read everything says so by its exit code.
    this.#child.stdin?.on('error', () => {});
    this.#child.stdin?.end(input ?? '');
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => {
        this.output += `\n(ended after ${timeoutMs} ms without an end)`;
        this.end('SIGKILL');
      }, timeoutMs);
    }
    this.finished = new Promise((resolve) => {
      const finish = (code: number): void => {
        clearTimeout(this.#timer);
        live.delete(this);
        resolve({ words, code, output: this.output, answer: this.answer });
      };
      this.#child.once('error', (error) => {
        this.output += error.message;
        finish(127);
      });
      this.#child.once('close', (code, signal) => finish(code ?? (signal === 'SIGKILL' ? 137 : 143)));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return live.has(this);
  }

  end(signal: NodeJS.Signals = 'SIGTERM'): void {
    if (this.#child.pid === undefined || !live.has(this)) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

export function start(words: readonly string[], options: CommandOptions = {}): Running {
  return new Running(words, options);
}

/** Runs to the end and answers whatever it was. */
export async function attempt(words: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  return await new Running(words, { timeoutMs: 30_000, ...options }).finished;
}

/** Runs to the end, which has to be a good one, and answers what it printed. */
export async function run(words: readonly string[], options: CommandOptions = {}): Promise<string> {
  const finished = await attempt(words, options);
  if (finished.code !== 0) throw new CommandError(finished);
  return finished.answer;
}

/** Ends everything that was started here and still runs, but for one process that is ended in order. */
export async function endAll(spared?: number): Promise<void> {
  const left = [...live].filter(({ pid }) => spared === undefined || pid !== spared);
  for (const running of left) running.end('SIGTERM');
  const patience = setTimeout(() => {
    for (const running of left) running.end('SIGKILL');
  }, 5000);
  await Promise.all(left.map(async (running) => await running.finished));
  clearTimeout(patience);
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
