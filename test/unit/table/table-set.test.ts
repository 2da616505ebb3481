import t from 'tap';
import { formatCidr } from '../../../src/address/cidr.ts';
import { allocate, noAllocations } from '../../../src/compile/allocations.ts';
import { compile } from '../../../src/compile/compile.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import { addressesOfEntry, emptyTableSet, networksOfEntry, withoutPorts } from '../../../src/table/table-set.ts';
import { network, port, trunk } from '../intent/resources.ts';

t.test('a port that is left out takes the static MACs along that lead to it', (t) => {
  const intent = intentWith([network('dev', { staticMacs: [{ mac: '02:00:00:00:00:98', port: 'a' }, { mac: '02:00:00:00:00:99', port: 'b' }] }), port('a'), port('b')], emptyIntent, nothingHeld);
  const tables = compile(intent, allocate(intent, noAllocations, 100));
  const less = withoutPorts(tables, new Set([1]));
  t.strictSame([...less.ports.keys()], [2]);
  t.strictSame([...less.staticMacs.values()].map(({ mac }) => mac), ['02:00:00:00:00:99']);
  t.equal(tables.ports.size, 2, 'the tables themselves stay');
  t.equal(withoutPorts(tables, new Set()), tables);
  t.equal(withoutPorts(emptyTableSet, new Set([1])).ports.size, 0);
  t.end();
});

t.test('where a port is, and with which addresses', (t) => {
  const intent = intentWith([network('dev', { vlan: 1, subnets: ['10.0.0.0/24'] }), network('prod', { vlan: 2, subnets: ['10.0.1.0/24'] }), port('a'), trunk('b', ['prod', 'dev'], { native: 'dev', addresses: ['10.0.1.9/24', '10.0.0.9/24'] })], emptyIntent, nothingHeld);
  const [access, trunked] = [...compile(intent, allocate(intent, noAllocations, 100)).ports.values()];
  t.strictSame(networksOfEntry(access!), [1]);
  t.strictSame(networksOfEntry(trunked!), [1, 2]);
  t.strictSame(addressesOfEntry(trunked!).map(({ network: id, prefix }) => `${id} ${formatCidr(prefix)}`), ['1 10.0.0.9/24', '2 10.0.1.9/24']);
  t.end();
});
