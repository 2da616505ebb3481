import { spawn } from 'node:child_process';
import t from 'tap';
import { startTimeOf } from '../../../src/store/process.ts';

t.test('a process is known by when it was started', (t) => {
  t.match(startTimeOf(process.pid), /^\d+$/);
  t.equal(startTimeOf(process.pid), startTimeOf(process.pid));
  t.not(startTimeOf(1), startTimeOf(process.pid));
  t.end();
});

t.test('one that has ended is none', async (t) => {
  const child = spawn('true');
  await new Promise((resolve) => child.once('close', resolve));
  t.equal(startTimeOf(child.pid!), undefined);
  t.equal(startTimeOf(0x7ffffffe), undefined);
});
