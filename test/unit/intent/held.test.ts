import t from 'tap';
import { formatCidr, parseCidr } from '../../../src/address/cidr.ts';
import { addressesOf, macOf, nothingHeld, type Held } from '../../../src/intent/held.ts';
import type { PortResource } from '../../../src/intent/port.ts';
import { port } from './resources.ts';

const held: Held = { macOf: () => '02:00:00:00:00:aa', addressesOf: (_key, network) => (network === 'dev' ? [parseCidr('10.0.0.9/24')!] : []) };
const resource = (spec: Record<string, unknown>): PortResource => port('a', spec) as unknown as PortResource;

t.test('the own words of a port come first', (t) => {
  t.equal(macOf('default/a', resource({ mac: '02:00:00:00:00:01' }), held), '02:00:00:00:00:01');
  t.strictSame(addressesOf('default/a', resource({ addresses: ['10.0.0.1/24'] }), held).map(formatCidr), ['10.0.0.1/24']);
  t.strictSame(addressesOf('default/a', resource({ addresses: [] }), held), [], 'no address is a word, too');
  t.end();
});

t.test('what was chosen stands in for what is left open', (t) => {
  t.equal(macOf('default/a', resource({}), held), '02:00:00:00:00:aa');
  t.strictSame(addressesOf('default/a', resource({}), held).map(formatCidr), ['10.0.0.9/24']);
  t.strictSame(addressesOf('default/a', resource({ network: 'ops' }), held), []);
  t.equal(macOf('default/a', resource({}), nothingHeld), undefined);
  t.end();
});
