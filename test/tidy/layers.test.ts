/** The tree's folders use each other downwards only. */
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import {
  aboveAll, addonLoader, apart, belowAll, impureModules, impureNames, nativeLayers, pureFolders, sourceLayers, waysIn, waysInMayUse,
} from './layers.ts';
import { type Finding, listUnder, readText, stripText, tell } from './tree.ts';

function lineOf(folder: string, layers: readonly (readonly string[])[]): number {
  return layers.findIndex((line) => line.includes(folder));
}

t.test('native includes point downwards', (t) => {
  const findings: Finding[] = [];
  for (const path of listUnder('native', '.hpp', '.cpp')) {
    const folder = path.split('/')[1] ?? '';
    const own = lineOf(folder, nativeLayers);
    if (own < 0) {
      findings.push({
        where: path, rule: 'layers', reason: `the folder ${folder} is in no layer, so nobody knows who may use it`,
        remedy: 'give it a line in test/tidy/layers.ts and in ARCHITECTURE.md',
      });
      continue;
    }
    for (const [index, text] of readText(path).split('\n').entries()) {
      const included = /^\s*#\s*include\s+"([^"]+)"/.exec(text)?.[1];
      if (included === undefined) continue;
      const target = included.split('/')[0] ?? '';
      const where = `${path}:${index + 1}`;
      if (!included.includes('/')) {
        findings.push({
          where, rule: 'layers', reason: `"${included}" does not say its folder`, remedy: 'include it as "folder/file.hpp"',
        });
      } else if (target !== folder && (lineOf(target, nativeLayers) < 0 || lineOf(target, nativeLayers) >= own)) {
        findings.push({
          where, rule: 'layers', reason: `${folder} may use only the layers below its own, and ${target} is not one`,
          remedy: `move what is needed into a layer below ${folder}, or pass it in from above`,
        });
      }
    }
  }
  tell(t, 'every #include "…" names a layer below', findings);
  t.end();
});

interface Import {
  line: number;
  target: string;
}

function importsOf(path: string): Import[] {
  const text = readText(path);
  const found: Import[] = [];
  const pattern = /(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;
  for (const match of text.matchAll(pattern)) {
    const before = text.slice(0, match.index);
    const lineStart = before.lastIndexOf('\n') + 1;
    if (/^\s*(\*|\/\/)/.test(text.slice(lineStart))) continue;
    found.push({ line: before.split('\n').length, target: match[2] ?? '' });
  }
  return found;
}

t.test('TypeScript imports point downwards', (t) => {
  const findings: Finding[] = [];
  for (const path of listUnder('src', '.ts', '.mjs')) {
    const inner = path.slice('src/'.length);
    const isTop = !inner.includes('/');
    const folder = inner.split('/')[0] ?? '';
    const own = isTop ? (belowAll.includes(inner) ? -1 : sourceLayers.length) : lineOf(folder, sourceLayers);
    if (isTop ? !belowAll.includes(inner) && !aboveAll.includes(inner) : own < 0 && !apart.includes(folder)) {
      findings.push({
        where: path, rule: 'layers', reason: 'it is in no layer, so nobody knows who may use it',
        remedy: 'give it a line in test/tidy/layers.ts and in ARCHITECTURE.md',
      });
      continue;
    }
    for (const { line, target } of importsOf(path)) {
      if (!target.startsWith('.')) continue;
      const where = `${path}:${line}`;
      const reached = normalize(join(dirname(path), target));
      if (!reached.startsWith('src/')) {
        if (path.endsWith('.mjs') || reached === 'package.json') continue;
        findings.push({ where, rule: 'layers', reason: `${target} leaves src/`, remedy: 'src/ depends on nothing beside it' });
        continue;
      }
      const other = reached.slice('src/'.length);
      const otherFolder = other.includes('/') ? (other.split('/')[0] ?? '') : '';
      if (otherFolder === folder && !isTop) continue;
      const otherLine = otherFolder === '' ? (belowAll.includes(other) ? -1 : sourceLayers.length) : lineOf(otherFolder, sourceLayers);
      if (apart.includes(folder) || apart.includes(otherFolder)) {
        findings.push({
          where, rule: 'layers', reason: 'set-up runs before anything is installed and stands alone',
          remedy: 'let set-up start programs instead of importing them',
        });
      } else if (otherLine >= own && !(isTop && otherLine < 0)) {
        findings.push({
          where, rule: 'layers', reason: `${isTop ? inner : folder} may use only the layers below its own, and ${other} is not in one`,
          remedy: 'move what is needed below, or let it be given through an interface',
        });
      }
      if (waysIn.includes(folder) && !waysInMayUse.some((allowed) => other === allowed || (allowed.endsWith('/') && other.startsWith(allowed)))) {
        findings.push({
          where, rule: 'layers', reason: `${folder} must survive a restart of the switch, so it reaches it through api/client only`,
          remedy: `ask api/client for what ${other} knows`,
        });
      }
    }
  }
  tell(t, 'every relative import names a layer below', findings);
  t.end();
});

t.test('compile and plan are pure', (t) => {
  const findings: Finding[] = [];
  for (const path of pureFolders.flatMap((folder) => listUnder(`src/${folder}`, '.ts'))) {
    for (const { line, target } of importsOf(path)) {
      if (impureModules.some((pattern) => pattern.test(target))) {
        findings.push({
          where: `${path}:${line}`, rule: 'pure', reason: `${target} sees the machine, and equal intents must give equal tables`,
          remedy: 'take the fact as an argument',
        });
      }
    }
    for (const [index, text] of stripText(readText(path)).split('\n').entries()) {
      if (impureNames.some((pattern) => pattern.test(text))) {
        findings.push({
          where: `${path}:${index + 1}`, rule: 'pure', reason: 'it sees time, chance or the environment',
          remedy: 'take the fact as an argument',
        });
      }
    }
  }
  tell(t, 'no clock, file or socket in src/compile and src/plan', findings);
  t.end();
});

t.test('one file loads the addon', (t) => {
  const findings: Finding[] = [];
  for (const path of listUnder('src', '.ts')) {
    if (path === addonLoader) continue;
    const loads = /process\.dlopen|createRequire|['"][^'"\n]*vswitch\.node['"]/.exec(readText(path));
    if (loads !== null) {
      findings.push({
        where: path, rule: 'seam', reason: `only ${addonLoader} may load the addon, so there is one place where the process meets the machine`,
        remedy: 'go through the Dataplane interface',
      });
    }
  }
  tell(t, `only ${addonLoader} names vswitch.node`, findings);
  t.end();
});
