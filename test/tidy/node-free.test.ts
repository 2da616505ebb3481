/** Node ends at native/binding: all other C++ is a library that any program may link. */
import t from 'tap';
import { listUnder, readText, stripText, tell, type Finding } from './tree.ts';

t.test('nothing outside the binding knows Node', (t) => {
  const findings: Finding[] = [];
  for (const path of listUnder('native', '.hpp', '.cpp', '.def')) {
    if (path.startsWith('native/binding/')) continue;
    for (const [index, line] of stripText(readText(path)).split('\n').entries()) {
      if (/\bnapi|\bNapi\b|node_api|\bv8::|\buv_/.test(line)) {
        findings.push({
          where: `${path}:${index + 1}`, rule: 'node-free', reason: 'tests, fuzzers and benchmarks link this without Node',
          remedy: 'convert in native/binding and pass plain values',
        });
      }
    }
  }
  tell(t, 'napi stands in native/binding alone', findings);
  t.end();
});
