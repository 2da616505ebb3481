// SPDX-License-Identifier: Apache-2.0
/**
 * From a fresh clone to a built tree: Node, compilers, npm's packages, the addon, the TypeScript.
 *
 * `node src/setup/fresh-clone.mjs [build|demo|test]`. Each step compares what it would read with what
 * it read last time, so that a second run is quiet and takes no time. A failing step prints its output
 * and the remedy; pieces of the system that only some tests want never stop the rest.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAddon, nodeHeaders } from './addon.mjs';
import {
  endWithSignals, execute, filesBelow, fingerprint, root, say, step, StepError, unlessUnchanged,
} from './step.mjs';
import { install, requireCompilers, wanted } from './system-packages.mjs';

const nodeOldest = [20, 19];

export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > nodeOldest[0] || (major === nodeOldest[0] && minor >= nodeOldest[1])) return;
  throw new StepError(`this is Node ${version}, and vswitch needs ${nodeOldest.join('.')} or newer`,
    'install a newer Node, e.g. the current LTS from nodejs.org or NodeSource');
}

/** Whether node_modules holds exactly what package-lock.json asks for, by npm's own record of what it did. */
export function packagesAreCurrent() {
  const record = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (!existsSync(record) || !existsSync(lock)) return false;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages ?? {};
  const asked = JSON.parse(readFileSync(lock, 'utf8')).packages ?? {};
  const wish = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const locked = asked[''] ?? {};
  for (const section of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    if (JSON.stringify(wish[section] ?? {}) !== JSON.stringify(locked[section] ?? {})) return false;
  }
  return Object.entries(asked).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return present[path] === undefined ? optional === true : present[path].version === version;
  });
}

async function installPackages() {
  if (packagesAreCurrent()) return;
  // No package that we need has an install script; the one that has (raw-socket, a test's second opinion)
  // may fail to build without harm, so scripts stay off here and that one is tried by itself.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const strict = await execute('npm', ['ci', ...quiet]);
  if (strict.code === 0) {
    say('installed npm\'s packages');
  } else {
    await step('installed npm\'s packages, without the lock', 'npm', ['install', '--no-save', ...quiet], {
      remedy: 'npm must reach its registry; `npm ci` by hand shows more',
    });
  }
  const headers = nodeHeaders().map((option) => option.replace('--nodedir=', ''));
  const env = headers.length > 0 ? { ...process.env, npm_config_nodedir: headers[0] } : process.env;
  const rebuilt = await execute('npm', ['rebuild', 'raw-socket', '--loglevel=error'], { env, timeout: 120_000 });
  if (rebuilt.code !== 0) say('raw-socket could not be built; the tests that use it will be skipped by name');
}

export async function buildTypeScript() {
  const sources = filesBelow(['src', 'test', 'bench'], ['.ts']);
  const inputs = fingerprint([...sources, resolve(root, 'tsconfig.json'), resolve(root, 'package-lock.json')]);
  const products = () => filesBelow(['out/src'], ['.js']);
  await unlessUnchanged('out/.inputs', inputs, products, async () => {
    await step('compiled the TypeScript', process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'],
      { remedy: 'correct the errors above; `npm run build:ts` shows them again' });
    removeStrays(sources);
  });
}

/** Removes what was compiled from a source that is gone, so that no test outlives its file. */
function removeStrays(sources) {
  const stems = new Set(sources.map((file) => relative(root, file).replace(/\.ts$/, '')));
  for (const file of filesBelow(['out/src', 'out/test', 'out/bench'], ['.js', '.js.map', '.d.ts'])) {
    const stem = relative(join(root, 'out'), file).replace(/(\.js|\.js\.map|\.d\.ts)$/, '');
    if (!stems.has(stem)) rmSync(file);
  }
}

/** All but the TypeScript. `purpose` adds the pieces of the system that the demo or the tests want. */
export async function prepareNative(purpose) {
  requireNode();
  await requireCompilers();
  if (purpose !== 'build') await install(wanted[purpose]);
  await installPackages();
  await buildAddon();
}

export async function prepare(purpose = 'build') {
  await prepareNative(purpose);
  await buildTypeScript();
}

/** Prints a failure as what happened and what helps, and answers the exit code. */
export function report(error) {
  if (!(error instanceof StepError)) throw error;
  process.stdout.write(`✗ ${error.message}\n${error.remedy ? `  remedy: ${error.remedy}\n` : ''}`);
  return 1;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  endWithSignals();
  const purpose = process.argv[2] ?? 'build';
  if (purpose !== 'build' && !(purpose in wanted)) {
    process.stderr.write(`fresh-clone: no purpose "${purpose}"; remedy: build, demo, test or fuzz\n`);
    process.exit(2);
  }
  await prepare(purpose).catch((error) => process.exit(report(error)));
}
