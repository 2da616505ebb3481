/** A break that no longer applies proves nothing: each stands in its file once. */
import t from 'tap';
import { isThere, readText, tell, type Finding } from './tree.ts';

interface Mutant {
  readonly promise: string;
  readonly breaks: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

t.test('the breaks apply', async (t) => {
  const { mutants } = (await import(new URL('../../../test/mutants/mutants.mjs', import.meta.url).href)) as { mutants: readonly Mutant[] };
  const findings: Finding[] = [];
  for (const { promise, breaks, file, find, put } of mutants) {
    const count = isThere(file) ? readText(file).split(find).length - 1 : 0;
    if (count !== 1 || find === put) {
      findings.push({ where: `test/mutants/mutants.mjs: ${promise}: ${breaks}`, rule: 'mutants', reason: `it applies ${count} times to ${file}`, remedy: 'write it for the code of today' });
    }
  }
  tell(t, `${mutants.length} breaks apply`, findings);
});
