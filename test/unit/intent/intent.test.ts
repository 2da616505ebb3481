import t from 'tap';
import { emptyIntent, keyOfPort, portKey, portName, resourcesOf } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import type { PortResource } from '../../../src/intent/port.ts';
import { namespace, network, port } from './resources.ts';

t.test('a port is called without its namespace where that is default', (t) => {
  t.equal(portKey('web-1'), 'default/web-1');
  t.equal(portKey('shop/web-1'), 'shop/web-1');
  t.equal(portName('default/web-1'), 'web-1');
  t.equal(portName('shop/web-1'), 'shop/web-1');
  t.equal(keyOfPort(port('web-1') as unknown as PortResource), 'default/web-1');
  t.equal(keyOfPort(port('shop/web-1') as unknown as PortResource), 'shop/web-1');
  t.end();
});

t.test('resources are listed networks first, then namespaces, then ports, each in order', (t) => {
  const intent = intentWith([port('b'), namespace('shop'), port('a'), network('dev'), network('abc')], emptyIntent, nothingHeld);
  t.strictSame(resourcesOf(intent).map(({ kind, metadata }) => `${kind} ${metadata.name}`), ['Network abc', 'Network dev', 'Namespace shop', 'Port a', 'Port b']);
  t.end();
});
