import t from 'tap';
import { PolicyBook } from '../../../src/compile/policy-book.ts';
import { nodeRule } from '../../../src/compile/policy-rules.ts';
import { noRuleNames } from '../../../src/table/rule-names.ts';

t.test('a copy goes on where the book before ended, and leaves it as it was', (t) => {
  const first = PolicyBook.after(noRuleNames);
  t.equal(first.nextRule(), 2, '1 is the default policy of networks');
  const second = PolicyBook.after(first);
  second.nodes.set(1, { name: 'dev', network: 1, set: 'k', rule: nodeRule(second.nextRule(), 5) });
  t.strictSame(second.get(3), { policy: 'Network/dev', rule: 'nodeAddresses', tier: 'networkPolicy', direction: 'ingress', action: 'allow' });
  t.strictSame([...second.all()].map(({ id, isEnforced }) => [id, isEnforced]), [[3, true]]);
  t.equal(first.get(3), undefined);
  t.equal(first.nextRule(), 3);
  t.end();
});

t.test('an index is of all choices that there are', (t) => {
  const choice = { set: 1, ports: { matchLabels: { a: 'b' } }, namespaces: undefined, namespace: undefined, networks: undefined, prefixes: undefined };
  const book = PolicyBook.after(noRuleNames);
  book.changeChoices(new Set(), [choice]);
  const subject = { namespace: 'x', labels: { a: 'b' }, namespaceLabels: {} };
  t.strictSame(book.index.of(subject), [choice]);
  const next = PolicyBook.after(book);
  next.changeChoices(new Set([choice]), []);
  t.strictSame(next.index.of(subject), []);
  t.strictSame(book.index.of(subject), [choice]);
  t.end();
});
