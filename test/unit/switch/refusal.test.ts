import t from 'tap';
import { CommitError, type CommitErrorCode } from '../../../src/dataplane/dataplane.ts';
import { VswError } from '../../../src/errors.ts';
import { refusal } from '../../../src/switch/refusal.ts';
import { pathsOf } from '../../../src/switch/request.ts';
import { network, port } from '../intent/resources.ts';

const portIds = { 'default/a': 1, 'shop/b': 2, 'default/other': 3 };
const pathOf = pathsOf([network('dev'), port('a'), port('shop/b')]);
const refused = (code: CommitErrorCode, subject: number): VswError => refusal(new CommitError(code, 'eth0 cannot be opened', subject), portIds, pathOf) as VswError;

t.test('a refusal is told at the port of the request that it is about', (t) => {
  t.match(refused('device_clash', 2), { code: 'VSW_DEVICE', errors: [{ path: '/2/spec', message: 'port shop/b: eth0 cannot be opened' }] });
  t.match(refused('system', 1).errors, [{ path: '/1/spec', message: 'port a: eth0 cannot be opened' }]);
  t.end();
});

t.test('about a port that was not in the request it has the name and no path, about none neither', (t) => {
  t.match(refused('system', 3).errors, [{ path: '', message: 'port other: eth0 cannot be opened' }]);
  t.strictSame(refused('limit', 0).errors.map(({ path, message }) => [path, message]), [['', 'eth0 cannot be opened']]);
  t.end();
});

t.test('every code of the dataplane has one for the caller, and a remedy that says that nothing was changed', (t) => {
  const expected: Record<CommitErrorCode, string> = {
    malformed: 'VSW_BUG', invalid: 'VSW_BUG', namespace_absent: 'VSW_DEVICE', device_clash: 'VSW_DEVICE', permission: 'VSW_PERMISSION',
    unsupported: 'VSW_UNSUPPORTED', limit: 'VSW_LIMIT', system: 'VSW_DEVICE',
  };
  for (const [code, answer] of Object.entries(expected)) {
    const error = refused(code as CommitErrorCode, 1);
    t.equal(error.code, answer, code);
    t.match(error.errors[0]!.remedy, /^.{10,}; nothing was changed$/);
  }
  t.equal(refused('from_the_future' as CommitErrorCode, 1).code, 'VSW_DEVICE');
  t.end();
});

t.test('what is no refusal stays what it is', (t) => {
  const error = new TypeError('x');
  t.equal(refusal(error, portIds, pathOf), error);
  t.equal(refusal('text', portIds, pathOf), 'text');
  t.end();
});
