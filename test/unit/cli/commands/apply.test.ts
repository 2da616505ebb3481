/** apply: what was done, and where what was refused stands. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { VswError } from '../../../../src/errors.ts';
import { temporaryFolder } from '../../api/served.ts';
import { openConsole } from '../console.ts';

const text = 'apiVersion: vswitch/v1\nkind: Network\nmetadata: {name: dev}\n---\napiVersion: vswitch/v1\nkind: Port\nmetadata: {name: web-1}\nspec:\n  network: dev\n  mac: zz\n';

t.test('it tells of each resource what became of it', async (t) => {
  const { run, runWith, scripted } = await openConsole(t);
  const file = join(temporaryFolder(t), 'switch.yaml');
  writeFileSync(file, text);
  t.same(await run('apply', '-f', file, '--dry-run'), { code: 0, out: 'network/dev created (dry run)\nport/web-1 created (dry run)\n', err: '' });
  t.equal(scripted.resources.size, 0);
  t.same(await run('apply', '-f', file), { code: 0, out: 'network/dev created\nport/web-1 created\n', err: '' });
  t.same(await runWith(text.replace('zz', 'aa'), 'apply', '-f', '-'), { code: 0, out: 'network/dev unchanged\nport/web-1 updated\n', err: '' });
  t.same(JSON.parse((await run('apply', '-f', file, '-o', 'json')).out), { generation: 10, changes: [{ action: 'update', kind: 'Port', name: 'web-1' }] });
});

t.test('what is refused is told with file, line, path and remedy', async (t) => {
  const { run, scripted } = await openConsole(t);
  const file = join(temporaryFolder(t), 'switch.yaml');
  writeFileSync(file, text);
  scripted.refusal = VswError.of('VSW_INVALID', [
    { path: '/1/spec/mac', message: 'zz is no MAC', remedy: 'write 02:00:00:00:00:01' }, { path: '/0/spec', message: 'spec is missing', remedy: 'add it' },
  ]);
  const { code, out, err } = await run('apply', '-f', file);
  t.same([code, out], [1, '']);
  t.equal(err, `error: ${file}:10: port/web-1 /spec/mac: zz is no MAC\n       write 02:00:00:00:00:01\n`
    + `error: ${file}:1: network/dev /spec: spec is missing\n       add it\n`);
});

t.test('nothing on standard input is told with what belongs there', async (t) => {
  const { runWith, scripted } = await openConsole(t);
  for (const nothing of ['', '# only words\n', '{"resources": []}']) {
    t.match(await runWith(nothing, 'apply', '-f', '-'), { code: 1, out: '', err: /^error: standard input: there is no resource in it\n +write resources/ }, nothing);
  }
  t.same(scripted.asked, []);
});

t.test('a confirmed apply is not available yet', async (t) => {
  const { run, scripted } = await openConsole(t);
  t.match(await run('apply', '-f', '-', '--confirm', '10'), { code: 2, err: /not available in this version/ });
  t.same(scripted.asked, []);
});
