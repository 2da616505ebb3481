import t from 'tap';
import { allocate, heldBy, noAllocations } from '../../../src/compile/allocations.ts';
import { emptyIntent, resourcesOf } from '../../../src/intent/intent.ts';
import { intentWith, intentWithout } from '../../../src/intent/validate.ts';
import { changeBetween, dumpState, emptyState, readState, type State } from '../../../src/switch/state.ts';
import { namespace, network, networkPolicy, policy, port, tap } from '../intent/resources.ts';

function stateOf(...resources: unknown[]): State {
  const intent = intentWith(resources, emptyIntent, heldBy(noAllocations));
  return { intent, allocations: allocate(intent, noAllocations, 100), generationMax: 4711, processes: new Map([['default/b', '12345']]) };
}
const stored = (state: State): unknown => JSON.parse(JSON.stringify(dumpState(state)));

t.test('a state survives being written and read', (t) => {
  const state = stateOf(network('dev', { subnets: ['10.77.0.0/24', 'fd00:77::/64'] }), port('shop/a'), tap('b', { netns: 'pid:1' }), namespace('shop', { team: 'x' }));
  t.strictSame(resourcesOf(readState(stored(state)).intent), resourcesOf(state.intent));
  t.match(readState(stored(state)), { allocations: state.allocations, generationMax: 4711, processes: state.processes });
  t.strictSame(stored(readState(stored(state))), stored(state));
  t.end();
});

t.test('nothing stored is an empty state', (t) => {
  t.equal(readState(undefined), emptyState);
  t.end();
});

t.test('what was chosen for ports counts when the wish is read: a port may declare what another held', (t) => {
  const state = stateOf(network('dev', { subnets: ['10.77.0.0/30'] }), port('a'));
  const taken = state.allocations.addresses[0]!.address;
  const clashing = stored(state) as { resources: unknown[] };
  clashing.resources.push(port('thief', { addresses: [taken] }));
  t.throws(() => readState(clashing), { code: 'VSW_STATE', message: new RegExp(taken.split('/')[0]!) });
  t.end();
});

t.test('what does not hold together is refused with every reason, and a way out', (t) => {
  const good = stored(stateOf(network('dev'), port('a'))) as Record<string, unknown>;
  t.throws(() => readState({ ...good, resources: [port('a'), port('b')] }), { code: 'VSW_STATE', message: /\/0\/spec\/network: there is no network dev; \/1\/spec\/network: .*move it away to start empty/ });
  for (const [field, value] of [['resources', undefined], ['resources', 5], ['allocations', null], ['allocations', {}], ['processes', undefined], ['generationMax', undefined], ['generationMax', '7'], ['generationMax', -1]] as const) {
    t.throws(() => readState({ ...good, [field]: value }), { code: 'VSW_STATE', message: /does not hold together/ }, `${field}: ${String(value)}`);
  }
  for (const value of [null, 5, 'text', []]) t.throws(() => readState(value), { code: 'VSW_STATE' }, JSON.stringify(value));
  t.end();
});

t.test('a change between two states makes the one of the other, as it is stored', (t) => {
  const dev = network('dev', { subnets: ['10.77.0.0/24'] });
  const states: State[] = [emptyState];
  const go = (next: (state: State) => Partial<State>): void => {
    const before = states.at(-1)!;
    const after = { ...before, ...next(before) };
    states.push({ ...after, allocations: allocate(after.intent, before.allocations, 100, before.intent), generationMax: before.generationMax + 1 });
  };
  const put = (...resources: unknown[]) => ({ intent, allocations }: State): Partial<State> => ({ intent: intentWith(resources, intent, heldBy(allocations)) });
  go(put(dev, namespace('shop', { team: 'x' }), port('shop/a'), port('constructor')));
  go(put(port('shop/a', { mtu: 1400 }), port('b')));
  go(() => ({ processes: new Map([['default/b', '1']]) }));
  go(({ intent }) => ({ intent: intentWithout([{ kind: 'Port', name: 'constructor' }, { kind: 'Namespace', name: 'shop' }], intent), processes: new Map() }));
  go(put(port('c', { addresses: [] }), network('ops'), policy('p'), networkPolicy('n')));
  for (let first = 0; first < states.length; first += 1) {
    const changes = states.slice(first + 1).map((state, index) => JSON.parse(JSON.stringify(changeBetween(states[first + index]!, state))) as unknown);
    const read = readState(first === 0 ? undefined : stored(states[first]!), changes);
    t.strictSame(stored(read), stored(states.at(-1)!), `from ${first} on`);
  }
  t.notMatch(changeBetween(states[1]!, states[1]!), { allocations: {} }, 'what stays is not written');
  t.strictSame(changeBetween(states[1]!, { ...states[1]!, generationMax: 9 }), { resources: {}, generationMax: 9 });
  t.end();
});
