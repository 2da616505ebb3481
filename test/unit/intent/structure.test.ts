import t from 'tap';
import { NetworkSchema } from '../../../src/intent/network.ts';
import { PortSchema } from '../../../src/intent/port.ts';
import { checkStructure } from '../../../src/intent/structure.ts';
import { network, port, tap } from './resources.ts';

const pathsOf = (schema: unknown, value: unknown): string[] => checkStructure(schema, value, '/0').map(({ path }) => path).sort();
const only = (schema: unknown, value: unknown): { path: string; message: string; remedy: string } => {
  const errors = checkStructure(schema, value, '');
  return errors.length === 1 ? errors[0]! : { path: 'not one error', message: JSON.stringify(errors), remedy: '' };
};

t.test('a resource with every field is right', (t) => {
  t.strictSame(checkStructure(NetworkSchema, network('dev', {
    subnets: ['10.77.0.0/24', 'fd00:77::/64'], excluded: ['10.77.0.250-10.77.0.254'], mtu: 1500, defaultPolicy: { ingress: 'allow', egress: 'drop' },
    etherTypes: [0x88cc, '0x88e5'], staticMacs: [{ mac: '02:00:00:00:00:99', port: 'web-1' }], macAgeSeconds: 300,
  }), ''), []);
  t.strictSame(checkStructure(PortSchema, tap('shop/web-1', {
    device: 'eth0', mac: '02:00:00:00:00:01', addresses: ['10.77.0.1/24'], routes: [{ to: 'default', via: '10.77.0.254' }, { to: '10.9.0.0/16' }],
    antiSpoof: true, mtu: 1400, limits: { macs: 16, flows: 100 }, persist: true,
  }), ''), []);
  t.strictSame(checkStructure(PortSchema, { ...port('a'), status: { anything: true } }, ''), []);
  t.end();
});

t.test('all errors are found at once, each at its place', (t) => {
  const bad = port('web-1', { mac: 'x', adresses: [], mtu: '1500', routes: [{ to: 'default' }, { to: 5, via: 'nowhere' }], antiSpoof: 'yes' });
  t.strictSame(pathsOf(PortSchema, { ...bad, metadata: { name: 'UPPER', labels: { 'a b': 'x', ok: 5 } }, colour: 1 }), [
    '/0/colour', '/0/metadata/labels/a b', '/0/metadata/labels/ok', '/0/metadata/name', '/0/spec/adresses', '/0/spec/antiSpoof', '/0/spec/mac',
    '/0/spec/mtu', '/0/spec/routes/1/to', '/0/spec/routes/1/via',
  ]);
  t.end();
});

t.test('a mistyped field is answered with the one that was meant', (t) => {
  t.match(only(PortSchema, port('a', { adresses: [] })), { message: /no field "adresses"/, remedy: 'did you mean addresses?' });
  t.match(only(PortSchema, port('a', { colour: 1 })).remedy, /^write what is meant in one of the fields: network, trunk, type/);
  t.match(only(PortSchema, port('a', { type: 'memori' })).remedy, 'did you mean memory?');
  t.end();
});

t.test('what stands elsewhere is answered with where, and nothing is to be taken out', (t) => {
  const schema = { type: 'object', properties: { from: {}, matchLabels: {} }, 'x-instead': { to: 'did you mean from?', form: 'elsewhere' }, 'x-texts-in': 'matchLabels' };
  const remedyOf = (value: object): string => only(schema, value).remedy;
  t.equal(remedyOf({ to: [] }), 'did you mean from?');
  t.equal(remedyOf({ form: [] }), 'elsewhere', 'sooner than what is spelled alike');
  t.equal(remedyOf({ app: 'web' }), 'write matchLabels: {app: web}');
  t.equal(remedyOf({ app: '1' }), 'write matchLabels: {app: "1"}');
  for (const value of [{ app: { x: 1 } }, { constructor: [] }]) t.equal(remedyOf(value), 'write what is meant in one of the fields: from, matchLabels');
  t.end();
});

t.test('fields of later versions are refused by name', (t) => {
  const schema = { type: 'object', properties: { now: {} }, 'x-later': ['soon'] };
  t.match(only(schema, { soon: 1 }), { path: '/soon', message: 'soon is not available in this version', remedy: 'leave soon out' });
  t.end();
});

t.test('where one or a list may stand, what is wrong in a list is told at its place', (t) => {
  const item = { anyOf: [{ type: 'integer', maximum: 9 }, { type: 'string' }], description: 'a digit or a word' };
  const schema = { anyOf: [{ type: 'array', items: item }, item], description: 'one or several; absent: none' };
  t.strictSame(checkStructure(schema, ['a', 4, 10], ''), [{ path: '/2', message: '10 is not possible here', remedy: 'write a digit or a word' }]);
  t.match(only(schema, true), { path: '', remedy: 'write one or several' });
  t.strictSame(checkStructure(schema, 9, ''), []);
  t.end();
});

t.test('a missing field is told with what it is for', (t) => {
  t.match(only(PortSchema, { ...port('a'), spec: { type: 'memory', trunk: {} } }), { path: '/spec/trunk/networks', message: 'networks is missing', remedy: /what it carries/ });
  t.match(only(PortSchema, { ...port('a'), metadata: {} }), { path: '/metadata/name', message: 'name is missing' });
  t.end();
});

t.test('a name that YAML takes for a number is answered with quotes', (t) => {
  t.match(only(PortSchema, { ...port('a'), metadata: { name: 5 } }).remedy, "put it in quotes: '5'");
  t.end();
});

t.test('numbers have bounds', (t) => {
  t.match(only(NetworkSchema, network('dev', { mtu: 100 })), { message: '100 is out of bounds', remedy: /576 to 9000/ });
  t.match(only(NetworkSchema, network('dev', { mtu: 1500.5 })).message, /whole number/);
  t.match(only(NetworkSchema, network('dev', { etherTypes: [0x20] })).path, '/spec/etherTypes/0');
  t.end();
});

t.test('names of objects that every object has are no fields', (t) => {
  t.strictSame(pathsOf(PortSchema, JSON.parse('{"apiVersion":"vswitch/v1","kind":"Port","metadata":{"name":"a"},"spec":{"network":"dev","__proto__":{},"constructor":1}}')), ['/0/spec/__proto__', '/0/spec/constructor']);
  t.end();
});

t.test('a whole of another kind is one error', (t) => {
  for (const value of [null, 5, 'x', []]) t.equal(checkStructure(PortSchema, { ...port('a'), spec: value }, '').length, 1);
  t.equal(checkStructure(PortSchema, { ...port('a'), spec: { network: 'dev', addresses: '10.0.0.1/24' } }, '').length, 1);
  t.end();
});

t.test('percents may be broken numbers, and a file is named from the root on', (t) => {
  const fault = (fields: object): unknown => tap('a', { fault: fields });
  t.strictSame(checkStructure(PortSchema, fault({ loss: 0.5, repeat: 100, corrupt: 0, delayMs: 60_000, seed: 4_294_967_295, direction: 'both' }), ''), []);
  t.match(only(PortSchema, fault({ loss: 101 })), { path: '/spec/fault/loss', message: '101 is out of bounds', remedy: 'write a number from 0 to 100' });
  t.match(only(PortSchema, fault({ loss: '5' })), { message: 'a number is needed here, not the text "5"' });
  t.match(only(PortSchema, fault({ lost: 5 })), { remedy: 'did you mean loss?' });
  t.match(only(PortSchema, fault({ direction: 'recieve' })), { remedy: 'did you mean receive?' });
  t.strictSame(checkStructure(PortSchema, tap('a', { capture: { file: '/var/tmp/a.pcapng', snapshotLength: 64, bytesMax: 4096 } }), ''), []);
  t.match(only(PortSchema, tap('a', { capture: { file: 'a.pcapng' } })), { path: '/spec/capture/file', message: '"a.pcapng" is not the absolute path of a file' });
  t.match(only(PortSchema, tap('a', { capture: {} })), { path: '/spec/capture/file', message: 'file is missing' });
  t.end();
});
