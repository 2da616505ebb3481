/** Both builds yield the same addon, which shows the world the N-API entry and nothing else. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import { root, tell, type Finding } from './tree.ts';

const entrySymbols = new Set(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);

function findAddons(folder: string, depth: number, found: string[]): void {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() && entry.name === 'vswitch.node') found.push(path);
    else if (entry.isDirectory() && depth > 0 && !['obj.target', 'CMakeFiles', 'src', 'test'].includes(entry.name)) {
      findAddons(path, depth - 1, found);
    }
  }
}

function exportsOf(path: string): string[] {
  return execFileSync('nm', ['-D', '--defined-only', path], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[2] ?? '')
    .filter((name) => name !== '')
    .sort();
}

const addons: string[] = [];
for (const folder of ['build', 'out']) findAddons(join(root, folder), 3, addons);
const byGyp = addons.find((path) => /build\/Release\/vswitch\.node$/.test(path));
const byCmake = addons.find((path) => path !== byGyp);

for (const [name, path, command] of [['cmake-js', byCmake, 'npm run build:native'], ['node-gyp', byGyp, 'npm run build:gyp']] as const) {
  t.test(`the addon of ${name} exports the N-API entry alone`, { skip: path === undefined ? `no addon of ${name}: ${command}` : false }, (t) => {
    const findings: Finding[] = exportsOf(path ?? '')
      .filter((symbol) => !entrySymbols.has(symbol))
      .map((symbol) => ({
        where: relative(root, path ?? ''), rule: 'builds', reason: `it exports ${symbol}, which could meet another addon's in one process`,
        remedy: 'keep the visibility hidden and link with --exclude-libs,ALL',
      }));
    tell(t, 'nothing but the entry symbols', findings);
    t.end();
  });
}

t.test('both builds export the same', { skip: byGyp === undefined || byCmake === undefined ? 'needs both builds' : false }, (t) => {
  t.same(exportsOf(byGyp ?? ''), exportsOf(byCmake ?? ''));
  t.end();
});
