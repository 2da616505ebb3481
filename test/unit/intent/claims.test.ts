import t from 'tap';
import { parseCidr } from '../../../src/address/cidr.ts';
import { claimsAfter, claimsBy, claimsOf } from '../../../src/intent/claims.ts';
import { nothingHeld, type Held } from '../../../src/intent/held.ts';
import { emptyIntent, type Intent } from '../../../src/intent/intent.ts';
import { intentWith, intentWithout } from '../../../src/intent/validate.ts';
import { network, port, tap, trunk } from './resources.ts';

const wish = (resources: unknown[], running: Intent = emptyIntent): Intent => intentWith(resources, running, nothingHeld);
const dev = network('dev', { vlan: 1, subnets: ['10.77.0.0/24', 'fd00:77::/64'] });
const prod = network('prod', { vlan: 2, subnets: ['10.78.0.0/24'] });
const claimed = (intent: Intent, key: string, held: Held = nothingHeld): string[] =>
  claimsBy(key, intent.ports.get(key)!, intent.networks, held).map(({ kind, place, field }) => `${kind} ${place} ${field}`);

t.test('a port claims what it declares', (t) => {
  const intent = wish([dev, tap('shop/a', { mac: '02:00:00:00:00:01', addresses: ['10.77.0.1/24', 'FD00:77:0::1/64'], capture: { file: '/tmp/a.pcapng' } })]);
  t.strictSame(claimed(intent, 'shop/a'), [
    'MAC 02:00:00:00:00:01 in dev /mac', 'address 10.77.0.1 in dev /addresses/0', 'address fd00:77::1 in dev /addresses/1',
    'device device /run/netns/shop-a eth0 /device', 'file file /tmp/a.pcapng /capture/file',
  ]);
  t.end();
});

t.test('and what it was given, in each of its networks', (t) => {
  const held: Held = { macOf: () => '02:00:00:00:00:09', addressesOf: (_, name) => [parseCidr(name === 'dev' ? '10.77.0.9/24' : '10.78.0.9/24')!] };
  t.strictSame(claimed(wish([dev, port('a')]), 'default/a', held), ['MAC 02:00:00:00:00:09 in dev /mac', 'address 10.77.0.9 in dev /network']);
  t.strictSame(claimed(wish([dev, prod, trunk('a', ['dev', 'prod'], { native: 'prod' })]), 'default/a', held),
    ['MAC 02:00:00:00:00:09 in dev /mac', 'MAC 02:00:00:00:00:09 in prod /mac', 'address 10.78.0.9 in prod /trunk/native']);
  t.strictSame(claimed(wish([dev, prod, trunk('a', ['dev', 'prod'], { addresses: ['10.78.0.3/24'] })]), 'default/a').slice(0), ['address 10.78.0.3 in prod /addresses/0']);
  t.end();
});

t.test('what a port gives up is free, and what it takes is its own', (t) => {
  const before = wish([dev, port('a', { addresses: ['10.77.0.1/24'] }), port('b', { addresses: ['10.77.0.2/24'] }), port('c', { addresses: ['10.77.0.3/24'] })]);
  const claims = claimsOf(before.ports.values(), before.networks, nothingHeld);
  t.equal(claims.get('10.77.0.1 in dev'), 'default/a');
  const swapped = wish([port('a', { addresses: ['10.77.0.2/24'] }), port('b', { addresses: ['10.77.0.1/24'] })], intentWithout([{ kind: 'Port', name: 'c' }], before));
  const after = claimsAfter(claims, { intent: before, held: nothingHeld }, { intent: swapped, held: nothingHeld });
  t.strictSame([...after].sort(), [['10.77.0.1 in dev', 'default/b'], ['10.77.0.2 in dev', 'default/a']]);
  t.equal(claims.size, 3, 'those before stay what they were');
  t.end();
});
