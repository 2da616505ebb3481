import t from 'tap';
import { adoptRules, isOurRule, ownCopy, withRunningRules } from '../../../src/intent/shared-rules.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import { network, networkPolicy, policy, port } from './resources.ts';

const rule = (port: number): object => ({ action: 'allow', protocols: [{ tcp: [port] }] });

t.test('rules that are the same from the front and from behind stay the same objects', (t) => {
  const kept = ownCopy(policy('p', {}, { ingress: [rule(1), rule(2), rule(3), rule(4)] }) as { kind: string; spec: { ingress: object[] } });
  const { spec: running } = kept;
  t.notOk(running.ingress.some(isOurRule), 'nobody said yet that they are right');
  adoptRules(kept);
  const sent = { ingress: [rule(1), rule(9), rule(2), rule(3), rule(4)], egress: [rule(1)] };
  const shared = withRunningRules(sent, running);
  t.strictSame(shared, sent);
  t.strictSame(shared.ingress!.map((one) => running.ingress.indexOf(one)), [0, -1, 1, 2, 3]);
  t.strictSame(withRunningRules({ ingress: [] }, running).ingress, []);
  t.strictSame(withRunningRules({}, running), {});
  t.ok(running.ingress.every(isOurRule));
  t.notOk(isOurRule(sent.ingress[1]!));
  t.end();
});

t.test('what a program does with what it gave is nothing that happened to the intent', (t) => {
  for (const resource of [
    { ...port('a', { limits: { macs: 4 } }), metadata: { name: 'a', labels: { app: 'x' } } }, policy('p', { ports: { matchLabels: { app: 'x' } } }, { ingress: [{ action: 'allow', from: [{ ports: { matchLabels: { app: 'x' } } }] }] }),
    networkPolicy('n', { podSelector: { matchLabels: { app: 'x' } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'x' } } }] }] }),
  ]) {
    const before = intentWith([network('dev'), resource], emptyIntent, nothingHeld);
    const kept = JSON.stringify([...before.ports.values(), ...before.policies.values(), ...before.networkPolicies.values()]);
    for (const one of valuesIn(resource)) if ('app' in one) one['app'] = 'y';
    t.equal(JSON.stringify([...before.ports.values(), ...before.policies.values(), ...before.networkPolicies.values()]), kept);
    const after = intentWith([resource], before, nothingHeld);
    t.match(JSON.stringify([...after.ports.values(), ...after.policies.values(), ...after.networkPolicies.values()]), /"app":"y"/);
  }
  t.end();
});

t.test('a rule among many that is wrong or another is found, also in front of those that run', (t) => {
  const many = Array.from({ length: 100 }, (_, index) => rule(index));
  const before = intentWith([policy('p', {}, { ingress: many })], emptyIntent, nothingHeld);
  const errorsOf = (ingress: readonly unknown[]): unknown => {
    try {
      return intentWith([policy('p', {}, { ingress })], before, nothingHeld).policies.get('p')?.spec.ingress?.length;
    } catch (error) {
      return (error as { errors: { path: string }[] }).errors.map(({ path }) => path);
    }
  };
  t.strictSame(errorsOf([{ action: 'allow', protocols: [{ tcp: [70_000] }] }, ...many]), ['/0/spec/ingress/0/protocols/0/tcp/0']);
  t.strictSame(errorsOf([...many.slice(0, 50), { action: 'permit' }, ...many.slice(50)]), ['/0/spec/ingress/50/action']);
  t.strictSame(errorsOf([...many.slice(0, 50), rule(7), ...many.slice(50)]), 101);
  t.strictSame(errorsOf([...many, null]), ['/0/spec/ingress/100']);
  const backwards = { action: 'allow', protocols: [{ tcp: ['80-79'] }] };
  for (let time = 0; time < 2; time += 1) t.strictSame(errorsOf([...many, backwards]), ['/0/spec/ingress/100/protocols/0/tcp/0'], 'what was refused once is refused again');
  t.end();
});

function* valuesIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Record<string, unknown>;
  for (const member of Object.values(value)) yield* valuesIn(member);
}
