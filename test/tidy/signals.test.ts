/** No signal is made of others by AbortSignal.any: in Node 20 and 22 one that lives long remembers each for ever. */
import t from 'tap';
import { listUnder, readText, stripText, tell, type Finding } from './tree.ts';

t.test('signals are made by controllers', (t) => {
  const findings: Finding[] = [];
  for (const path of listUnder('src', '.ts')) {
    for (const [index, line] of stripText(readText(path)).split('\n').entries()) {
      if (/\bAbortSignal\.any\b/.test(line)) {
        findings.push({
          where: `${path}:${index + 1}`, rule: 'signals', reason: 'a daemon that runs for months grows with each request that has one',
          remedy: 'listen to each signal, with `{ signal }` of a controller that is aborted at the end',
        });
      }
    }
  }
  tell(t, 'no AbortSignal.any', findings);
  t.end();
});
