/** The captures are what scapy writes today: nobody changed them by hand, and nobody forgot to write them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { goldenFolder, listStories } from './story.ts';

const python = '/usr/bin/python3';
const hasScapy = spawnSync(python, ['-c', 'import scapy.layers.inet6'], { stdio: 'ignore' }).status === 0;

t.test('captures come from scapy alone', { skip: hasScapy ? false : 'python3-scapy', timeout: 120_000 }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vsw-captures-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const written = spawnSync(python, ['-B', join(goldenFolder, 'captures.py'), '--into', folder], { encoding: 'utf8' });
  t.equal(written.status, 0, 'every frames.py runs', { stderr: written.stderr });
  for (const name of listStories()) {
    const list = (path: string): string[] => readdirSync(path).filter((file) => /^(in|out)\./.test(file)).sort();
    const fresh = list(join(folder, name));
    t.same(list(join(goldenFolder, name)), fresh, `${name} has the captures that its frames.py writes`);
    const changed = fresh.filter((file) => !readFileSync(join(folder, name, file)).equals(readFileSync(join(goldenFolder, name, file))));
    t.same(changed, [], `${name}: scapy writes the same bytes; run test/golden/captures.py ${name}`);
  }
  t.end();
});
