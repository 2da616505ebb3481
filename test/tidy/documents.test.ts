/** What a page names is there: paths, links, commands, and the pipeline as it is compiled. */
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { claims, figuresIn } from '../../bench/claims.ts';
import { figure } from '../../bench/report.ts';
import type { Result } from '../../bench/result.ts';
import { isThere, listFiles, readText, tell, type Finding } from './tree.ts';

const pages = listFiles().filter((path) => path.endsWith('.md'));
const scripts = Object.keys((JSON.parse(readText('package.json')) as { scripts: Record<string, string> }).scripts);
const npmVerbs = new Set(['test', 'start', 'ci', 'install', 'run', 'pack', 'i', 'link', 'exec', 'view', 'root']);

function linesOf(path: string): [number, string][] {
  return readText(path).split('\n').map((line, index) => [index + 1, line]);
}

t.test('paths that pages name are there', (t) => {
  const findings: Finding[] = [];
  for (const page of pages) {
    for (const [number, line] of linesOf(page)) {
      const named = [...line.matchAll(/`((?:src|native|test|bench|\.ci)\/[\w./-]*)`/g)].map((match) => match[1] ?? '');
      const linked = [...line.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '').filter((target) => !/^[a-z]+:/i.test(target));
      for (const path of named) {
        if (!isThere(path) && !isThere(join(dirname(page), path))) {
          findings.push({ where: `${page}:${number}`, rule: 'documents', reason: `${path} is not there`, remedy: 'name what is there now' });
        }
      }
      for (const target of linked) {
        if (!isThere(normalize(join(dirname(page), target)))) {
          findings.push({ where: `${page}:${number}`, rule: 'documents', reason: `the link to ${target} leads nowhere`, remedy: 'link to what is there now' });
        }
      }
    }
  }
  tell(t, `${pages.length} pages name only what is there`, findings);
  t.end();
});

t.test('commands that pages name are there', (t) => {
  const findings: Finding[] = [];
  for (const page of pages) {
    for (const [number, line] of linesOf(page)) {
      const where = `${page}:${number}`;
      for (const [, script = ''] of line.matchAll(/\bnpm run ([\w:.-]*[\w])/g)) {
        if (!scripts.includes(script)) {
          findings.push({ where, rule: 'documents', reason: `package.json has no script ${script}`, remedy: 'name one that it has, or add it' });
        }
      }
      for (const [, verb = ''] of line.matchAll(/(?:^|`|\$ )npm ([a-z]+)/g)) {
        if (!npmVerbs.has(verb)) findings.push({ where, rule: 'documents', reason: `npm has no ${verb}`, remedy: 'name a command that runs' });
        if (verb === 'test' && !scripts.includes('test')) {
          findings.push({ where, rule: 'documents', reason: 'package.json has no script test', remedy: 'add it' });
        }
      }
      for (const [, path = ''] of line.matchAll(/(?:^|`|\$ |&& )node ((?:src|test|bench)\/[\w./-]+)/g)) {
        if (!isThere(path)) findings.push({ where, rule: 'documents', reason: `${path} is not there`, remedy: 'name a program that is' });
      }
    }
  }
  tell(t, 'every npm command exists', findings);
  t.end();
});

function snake(name: string): string {
  return name.trim().replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** The stages in the order in which the compiler sees them. */
function compiledPipeline(): string[] {
  if (!isThere('native/pipeline/pipeline.hpp')) return [];
  const text = readText('native/pipeline/pipeline.hpp').replace(/\/\/[^\n]*/g, '');
  // The sender's stages, then those that each receiver is asked for.
  const lists = [...text.matchAll(/=\s*Pipeline<((?:\s*[A-Z]\w*\s*,)*\s*[A-Z]\w*\s*)>/g)].map((match) => match[1] ?? '');
  return lists.flatMap((list) => list.split(',')).map(snake).filter((name) => name !== '');
}

const stages = compiledPipeline();
const isDrawn = isThere('ARCHITECTURE.md') && stages.length > 0;

t.test('the pipeline on the page is the one compiled', { skip: isDrawn ? false : 'needs ARCHITECTURE.md and native/pipeline/pipeline.hpp' }, (t) => {
  const drawings = readText('ARCHITECTURE.md')
    .split('\n')
    .filter((line) => /\badmit\b.*[▸→>].*\bdeliver\b/.test(line))
    .map((line) => [...line.matchAll(/[a-z][a-z_]+/g)].map((match) => match[0]).filter((word) => /_|^(admit|respond|snoop|bridge|route|deliver|defragment|connection)$/.test(word)));
  t.ok(drawings.length > 0, 'ARCHITECTURE.md prints the stages in one line, `admit ▸ … ▸ deliver`');
  for (const drawing of drawings) t.same(drawing, stages, 'ARCHITECTURE.md prints the stages of native/pipeline/pipeline.hpp; correct the page');
  t.end();
});

t.test('figures of speed are claims, and their results show them', (t) => {
  const findings: Finding[] = [];
  const stated = new Set(claims.map((claim) => claim.stated));
  for (const [number, line] of linesOf('README.md')) {
    for (const named of figuresIn(line)) {
      if (!stated.has(named)) findings.push({ where: `README.md:${number}`, rule: 'documents', reason: `${named} is promised and nothing shows it`, remedy: 'put it into bench/claims.ts with its result, or take it out' });
    }
  }
  for (const { stated: text, result, ...cell } of claims) {
    const where = `bench/claims.ts: ${text}`;
    if (!readText('README.md').includes(text)) findings.push({ where, rule: 'documents', reason: 'README.md does not state it', remedy: 'remove the claim' });
    if (!isThere(result)) {
      findings.push({ where, rule: 'documents', reason: `${result} is not there`, remedy: 'measure again and keep the result' });
      continue;
    }
    const { results } = JSON.parse(readText(result)) as Result;
    const line = results.find((each) => Object.entries(cell).every(([key, value]) => each[key as keyof typeof each] === value));
    const shown = line === undefined ? 'nothing' : `${figure(line.median)} ${line.unit}`;
    if (shown !== text) findings.push({ where, rule: 'documents', reason: `${result} shows ${shown}`, remedy: 'state what was measured' });
  }
  tell(t, `${claims.length} figures are claims with results`, findings);
  t.end();
});

t.test('a figure of speed is found in a sentence', (t) => {
  t.same(figuresIn('24.9 Mpps with 1k flows, 15.3 Gbit/s, 42 µs; 2 GB, 10.77.0.1/24 and 300 ports are none'), ['24.9 Mpps', '15.3 Gbit/s', '42 µs']);
  t.end();
});
