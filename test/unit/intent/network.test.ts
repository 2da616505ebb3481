import t from 'tap';
import { NetworkSchema } from '../../../src/intent/network.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { network } from './resources.ts';

t.test('a network needs nothing but its name', (t) => {
  const { spec: _, ...bare } = network('dev');
  t.strictSame(checkStructure(NetworkSchema, bare, ''), []);
  t.strictSame(checkStructure(NetworkSchema, network('dev', {}), ''), []);
  t.end();
});

t.test('timeouts have the names of states and last a second at least', (t) => {
  const errors = (timeouts: unknown): unknown => checkStructure(NetworkSchema, network('dev', { timeouts, tcpLoose: false, nodeAddresses: ['10.77.0.254'] }), '');
  t.strictSame(errors({ tcpEstablished: 7200, udp: 30 }), []);
  t.match(errors({ udp: 0, tcpEstablishd: 1 }), [{ path: '/spec/timeouts/udp' }, { path: '/spec/timeouts/tcpEstablishd', remedy: 'did you mean tcpEstablished?' }]);
  t.end();
});

t.test('a default policy allows or drops', (t) => {
  const paths = (defaultPolicy: unknown): string[] => checkStructure(NetworkSchema, network('dev', { defaultPolicy }), '').map(({ path }) => path);
  t.strictSame(paths({ ingress: 'drop' }), []);
  t.strictSame(paths({ ingress: 'reject', egres: 'allow' }), ['/spec/defaultPolicy/ingress', '/spec/defaultPolicy/egres']);
  t.end();
});
