import t from 'tap';
import { CommitError, type CommitErrorCode } from '../../../src/dataplane/dataplane.ts';
import { VswError } from '../../../src/errors.ts';
import { refusal } from '../../../src/switch/refusal.ts';
import { pathsOf } from '../../../src/switch/request.ts';
import { VirtualSwitch } from '../../../src/switch/virtual-switch.ts';
import { network, policy, port } from '../intent/resources.ts';

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

t.test('a bound of the tables has its own remedy, and is about no port', async (t) => {
  const told = refusal(new CommitError('limit', 'there are 3, at most 2; let rules share them', 0), portIds, pathOf) as VswError;
  t.strictSame(told.errors, [{ path: '', message: 'there are 3, at most 2', remedy: 'let rules share them; nothing was changed' }]);
  const product = await VirtualSwitch.open({ workers: 0, clock: 'virtual', limits: { ports: 8, flows: 64, macs: 8 } });
  t.teardown(async () => await product.close());
  // Each chooses the port in other words, and its network has the number of the port.
  const choosing = Array.from({ length: 513 }, (_, index) => (
    policy(`p${index}`, {}, { ingress: [{ action: 'allow', from: [{ ports: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [`v${index}`] }] } }] }] })));
  await product.apply([network('dev'), port('a', { addresses: ['10.0.0.1/24'] })]);
  const error = await product.apply(choosing).then(() => undefined, (thrown: unknown) => thrown as VswError);
  t.match(error, { code: 'VSW_LIMIT', errors: [{ path: '', message: /^(10\.0\.0\.1|fe80:.*) is in 513 sets of addresses, at most 512$/, remedy: 'let policies share their selectors; nothing was changed' }] });
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
