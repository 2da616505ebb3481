import fc from 'fast-check';
import t from 'tap';
import { ChoiceIndex, isChosen, type Choice, type Subject } from '../../../src/compile/choices.ts';

const label = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(label, fc.constantFrom('1', '2'), { maxKeys: 3 });
const selector = fc.option(fc.record({ matchLabels: labels }, { requiredKeys: [] }), { nil: undefined });
const choice: fc.Arbitrary<Choice> = fc.record({ ports: selector, namespaces: selector, namespace: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }) });
const subject: fc.Arbitrary<Subject> = fc.record({ namespace: fc.constantFrom('x', 'y'), labels, namespaceLabels: labels });

t.test('an index finds whoever asking one by one finds, each once', (t) => {
  fc.assert(fc.property(fc.array(choice, { maxLength: 30 }), subject, (choices, one) => {
    const found = new ChoiceIndex(choices).of(one);
    const wanted = choices.filter((each) => isChosen(one, each));
    t.equal(found.length, wanted.length);
    t.strictSame(new Set(found), new Set(wanted));
  }), { numRuns: 300 });
  t.end();
});

t.test('all that a choice says must be true', (t) => {
  const one: Subject = { namespace: 'x', labels: { a: '1' }, namespaceLabels: { b: '2' } };
  const nothing: Choice = { ports: undefined, namespaces: undefined, namespace: undefined };
  t.ok(isChosen(one, nothing));
  t.ok(isChosen(one, { ports: { matchLabels: { a: '1' } }, namespaces: { matchLabels: { b: '2' } }, namespace: 'x' }));
  t.notOk(isChosen(one, { ...nothing, namespace: 'y' }));
  t.notOk(isChosen(one, { ...nothing, ports: { matchLabels: { b: '2' } } }));
  t.notOk(isChosen(one, { ...nothing, namespaces: { matchLabels: { a: '1' } } }));
  t.end();
});
