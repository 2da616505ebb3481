import { chmodSync } from 'node:fs';
import t from 'tap';
import { remedyFor } from '../../../src/store/remedy.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

t.test('each reason has a remedy of its own', (t) => {
  const folder = t.testdir();
  chmodSync(folder, 0o750);
  const uid = process.getuid?.();
  t.equal(remedyFor(failure('ENOSPC'), folder), `make room in ${folder}`);
  t.equal(remedyFor(failure('EDQUOT'), folder), `make room in ${folder}`);
  t.match(remedyFor(failure('EROFS'), folder), 'so that it may be written');
  t.match(remedyFor(failure('EACCES'), folder), `belongs to uid ${uid} with mode 0750, and this process is uid ${uid}`);
  t.match(remedyFor(failure('EACCES'), `${folder}/absent`), `this process is uid ${uid}: change`);
  t.equal(remedyFor(failure('EIO'), folder), `look at ${folder}`);
  t.equal(remedyFor('nonsense', folder), `look at ${folder}`);
  t.end();
});
