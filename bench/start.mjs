// SPDX-License-Identifier: Apache-2.0
/**
 * `node bench/start.mjs PROGRAM [ARGUMENT]…`: makes the tree ready, then becomes one of the benchmarks.
 *
 * From a fresh clone: installs and builds what is missing and says so, else says nothing.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildTypeScript, prepareNative, report } from '../src/setup/fresh-clone.mjs';
import { root } from '../src/setup/step.mjs';

const programs = { run: 'run.js', page: 'page.js', micro: 'micro/control.js', native: 'native/units.js', ab: 'native/gate.js', classify: 'classify/compare.js' };
const [, , name = '', ...rest] = process.argv;
const file = programs[name];
if (file === undefined) {
  process.stderr.write(`bench: no program "${name}"; remedy: one of ${Object.keys(programs).join(', ')}\n`);
  process.exit(2);
}
try {
  await prepareNative('build');
  await buildTypeScript();
} catch (error) {
  process.exit(report(error));
}
process.argv.splice(1, process.argv.length - 1, join(root, 'out/bench', file), ...rest);
await import(pathToFileURL(join(root, 'out/bench', file)).href);
