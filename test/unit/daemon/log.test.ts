/** The log: one line an entry, in either form. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openLog } from '../../../src/daemon/log.ts';
import { temporaryFolder } from '../api/served.ts';

t.test('plain entries are one line each', async (t) => {
  const file = join(temporaryFolder(t), 'log');
  const descriptor = openSync(file, 'w');
  const log = await openLog('plain', descriptor);
  log.write('info', 'two\n  lines');
  log.write('error', 'bad', { port: 'a' });
  closeSync(descriptor);
  t.match(readFileSync(file, 'utf8'), /^(\S+Z )?info two lines\n(\S+Z )?error bad\n$/);
  t.doesNotThrow(() => log.write('info', 'nobody reads this'), 'a log that cannot be written stops nothing');
});

t.test('JSON entries carry level, time, message and fields', async (t) => {
  const file = join(temporaryFolder(t), 'log');
  const descriptor = openSync(file, 'w');
  (await openLog('json', descriptor)).write('warn', 'port a waits', { port: 'a' });
  t.match(JSON.parse(readFileSync(file, 'utf8')), { level: 'warn', name: 'vswitchd', message: 'port a waits', port: 'a', time: /Z$/ });
  closeSync(descriptor);
});
