import t from 'tap';
import { groupKeyOf, groupOf } from '../../../src/compile/groups.ts';
import { MembershipTables } from '../../../src/compile/memberships.ts';
import { PolicyBook } from '../../../src/compile/policy-book.ts';
import { serviceKey } from '../../../src/compile/policy-rules.ts';
import type { PortResource } from '../../../src/intent/port.ts';
import { network, port } from '../intent/resources.ts';
import { nothingPlayed, played } from './compiled.ts';

const { intent, tables } = played(nothingPlayed, [
  network('dev', { subnets: ['10.0.0.0/24'] }), port('a', { addresses: ['10.0.0.1/24'], mac: '02:00:00:00:00:01', namedPorts: [{ name: 'http', port: 80 }, { name: 'web', port: 80 }] }),
]);
const resource: PortResource = intent.ports.get('default/a')!;
const entry = tables.ports.get(1)!;
const set = { set: 7, ports: {}, namespaces: undefined, namespace: undefined, networks: undefined, prefixes: undefined };

t.test('every address of a port is in the sets of its group, and what is equal stays the same object', (t) => {
  const book = PolicyBook.after(tables.ruleNames);
  const key = groupKeyOf(resource, entry);
  book.groups.set(key, groupOf({ namespace: 'default', labels: {}, namespaceLabels: {} }, [1], [set]));
  for (const name of ['web', 'http']) book.services.take(serviceKey(6, name), (number) => number);
  const first = new MembershipTables(tables, book);
  first.put(entry, resource, key, tables);
  const after = first.tables();
  t.strictSame([...after.addressSets.keys()].sort(), ['1 10.0.0.1', '1 fe80::ff:fe00:1']);
  t.match(after.serviceSets.get('1 10.0.0.1 6 80'), { services: [1, 2] });
  const again = new MembershipTables(after, book);
  again.remove(entry, resource);
  t.equal(again.tables().addressSets.size + again.tables().serviceSets.size, 0);
  again.put(entry, resource, key, after);
  t.equal(again.tables().addressSets.get('1 10.0.0.1'), after.addressSets.get('1 10.0.0.1'));
  book.groups.set(key, groupOf({ namespace: 'default', labels: {}, namespaceLabels: {} }, [1], []));
  again.put(entry, resource, key, after);
  t.equal(again.tables().addressSets.size, 0, 'in no set, no entry');
  t.equal(again.ownersChanged, 0);
  t.end();
});
