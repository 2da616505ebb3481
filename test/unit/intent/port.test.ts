import t from 'tap';
import { PortSchema } from '../../../src/intent/port.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { port } from './resources.ts';

t.test('a port needs its name and its network', (t) => {
  t.strictSame(checkStructure(PortSchema, { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'a' }, spec: { network: 'dev' } }, ''), []);
  t.strictSame(checkStructure(PortSchema, { apiVersion: 'vswitch/v1', kind: 'Port' }, '').map(({ path }) => path), ['/metadata', '/spec']);
  t.end();
});

t.test('ports of TCP, UDP and SCTP may have names', (t) => {
  t.strictSame(checkStructure(PortSchema, port('a', { namedPorts: [{ name: 'http', port: 8080 }, { name: 'dns', protocol: 'udp', port: 53 }] }), ''), []);
  t.strictSame(checkStructure(PortSchema, port('a', { namedPorts: [{ name: 'HTTP', port: 0 }, { protocol: 'icmp', port: 1 }] }), '').map(({ path }) => path), [
    '/spec/namedPorts/0/name', '/spec/namedPorts/0/port', '/spec/namedPorts/1/name', '/spec/namedPorts/1/protocol',
  ]);
  t.end();
});

t.test('limits are shares of at least one', (t) => {
  t.strictSame(checkStructure(PortSchema, port('a', { limits: { macs: 0, flows: 1.5, connections: 0 } }), '').map(({ path }) => path), ['/spec/limits/macs', '/spec/limits/flows', '/spec/limits/connections']);
  t.end();
});
