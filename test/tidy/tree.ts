/**
 * The tree as the tidy tests read it: its files, their text, and how a finding is told.
 *
 * Every finding is one line: where, which rule, why the rule is there, and what to do.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

export interface Finding {
  where: string;
  rule: string;
  reason: string;
  remedy: string;
}

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above the tests: run them from a checkout');
    folder = parent;
  }
  return folder;
}

export const root = findRoot();

const neverOurs = new Set(['node_modules', '.git', 'out', 'build', '.tap', '__pycache__']);

function walk(folder: string, found: string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (neverOurs.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path, found);
    else if (entry.isFile()) found.push(relative(root, path).split(sep).join('/'));
  }
}

/** All files of the checkout that are written by hand or committed, as sorted paths from its root. */
export function listFiles(): string[] {
  const found: string[] = [];
  walk(root, found);
  // A rule that looked at nothing would hold.
  if (found.length < 100) throw new Error(`only ${found.length} files below ${root}: run the tidy tests in a checkout`);
  return found.sort();
}

export function listUnder(folder: string, ...endings: string[]): string[] {
  return listFiles().filter(
    (path) => path.startsWith(`${folder}/`) && (endings.length === 0 || endings.some((ending) => path.endsWith(ending))),
  );
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function isThere(path: string): boolean {
  return existsSync(join(root, path));
}

/** C-like text without comments and without the contents of strings; line numbers stay. */
export function stripText(text: string): string {
  const pattern =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|R"(\w*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;
  return text.replace(pattern, (match: string, _delimiter: string, offset: number) => {
    const isDigitSeparator = match.startsWith("'") && /[0-9a-fA-F]/.test(text[offset - 1] ?? '') && !match.includes(' ');
    if (isDigitSeparator) return match;
    const newlines = match.replace(/[^\n]/g, '');
    // What stands in a template's holes is code.
    const holes = match.startsWith('`') ? [...match.matchAll(/\$\{([^{}]*)\}/g)].map((hole) => ` ${hole[1]} `).join(' ') : '';
    return match.startsWith('/') ? newlines : `${match[0]}${holes.replace(/\n/g, ' ')}${match[0]}${newlines}`;
  });
}

/** One assertion per test: passes without findings, otherwise fails with a line for each. */
export function tell(t: Test, name: string, findings: readonly Finding[]): void {
  if (findings.length === 0) {
    t.pass(name);
    return;
  }
  for (const { where, rule, reason, remedy } of findings) t.fail(`${where}: ${rule} — ${reason}; ${remedy}`);
}
