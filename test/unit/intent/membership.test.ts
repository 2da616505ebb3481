import t from 'tap';
import { formatCidr, parseCidr } from '../../../src/address/cidr.ts';
import type { Held } from '../../../src/intent/held.ts';
import { addressesByNetwork, homeOf, isInNetwork, networksOf, placesOf, subnetsOf } from '../../../src/intent/membership.ts';
import type { NetworkResource } from '../../../src/intent/network.ts';
import type { PortResource, PortSpec } from '../../../src/intent/port.ts';
import { network } from './resources.ts';

const networks = new Map<string, NetworkResource>([
  ['dev', network('dev', { subnets: ['10.0.0.0/24', 'fd00::/64'] })],
  ['prod', network('prod', { subnets: ['10.0.1.0/24'] })],
  ['twin', network('twin', { subnets: ['10.0.0.0/16'] })],
  ['bare', network('bare')],
] as unknown as [string, NetworkResource][]);
const held: Held = { macOf: () => undefined, addressesOf: (_key, name) => (name === 'dev' ? [parseCidr('10.0.0.9/24')!] : []) };
const places = (address: string, spec: PortSpec): readonly string[] => placesOf(parseCidr(address)!, spec, networks);
const byNetwork = (spec: PortSpec): Record<string, string[]> =>
  Object.fromEntries([...addressesByNetwork('default/a', { spec } as PortResource, networks, held)].map(([name, list]) => [name, list.map(formatCidr)]));

t.test('an access port is in one network, a trunk in several', (t) => {
  t.strictSame(networksOf({ network: 'dev' }), ['dev']);
  t.equal(homeOf({ network: 'dev' }), 'dev');
  t.strictSame(networksOf({ trunk: { networks: ['prod', 'dev', 'prod'] } }), ['prod', 'dev']);
  t.equal(homeOf({ trunk: { networks: ['dev'] } }), undefined, 'without a native network nothing goes untagged');
  t.equal(homeOf({ trunk: { networks: ['dev', 'prod'], native: 'prod' } }), 'prod');
  t.ok(isInNetwork({ trunk: { networks: ['dev', 'prod'] } }, 'prod'));
  t.notOk(isInNetwork({ network: 'dev' }, 'prod'));
  t.strictSame(networksOf({}), [], 'a wish that was not checked yet');
  t.end();
});

t.test('an address is where its subnet is, in the native network first', (t) => {
  const trunk = { networks: ['dev', 'prod'], native: 'dev' };
  t.strictSame(places('10.0.0.1/24', { trunk }), ['dev']);
  t.strictSame(places('10.0.1.1/24', { trunk }), ['prod']);
  t.strictSame(places('10.9.0.1/24', { trunk }), [], 'in nobody\'s subnet');
  t.strictSame(places('fe80::1/64', { trunk }), ['dev']);
  t.strictSame(places('10.0.0.1/24', { trunk: { networks: ['dev', 'twin'], native: 'twin' } }), ['twin'], 'both hold it');
  t.strictSame(places('10.0.0.1/24', { trunk: { networks: ['dev', 'twin'] } }), ['dev', 'twin'], 'nothing says which');
  t.strictSame(places('10.9.0.1/24', { trunk: { networks: ['dev', 'bare'], native: 'bare' } }), ['bare'], 'a network without subnets takes any');
  t.strictSame(places('10.9.0.1/24', { network: 'dev' }), ['dev'], 'whether that is right is another question');
  t.end();
});

t.test('addresses by network', (t) => {
  t.strictSame(byNetwork({ network: 'dev' }), { dev: ['10.0.0.9/24'] }, 'given');
  t.strictSame(byNetwork({ network: 'dev', addresses: [] }), {}, 'none is a word, too');
  t.strictSame(byNetwork({ trunk: { networks: ['dev', 'prod'], native: 'dev' } }), { dev: ['10.0.0.9/24'] }, 'a trunk is given one in its native network');
  t.strictSame(byNetwork({ trunk: { networks: ['dev', 'prod'] } }), {});
  t.strictSame(byNetwork({ trunk: { networks: ['dev', 'prod'] }, addresses: ['10.0.1.1/24', '10.0.0.1/24', 'fd00::1/64'] }), { prod: ['10.0.1.1/24'], dev: ['10.0.0.1/24', 'fd00::1/64'] });
  t.strictSame(subnetsOf(undefined), []);
  t.end();
});
