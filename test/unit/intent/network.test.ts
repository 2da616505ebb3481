import t from 'tap';
import { networkFieldsToCome, NetworkSchema, NetworkSpecSchema } from '../../../src/intent/network.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { network } from './resources.ts';

t.test('a network needs nothing but its name', (t) => {
  const { spec: _, ...bare } = network('dev');
  t.strictSame(checkStructure(NetworkSchema, bare, ''), []);
  t.strictSame(checkStructure(NetworkSchema, network('dev', {}), ''), []);
  t.end();
});

t.test('no field is both there and to come', (t) => {
  t.strictSame(networkFieldsToCome.filter((field) => field in NetworkSpecSchema.properties), []);
  t.end();
});

t.test('a default policy allows or drops', (t) => {
  const paths = (defaultPolicy: unknown): string[] => checkStructure(NetworkSchema, network('dev', { defaultPolicy }), '').map(({ path }) => path);
  t.strictSame(paths({ ingress: 'drop' }), []);
  t.strictSame(paths({ ingress: 'reject', egres: 'allow' }), ['/spec/defaultPolicy/ingress', '/spec/defaultPolicy/egres']);
  t.end();
});
