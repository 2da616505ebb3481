import t from 'tap';
import { limitFieldsToCome, portFieldsToCome, PortSchema, PortSpecSchema } from '../../../src/intent/port.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { port } from './resources.ts';

t.test('a port needs its name and its network', (t) => {
  t.strictSame(checkStructure(PortSchema, { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'a' }, spec: { network: 'dev' } }, ''), []);
  t.strictSame(checkStructure(PortSchema, { apiVersion: 'vswitch/v1', kind: 'Port' }, '').map(({ path }) => path), ['/metadata', '/spec']);
  t.end();
});

t.test('no field is both there and to come', (t) => {
  t.strictSame(portFieldsToCome.filter((field) => field in PortSpecSchema.properties), []);
  t.match(limitFieldsToCome, ['connections']);
  t.end();
});

t.test('limits are shares of at least one', (t) => {
  t.strictSame(checkStructure(PortSchema, port('a', { limits: { macs: 0, flows: 1.5 } }), '').map(({ path }) => path), ['/spec/limits/macs', '/spec/limits/flows']);
  t.end();
});
