/** What is generated is what the generator would write now. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isThere, listUnder, root, tell, type Finding } from './tree.ts';

const generator = 'src/table/generate.mjs';

t.test('generating again changes nothing', { skip: isThere(generator) ? false : `${generator} is not there` }, (t) => {
  const generated = listUnder('src', '.gen.ts');
  t.ok(generated.length > 0, 'there are generated files');
  const before = new Map(generated.map((path) => [path, readFileSync(join(root, path))]));
  execFileSync(process.execPath, [join(root, generator)], { cwd: root, stdio: 'pipe' });
  const findings: Finding[] = [];
  for (const path of listUnder('src', '.gen.ts')) {
    const old = before.get(path);
    const now = readFileSync(join(root, path));
    if (old?.equals(now)) continue;
    if (old !== undefined) writeFileSync(join(root, path), old);
    findings.push({
      where: path, rule: 'generated', reason: 'it is not what its .def says, so the two sides of the seam would disagree',
      remedy: 'npm run generate, and commit the outcome',
    });
  }
  tell(t, 'every *.gen.ts is up to date', findings);
  t.end();
});
