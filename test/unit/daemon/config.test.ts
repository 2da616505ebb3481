/** The command line, and the files of the configuration. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { VswError } from '../../../src/errors.ts';
import { inFiles, parseCommandLine, readConfig, type DaemonOptions } from '../../../src/daemon/config.ts';
import { temporaryFolder } from '../api/served.ts';
import { thrownBy } from '../api/thrown.ts';

const options = (config: string, configAsked = true): DaemonOptions =>
  ({ config, configAsked, stateDir: '', socket: '', workers: 1, ports: 1, log: 'plain' });

t.test('without words the defaults hold', (t) => {
  t.same(parseCommandLine([], '1'), {
    kind: 'run', options: {
      config: '/etc/vswitch', configAsked: false, stateDir: '/var/lib/vswitch', socket: '/run/vswitch/vswitchd.sock', workers: 1, ports: 4095, log: 'plain',
    },
  });
  t.end();
});

t.test('every option is taken, with = or without', (t) => {
  t.match(parseCommandLine(['--config', 'a', '--state-dir=b', '--socket', 'c', '--workers', '4', '--ports=10000', '--log', 'json'], '1'), {
    options: { config: 'a', configAsked: true, stateDir: 'b', socket: 'c', workers: 4, ports: 10_000, log: 'json' },
  });
  t.match(parseCommandLine(['--version'], '1.2.3'), { kind: 'say', text: 'vswitchd 1.2.3\n' });
  t.match(parseCommandLine(['--help'], '1'), { kind: 'say', text: /--state-dir DIR/ });
  t.end();
});

t.test('what is not understood is told', (t) => {
  for (const [words, text] of [
    [['--colour'], /--colour/], [['extra'], /extra/], [['--workers', '0'], /from 1 to 62/], [['--workers', 'many'], /from 1 to 62/],
    [['--workers', '63'], /from 1 to 62/], [['--ports', '0'], /from 1 to 65535/], [['--ports', '65536'], /from 1 to 65535/], [['--ports', '1e4'], /from 1 to 65535/],
    [['--log', 'xml'], /plain or json/], [['--socket'], /--socket/], [['--config='], /--config is empty/],
  ] as const) {
    t.match(parseCommandLine(words, '1'), { kind: 'wrong', text }, words.join(' '));
  }
  t.end();
});

t.test('a folder\'s files are read in the order of their names', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, '20.yml'), 'kind: Port\n---\nkind: Namespace\n');
  writeFileSync(join(folder, '10.json'), '[{"kind": "Network"}]');
  writeFileSync(join(folder, 'notes.txt'), 'kind: Cat\n');
  writeFileSync(join(folder, '.hidden.yaml'), 'kind: Cat\n');
  mkdirSync(join(folder, 'sub.d'));
  t.same((await readConfig(options(folder))).map(({ resource }) => resource), [{ kind: 'Network' }, { kind: 'Port' }, { kind: 'Namespace' }]);
  t.equal((await readConfig(options(join(folder, '20.yml')))).length, 2);
});

t.test('a configuration that is not there is an error only when it was named', async (t) => {
  const none = join(temporaryFolder(t), 'none');
  t.same(await readConfig(options(none, false)), []);
  t.match(await thrownBy(readConfig(options(none))), { code: 'VSW_UNREADABLE', errors: [{ path: none, message: /no such file/, remedy: /--config/ }] });
});

t.test('errors are told with file and line', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'a.yaml');
  writeFileSync(file, 'kind: Network\n---\nkind: Port\nspec:\n  mac: zz\n');
  const configured = await readConfig(options(folder));
  const error = inFiles(VswError.of('VSW_INVALID', [{ path: '/1/spec/mac', message: 'no MAC', remedy: 'write one' }]), configured);
  t.equal(error.errors[0]?.path, `${file}:5: /spec/mac`);
  t.match(inFiles(new VswError('VSW_STATE', 'disk full'), configured).errors, [{ message: 'disk full' }]);
  writeFileSync(file, 'a: [');
  t.match(await thrownBy(readConfig(options(folder))), { code: 'VSW_UNREADABLE', errors: [{ path: file, message: /line/ }] });
});
