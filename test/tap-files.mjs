// SPDX-License-Identifier: Apache-2.0
/**
 * Runs compiled test files, some at a time, each as if it were typed: `node out/test/….test.js`.
 *
 * tap's own runner loads a TypeScript compiler and its coverage into each of them and into every program that they
 * start. All is compiled here already, and for most files that costs more than they take.
 */
import { join } from 'node:path';
import { execute, root } from '../src/setup/step.mjs';
import { FileReader } from './tally.mjs';

/** Tests end themselves in time and say which one was late; a file that does not even do that is ended. */
const graceSeconds = 30;

/** Does the work for each of the items, for so many of them at a time, in their order. */
export async function share(items, hands, work) {
  const waiting = [...items];
  const hand = async () => {
    while (waiting.length > 0) await work(waiting.shift());
  };
  await Promise.all(Array.from({ length: Math.min(hands, waiting.length) }, hand));
}

/** Runs the files, of which each may take `timeout` seconds, and counts their cases. */
export async function runFiles(files, { tally, print, hands, timeout, env = {} }) {
  await share(files, hands, async (file) => {
    const reader = new FileReader(tally, print, file.replace(/^out\/test\//, '').replace(/\.test\.js$/, ''));
    const start = Date.now();
    const { code, signal } = await execute(process.execPath, ['--enable-source-maps', join(root, file)], {
      timeout: (timeout + graceSeconds) * 1000,
      env: { ...process.env, TAP_TIMEOUT: String(timeout), ...env },
      // Only the standard output is TAP; what a test says beside it is passed on as it is.
      onOutput: (chunk, isError) => (isError ? process.stdout.write(chunk) : reader.take(chunk)),
    });
    reader.end({ code, signal, seconds: (Date.now() - start) / 1000 });
  });
}
