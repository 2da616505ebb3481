/**
 * What the pages tell the reader to type is typed here: every block marked `runnable`, in its order.
 *
 *   ┌─ mount, network and process namespaces of a test ─┐
 *   │ own /run, own /var/lib: the names in the page     │
 *   │ sh block ▸ ts block ▸ sh block …                  │
 *   └───────────────────────────────────────────────────┘
 *
 * A page's blocks run as one session, so a later one may use what an earlier one made. `vswitchd` and
 * `vswitchctl` are found as if installed; `import … from 'vswitch'` is this package.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { blocksOf } from '../harness/page-blocks.ts';
import { compiled, lacking, Topology } from '../harness/topology.ts';

const root = compiled('..');
const pages = ['README.md', 'src/api/README.md', 'src/cli/README.md'];

const compilerProgram = join(root, 'node_modules/typescript/bin/tsc');
/** As strict as a reader's own project may be, so that what the page shows compiles there. */
const compilerOptions = [
  '--strict', '--target', 'es2023', '--lib', 'es2023,esnext.disposable', '--module', 'nodenext', '--types', 'node', '--ignoreConfig', '--skipLibCheck',
];

function textOf(page: string): string {
  try {
    return readFileSync(join(root, page), 'utf8');
  } catch {
    return '';
  }
}

t.test('README shows a shell session and an embedded switch that run', async (t) => {
  const languages = blocksOf(textOf('README.md')).map(({ language }) => language);
  t.ok(languages.includes('sh'), 'a block ```sh runnable');
  t.ok(languages.includes('ts'), 'a block ```ts runnable');
});

for (const page of pages) {
  const blocks = blocksOf(textOf(page));
  if (blocks.length === 0) continue;
  t.test(`the ${blocks.length} blocks of ${page} run`, { skip: lacking('ping') }, async (t) => {
    await using topology = await Topology.open(t);
    // Inside the package, so that its own name resolves.
    const folder = join(root, 'out', `page-blocks-${process.pid}`, page.replaceAll(/\W/g, '-'));
    mkdirSync(join(folder, 'bin'), { recursive: true });
    topology.defer(() => rmSync(dirname(folder), { recursive: true, force: true }));
    for (const [name, path] of [['vswitchd', 'daemon'], ['vswitchctl', 'cli']] as const) {
      writeFileSync(join(folder, 'bin', name), `#!/bin/sh\nexec ${process.execPath} ${compiled(`src/${path}/main.js`)} "$@"\n`, { mode: 0o755 });
    }
    const session = ['set -eu', 'mount -t tmpfs none /run', 'mount -t tmpfs none /var/lib', 'ip link set lo up', `PATH=${folder}/bin:$PATH`, `cd ${folder}`];
    const sources: string[] = [];
    for (const { language, text, line } of blocks) {
      session.push(`echo '--- ${page}:${line}'`);
      if (language === 'sh') {
        session.push(text);
      } else {
        writeFileSync(join(folder, `line-${line}.mts`), text);
        sources.push(join(folder, `line-${line}.mts`));
        session.push(`${process.execPath} line-${line}.mjs`);
      }
    }
    if (sources.length > 0) await topology.run([process.execPath, compilerProgram, ...compilerOptions, ...sources]);
    writeFileSync(join(folder, 'session.sh'), `${session.join('\n')}\necho '--- end'\n`);
    const { code, output } = await topology.attempt([
      'unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private', 'sh', join(folder, 'session.sh'),
    ], { timeoutMs: 60_000, env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } });
    t.equal(code, 0, 'the session ends well');
    if (code !== 0) t.comment(output);
    t.match(output, /^--- end$/m, 'at its end');
  });
}
