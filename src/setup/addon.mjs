// SPDX-License-Identifier: Apache-2.0
/**
 * The two ways to build the addon, by cmake-js into build/release and by node-gyp into build/Release.
 *
 * Both read native/sources.txt. cmake-js is the way we build; node-gyp is for those who have nothing
 * but it. `node-gyp rebuild` empties build/ first, so the script here only configures and builds, and
 * the two products stand side by side.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { filesBelow, fingerprint, root, step, unlessUnchanged } from './step.mjs';

const endings = ['.cpp', '.hpp', '.def', '.txt', '.map'];
const compilerRemedy = 'read the compiler\'s first error above; needed are g++ 12 or newer, cmake 3.18 or newer and make '
  + '(apt-get install -y g++ cmake make)';

function places(...candidates) {
  return candidates.map((path) => resolve(root, path)).filter((path) => existsSync(path));
}

/** Where cmake-js leaves the addon: with some versions one folder deeper. */
export function cmakeAddon() {
  return places('build/release/Release/vswitch.node', 'build/release/vswitch.node');
}

export function gypAddon() {
  return places('build/Release/vswitch.node');
}

export async function buildAddon() {
  const inputs = fingerprint([...filesBelow(['native'], endings), resolve(root, 'CMakeLists.txt')]);
  return unlessUnchanged('build/release/.inputs', inputs, cmakeAddon, async () => {
    // Configured every time: cmake-js itself configures only once, and would miss a new option.
    const cmakeJs = join(root, 'node_modules/cmake-js/bin/cmake-js');
    const options = ['--out', 'build/release', '--prefer-make', '--parallel', String(availableParallelism())];
    const remedy = compilerRemedy;
    await step('configured the addon', process.execPath, [cmakeJs, 'configure', ...options], { remedy });
    await step('built the addon with cmake-js', process.execPath, [cmakeJs, 'build', ...options], { remedy });
  });
}

/** Node's own headers, if they were installed beside it: then node-gyp needs no download. */
export function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/common.gypi')) ? [`--nodedir=${prefix}`] : [];
}

export async function buildAddonWithGyp() {
  const sources = [...filesBelow(['native'], endings), resolve(root, 'binding.gyp')];
  return unlessUnchanged('build/gyp.inputs', fingerprint(sources), gypAddon, async () => {
    const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
    const options = [...nodeHeaders(), '--jobs', String(availableParallelism())];
    await step('built the addon with node-gyp', process.execPath, [gyp, 'configure', 'build', ...options], {
      remedy: `${compilerRemedy}; node-gyp also needs python3 and, if Node's headers are not installed, the web`,
    });
  });
}
