import t from 'tap';
import { CommitError } from '../../../src/dataplane/dataplane.ts';

t.test('a refused commit tells what kind of refusal it is and about which port', (t) => {
  const error = new CommitError('device_clash', 'eth0 is there', 7);
  t.ok(error instanceof Error);
  t.match(error, { name: 'CommitError', code: 'device_clash', subject: 7, message: 'eth0 is there' });
  t.end();
});
