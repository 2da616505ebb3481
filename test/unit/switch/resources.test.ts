import t from 'tap';
import { allocate, noAllocations } from '../../../src/compile/allocations.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import { idOfNetwork, idOfPort, listResources } from '../../../src/switch/resources.ts';
import type { Statuses } from '../../../src/switch/statuses.ts';
import { namespace, network, port } from '../intent/resources.ts';

const intent = intentWith([network('ops'), network('dev'), port('web'), port('shop/a'), port('a'), namespace('shop')], emptyIntent, nothingHeld);
const allocations = allocate(intent, noAllocations, 100);
const statuses: Statuses = {
  Port: (key) => ({ message: `of ${key}` }),
  Network: (name) => (name === 'dev' ? { multicast: 1 } : undefined),
};
const list = (kind: string, name?: string): string[] => listResources(intent, statuses, kind, name).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);

t.test('resources stand in the order in which people read their names', (t) => {
  t.strictSame(list('Network'), ['/dev', '/ops']);
  t.strictSame(list('ports'), ['/a', 'shop/a', '/web']);
  t.strictSame(list('namespace'), ['/shop']);
  t.end();
});

t.test('one is found by its name, a port also with default/', (t) => {
  t.strictSame(list('Port', 'a'), ['/a']);
  t.strictSame(list('Port', 'default/a'), ['/a']);
  t.strictSame(list('Port', 'shop/a'), ['shop/a']);
  t.end();
});

t.test('what has a status is shown with it, and the wish is not touched by showing it', (t) => {
  t.match(listResources(intent, statuses, 'Port', 'shop/a'), [{ kind: 'Port', status: { message: 'of shop/a' } }]);
  t.notOk('status' in intent.ports.get('shop/a')!);
  t.notOk('status' in listResources(intent, statuses, 'Namespace', 'shop')[0]!);
  const told = listResources(intent, statuses, 'Network', undefined);
  t.strictSame(told.map((one) => (one as { status?: object }).status), [{ multicast: 1 }, undefined], 'a network has one when there is something to tell');
  t.end();
});

t.test('what is not there is told, with what was probably meant', (t) => {
  t.throws(() => list('Port', 'wbe'), { code: 'VSW_NOT_FOUND', errors: [{ message: 'there is no port wbe', remedy: 'did you mean web?' }] });
  t.throws(() => list('Network', 'nothing-alike'), { errors: [{ remedy: '"vswitchctl get networks" lists what is there' }] });
  t.throws(() => list('Gateway'), { code: 'VSW_NOT_FOUND', errors: [{ path: '/kind', message: 'there is no kind Gateway' }] });
  t.end();
});

t.test('numbers of ports and networks are found by name', (t) => {
  t.equal(idOfPort(intent, allocations, 'shop/a', '/port'), allocations.portIds['shop/a']);
  t.equal(idOfPort(intent, allocations, 'a', '/port'), idOfPort(intent, allocations, 'default/a', '/port'));
  t.equal(idOfNetwork(intent, allocations, 'dev', '/network'), allocations.networkIds['dev']);
  t.throws(() => idOfPort(intent, allocations, 'shop/b', '/port'), { code: 'VSW_NOT_FOUND', errors: [{ path: '/port', message: 'there is no port shop/b' }] });
  t.throws(() => idOfNetwork(intent, allocations, 'op', '/network'), { errors: [{ path: '/network', remedy: 'did you mean ops?' }] });
  t.end();
});

t.test('a number that outlived its port names nothing', (t) => {
  t.throws(() => idOfPort(emptyIntent, allocations, 'a', ''), { code: 'VSW_NOT_FOUND' });
  t.throws(() => idOfNetwork(emptyIntent, allocations, 'dev', ''), { code: 'VSW_NOT_FOUND' });
  t.end();
});
