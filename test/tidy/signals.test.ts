/**
 * Nothing that lives long remembers what ended: in Node 20 and 22 a signal keeps what AbortSignal.any made of it, and
 * listeners that another signal should take away stay when there are several (nodejs/node#63954).
 */
import t from 'tap';
import { listUnder, readText, stripText, tell, type Finding } from './tree.ts';

t.test('listeners of signals are taken away by name', (t) => {
  const findings: Finding[] = [];
  for (const path of listUnder('src', '.ts')) {
    for (const [index, line] of stripText(readText(path)).split('\n').entries()) {
      if (/\bAbortSignal\.any\b|addEventListener\(.*\{ signal\b/.test(line)) {
        findings.push({
          where: `${path}:${index + 1}`, rule: 'signals', reason: 'a daemon that runs for months grows with each request that has one',
          remedy: 'add a listener to each signal, and remove it at the end (as src/switch/event-log.ts does)',
        });
      }
    }
  }
  tell(t, 'no AbortSignal.any, no addEventListener with a signal', findings);
  t.end();
});
