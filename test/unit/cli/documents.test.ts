/** Resources from files, and the places that errors about them are told with. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { placeIn, readDocuments } from '../../../src/cli/documents.ts';
import { temporaryFolder } from '../api/served.ts';
import { thrownBy } from '../api/thrown.ts';

t.test('several files and folders are one list, with file and line of everything', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'first.yaml');
  writeFileSync(file, 'kind: Network\nmetadata: {name: dev}\n---\n# nothing\n---\nkind: Port\nmetadata:\n  name: web-1\n  namespace: shop\nspec:\n  routes:\n    - {to: default}\n    - to: x\n');
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'more', 'b.json'), '{"kind":"Port","metadata":{"name":"b"}}');
  writeFileSync(join(folder, 'more', 'a.yml'), 'kind: Port\nmetadata: {name: a}\n');
  writeFileSync(join(folder, 'more', 'README.md'), 'no resource');
  const written = await readDocuments([file, join(folder, 'more')]);
  t.same(written.map(({ label }) => label), ['network/dev', 'port/shop/web-1', 'port/a', 'port/b']);
  const place = placeIn(written, '/resources');
  t.equal(place('/resources/1/spec/routes/1/to'), `${file}:13: port/shop/web-1 /spec/routes/1/to`);
  t.equal(place('/resources/1/spec/mac'), `${file}:10: port/shop/web-1 /spec/mac`, 'what is missing is told at its parent');
  t.equal(place('/resources/0'), `${file}:1: network/dev`);
  t.equal(place('/dryRun'), '/dryRun');
});

t.test('what get printed can be given back', async (t) => {
  const file = join(temporaryFolder(t), 'list.json');
  writeFileSync(file, JSON.stringify({ items: [{ kind: 'Port', metadata: { name: 'a' } }, { kind: 'Port', metadata: { name: 'b', namespace: 'default' } }] }, null, 1));
  const written = await readDocuments([file]);
  t.same(written.map(({ label }) => label), ['port/a', 'port/b']);
  t.match(placeIn(written, '/resources')('/resources/1/metadata/name'), `${file}:12: port/b`);
});

t.test('a change that explain proposes can be given back', async (t) => {
  const file = join(temporaryFolder(t), 'flip.json');
  writeFileSync(file, '{"resources": [\n  {"kind": "Policy", "metadata": {"name": "web"}},\n  {"kind": "Port", "metadata": {"name": "b"},\n   "spec": {"mtu": 1}}\n]}\n');
  const written = await readDocuments([file]);
  t.same(written.map(({ label }) => label), ['policy/web', 'port/b']);
  t.equal(placeIn(written, '/with')('/with/1/spec/mtu'), `${file}:4: port/b /spec/mtu`);
});

t.test('what cannot be read is refused with its place', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'broken.yaml');
  writeFileSync(file, 'a: 1\nb: [1,\n');
  t.match(await thrownBy(readDocuments([file])), { exitCode: 1, message: new RegExp(`${file}:3:1`) });
  writeFileSync(file, '# nothing\n');
  t.match(await thrownBy(readDocuments([file])), { exitCode: 1, message: /no resource in it\n +write resources with apiVersion, kind, metadata and spec/ });
  t.match(await thrownBy(readDocuments([join(folder, 'none.yaml')])), { exitCode: 2, message: /no such file/ });
  mkdirSync(join(folder, 'empty'));
  t.match(await thrownBy(readDocuments([join(folder, 'empty')])), { exitCode: 2, message: /holds no/ });
  writeFileSync(file, 'text\n');
  t.equal((await readDocuments([file]))[0]?.label, 'a resource without kind or name');
});
