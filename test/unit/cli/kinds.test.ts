/** The words for kinds and tables. */
import t from 'tap';
import { labelOf, resourceOf, subjectOf } from '../../../src/cli/kinds.ts';

t.test('people\'s words lead to the collection or table', (t) => {
  for (const word of ['port', 'ports', 'po', 'Port']) t.match(subjectOf(word), { collection: 'ports', kind: 'Port' });
  for (const word of ['network', 'networks', 'net']) t.match(subjectOf(word), { collection: 'networks' });
  for (const word of ['policy', 'policies']) t.match(subjectOf(word), { collection: 'policies', kind: 'Policy' });
  for (const word of ['networkpolicy', 'NetworkPolicies', 'netpol']) t.match(subjectOf(word), { collection: 'networkpolicies', kind: 'NetworkPolicy' });
  for (const word of ['namespace', 'namespaces', 'ns']) t.match(subjectOf(word), { collection: 'namespaces' });
  for (const [word, table] of [['fdb', 'fdb'], ['neighbours', 'neighbors'], ['flow', 'flows'], ['drops', 'drops'], ['rule', 'rules'], ['stats', 'stats'], ['events', 'events']]) {
    t.same(subjectOf(word!), { form: 'table', table });
  }
  t.end();
});

t.test('unknown words are refused', (t) => {
  t.throws(() => subjectOf('cats'), /unknown kind cats/);
  t.throws(() => subjectOf('constructor'), /unknown kind/);
  t.throws(() => resourceOf('fdb'), /fdb is a table/);
  t.equal(labelOf('Port', 'shop/web-1'), 'port/shop/web-1');
  t.end();
});
