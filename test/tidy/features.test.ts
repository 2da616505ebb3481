/** A production feature is shown to work: a golden case, a test with a real kernel, a page. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { isThere, listUnder, readText, root, tell, type Finding } from './tree.ts';

interface Feature {
  noun: string;
  state: string;
  golden?: readonly string[];
  e2e?: readonly string[];
  page?: string;
}

const compiled = join(root, 'out/src/features.js');

t.test('production features have cases, tests and a page', { skip: existsSync(compiled) ? false : 'src/features.ts is not built' }, async (t) => {
  const module = (await import(pathToFileURL(compiled).href)) as { features: readonly Feature[] };
  const findings: Finding[] = [];
  for (const { noun, state, golden = [], e2e = [], page } of module.features) {
    const where = `src/features.ts: ${noun}`;
    for (const name of golden) {
      if (!isThere(`test/golden/${name}`)) findings.push({ where, rule: 'features', reason: `test/golden/${name} is not there`, remedy: 'name the cases that show it' });
    }
    for (const path of e2e) {
      if (!isThere(path) && !isThere(`test/e2e/${path}`)) findings.push({ where, rule: 'features', reason: `${path} is not there`, remedy: 'name the test that shows it' });
    }
    if (page !== undefined && !isThere(page)) findings.push({ where, rule: 'features', reason: `${page} is not there`, remedy: 'name its page' });
    if (state !== 'production') continue;
    const missing = [golden.length + e2e.length === 0 ? 'golden case or e2e test' : '', page === undefined ? 'page' : ''].filter((word) => word !== '');
    if (missing.length > 0) {
      findings.push({ where, rule: 'features', reason: `it says production and has no ${missing.join(' and no ')}`, remedy: 'add what is missing, or call it experimental' });
    }
  }
  tell(t, `${module.features.length} features`, findings);
});

t.test('a golden case says what a reader learns', (t) => {
  const findings: Finding[] = [];
  for (const intent of listUnder('test/golden', '/intent.ts')) {
    const folder = intent.slice(0, -'/intent.ts'.length);
    for (const name of ['README.md', 'frames.py', 'deaths.json']) {
      if (!isThere(`${folder}/${name}`)) findings.push({ where: folder, rule: 'features', reason: `a golden case without ${name} proves less than it seems`, remedy: `write ${name}` });
    }
    if (isThere(`${folder}/README.md`) && readText(`${folder}/README.md`).trim().length < 80) {
      findings.push({ where: `${folder}/README.md`, rule: 'features', reason: 'it tells a reader nothing', remedy: 'write one paragraph: what is learnt, and which RFC or user story it comes from' });
    }
  }
  tell(t, 'every golden case is complete', findings);
  t.end();
});
