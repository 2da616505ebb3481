// SPDX-License-Identifier: Apache-2.0
/**
 * One step of the set-up: a program that runs, told in one line, and its output only if it fails.
 *
 * Plain JavaScript without a dependency, since it runs before anything is installed. A step may
 * carry a fingerprint of what it reads: when that is unchanged and its product is there, it says
 * nothing and does nothing.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** What went wrong, and what the reader can do about it. */
export class StepError extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

const running = new Set();

/** Children live in groups of their own, so that an end of ours can take them along whole. */
function endChildren() {
  for (const child of running) {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}
process.once('exit', endChildren);

/** Lets a signal end the whole set-up, programs that it started included. */
export function endWithSignals() {
  for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]]) {
    process.once(signal, () => process.exit(128 + number));
  }
}

/** Runs a program to its end. Resolves with its exit code and output; rejects only if it cannot start. */
export function execute(command, args, { cwd = root, env, timeout = 900_000, onOutput } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
    });
    running.add(child);
    let output = '';
    const take = (chunk, isError) => {
      output += chunk;
      onOutput?.(chunk, isError);
    };
    child.stdout.setEncoding('utf8').on('data', (chunk) => take(chunk, false));
    child.stderr.setEncoding('utf8').on('data', (chunk) => take(chunk, true));
    const timer = setTimeout(() => {
      output += `\n(ended after ${timeout / 1000} seconds without an end)\n`;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }, timeout);
    child.once('error', (error) => {
      clearTimeout(timer);
      running.delete(child);
      fail(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      done({ code: code ?? 1, signal, output });
    });
  });
}

/** Runs one step: a line when it is done; its output, its command as typed and a remedy if it fails. */
export async function step(name, command, args, { remedy = '', ...options } = {}) {
  const start = Date.now();
  let result;
  try {
    result = await execute(command, args, options);
  } catch (error) {
    throw new StepError(`${name}: ${command} cannot be started (${error.code ?? error.message})`, remedy);
  }
  if (result.code !== 0) {
    process.stdout.write(`${result.output.trimEnd()}\n`);
    const ended = result.signal ? `by ${result.signal}` : `with ${result.code}`;
    throw new StepError(`${name} failed: \`${[command, ...args].join(' ')}\` ended ${ended}`, remedy);
  }
  say(`${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  return result.output;
}

export function say(line) {
  process.stdout.write(`· ${line}\n`);
}

/** Every file below the given paths whose name ends as asked, in a stable order. */
export function filesBelow(paths, endings) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) {
      found.push(path);
      return;
    }
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const below = join(path, entry.name);
      if (entry.isDirectory()) visit(below);
      else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(below);
    }
  };
  for (const path of paths) visit(resolve(root, path));
  return found.sort();
}

/** A value that changes when one of the files does: names, lengths and times, so that it costs no reading. */
export function fingerprint(files, more = '') {
  const hash = createHash('sha256').update(`${process.version} ${process.arch} ${more}\n`);
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Does the work unless its product stands and was made from the same inputs. Answers whether it worked. */
export async function unlessUnchanged(stampFile, value, products, work) {
  const stamp = resolve(root, stampFile);
  const stands = products().length > 0 && existsSync(stamp) && readFileSync(stamp, 'utf8') === value;
  if (stands) return false;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, value);
  return true;
}
