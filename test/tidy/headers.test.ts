/**
 * Every header opens with its theory and its home, and compiles alone; every TypeScript file opens with what it is.
 *
 * Compiling is remembered by the bytes of the header and of all it includes, so only what changed is compiled again. A header that is
 * the first thing its own source includes is compiled alone by every build.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isThere, listFiles, listUnder, readText, root, tell, type Finding } from './tree.ts';

t.test('a header says what it is and where its home is', (t) => {
  const findings: Finding[] = [];
  for (const path of listUnder('native', '.hpp')) {
    const [first = '', second = ''] = readText(path).split('\n');
    if (!/^\/\/ \S.*$/.test(first)) {
      findings.push({
        where: `${path}:1`, rule: 'headers', reason: 'a reader should not have to guess what it is', remedy: 'open with `// Noun: one sentence.`',
      });
    }
    // The first sentence may need a second line.
    const home = readText(path).split('\n').slice(1, 4).find((line) => /^\/\/ (Home|Shared): \S/.test(line));
    if (home === undefined) {
      findings.push({
        where: `${path}:2`, rule: 'headers', reason: `"${second}" does not say which thread may use it`, remedy: 'say `// Home: worker.`, `// Home: control.` or `// Shared: …`',
      });
    }
  }
  tell(t, 'every native header has its first sentence and its home', findings);
  t.end();
});

t.test('a TypeScript file says what it is', (t) => {
  const findings: Finding[] = [];
  for (const path of listFiles().filter((path) => /^(src|test|bench)\/.*\.(ts|mjs)$/.test(path))) {
    if (/^test\/unit\/.*\.test\.ts$/.test(path)) continue; // it is about the file that it mirrors, and mirror.test.ts holds it to that
    const text = readText(path).replace(/^#!.*\n/, '');
    if (!/^\s*(\/\*\*?[\s*]*\S|\/\/ \S)/.test(text)) {
      findings.push({ where: `${path}:1`, rule: 'headers', reason: 'a reader should not have to guess what it is', remedy: 'open with a comment of one sentence' });
    }
  }
  tell(t, 'every TypeScript file opens with a sentence', findings);
  t.end();
});

const cachePath = join(root, 'out', 'tidy-headers.json');

function closureOf(path: string, seen: Set<string>): Set<string> {
  if (seen.has(path) || !isThere(path)) return seen;
  seen.add(path);
  for (const match of readText(path).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) closureOf(`native/${match[1]}`, seen);
  return seen;
}

/** The header that the source of its name includes before anything else. */
function isFirstOfItsSource(path: string): boolean {
  const source = path.replace(/\.hpp$/, '.cpp');
  return isThere(source) && /^\s*#\s*include\s+(\S+)/m.exec(readText(source))?.[1] === `"${path.slice('native/'.length)}"`;
}

function compile(path: string): Promise<string> {
  return new Promise((resolve) => {
    const flags = ['-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fno-exceptions', '-fno-rtti', '-fsyntax-only', '-x', 'c++'];
    const child = spawn('g++', [...flags, '-I', 'native', '-I', 'node_modules/node-addon-api', '-I', 'node_modules/node-api-headers/include', '-'], { cwd: root });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', (error) => resolve(String(error)));
    child.on('close', (code) => resolve(code === 0 ? '' : (said.split('\n').find((line) => line.includes('error')) ?? said.slice(0, 200))));
    child.stdin.end(`#include "${path.slice('native/'.length)}"\n`);
  });
}

t.test('a header compiles alone', { timeout: 120_000 }, async (t) => {
  let remembered: Record<string, string> = {};
  try {
    remembered = JSON.parse(readFileSync(cachePath, 'utf8')) as Record<string, string>;
  } catch {
    // The first run remembers nothing.
  }
  const headers = listUnder('native', '.hpp').filter((path) => !path.startsWith('native/binding/') && !isFirstOfItsSource(path));
  const digests = new Map(
    headers.map((path) => {
      const hash = createHash('sha256');
      for (const part of [...closureOf(path, new Set())].sort()) hash.update(part).update(readText(part));
      return [path, hash.digest('hex')];
    }),
  );
  const findings: Finding[] = [];
  const waiting = headers.filter((path) => remembered[path] !== digests.get(path));
  const work = async (): Promise<void> => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const said = await compile(path);
      if (said === '') remembered[path] = digests.get(path) ?? '';
      else {
        delete remembered[path];
        findings.push({ where: path, rule: 'headers', reason: `it does not compile alone (${said.trim()})`, remedy: 'include what it uses' });
      }
    }
  };
  await Promise.all([work(), work()]);
  mkdirSync(join(root, 'out'), { recursive: true });
  const known = new Set(headers);
  writeFileSync(cachePath, JSON.stringify(Object.fromEntries(Object.entries(remembered).filter(([path]) => known.has(path)))));
  t.ok(headers.length > 0, 'some have no source of their own');
  tell(t, `${headers.length} headers compile alone`, findings);
});
