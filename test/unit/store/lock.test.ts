import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { takeLock } from '../../../src/store/lock.ts';
import { startTimeOf } from '../../../src/store/process.ts';

t.test('one holds the lock, and the other learns who', (t) => {
  const folder = t.testdir();
  const lock = takeLock(folder);
  t.throws(() => takeLock(folder), { code: 'VSW_STATE', message: new RegExp(`is in use by process ${process.pid}`) });
  lock.release();
  takeLock(folder).release();
  t.strictSame(readdirSync(folder), [], 'nothing is left behind');
  t.end();
});

t.test('the lock of a process that ended, or whose number another has now, is taken over', (t) => {
  const folder = t.testdir();
  for (const holder of [{ pid: 0x7ffffffe, startTime: '1' }, { pid: process.pid, startTime: '1' }, 'nonsense']) {
    writeFileSync(join(folder, 'lock'), JSON.stringify(holder));
    takeLock(folder).release();
  }
  t.notOk(existsSync(join(folder, 'lock')));
  t.end();
});

t.test('a live process keeps it', (t) => {
  const folder = t.testdir({ lock: JSON.stringify({ pid: 1, startTime: startTimeOf(1) }) });
  t.throws(() => takeLock(folder), { message: /process 1( \(.*\))?: stop it, or choose another state directory/ });
  t.end();
});

t.test('a folder that cannot be written is told', (t) => {
  t.throws(() => takeLock(join(t.testdir(), 'nowhere')), { code: 'VSW_STATE', message: /cannot be locked/ });
  t.end();
});
