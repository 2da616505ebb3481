// SPDX-License-Identifier: Apache-2.0
/**
 * The Nodes that the addon is promised to load in, beside the one that runs here: fetched once from npm into build/nodes.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execute, root } from '../src/setup/step.mjs';

export const promisedNodes = ['20', '22', '24'];

/** The program of that version, or why there is none. With `isQuick` nothing is fetched. */
export async function nodeOf(version, { isQuick = false } = {}) {
  if (process.versions.node.startsWith(`${version}.`)) return { path: process.execPath };
  const packageName = `node-linux-${process.arch}`;
  const folder = join(root, 'build/nodes', version);
  const path = join(folder, 'node_modules', packageName, 'bin/node');
  if (existsSync(path)) return { path };
  if (isQuick) return { obstacle: '`npm run matrix` fetches it' };
  mkdirSync(folder, { recursive: true });
  const words = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `${packageName}@${version}`];
  const { code, output } = await execute('npm', words, { cwd: folder, timeout: 180_000 });
  return code === 0 && existsSync(path) ? { path } : { obstacle: `npm gives no ${packageName}@${version}: ${output.trim().split('\n')[0]}` };
}
