import t from 'tap';
import { Selection } from '../../../src/compile/selection.ts';
import type { PortStatus } from '../../../src/intent/port.ts';
import { firstPortsMax, statusesOf } from '../../../src/switch/statuses.ts';
import { nothingPlayed, played } from '../compile/compiled.ts';
import { network, networkPolicy, policy, port } from '../intent/resources.ts';
import { opened } from './opened.ts';

const many = Array.from({ length: firstPortsMax + 3 }, (_, index) => port(`p-${String(index).padStart(2, '0')}`));
const resources = [network('dev'), network('ops'), ...many, policy('all'), policy('nobody', { ports: { matchLabels: { app: 'x' } } }), networkPolicy('pods'), networkPolicy('shop/pods')];

t.test('each kind has its own, and the others none', (t) => {
  const world = played(nothingPlayed, resources);
  const status: PortStatus = { state: 'waiting', generation: 0, mac: '', addresses: [], message: '' };
  const reader = { multicastOf: (name: string) => (name === 'dev' ? { ipv4: { querier: '', filtering: true }, ipv6: { querier: '', filtering: false } } : undefined) };
  const of = (isOne: boolean) => statusesOf(() => status, reader, new Selection(world.intent, world.allocations, world.tables), isOne);
  t.equal(of(false).Port!('default/p-00'), status);
  t.match(of(false).Network!('dev'), { multicast: { ipv4: { filtering: true } } });
  t.equal(of(false).Network!('ops'), undefined, 'there is nothing to tell');
  t.equal(of(false).Namespace, undefined);
  t.strictSame(of(false).Policy!('all'), { selectedPorts: many.length });
  t.strictSame(of(false).NetworkPolicy!('default/pods'), { selectedPorts: many.length });
  t.strictSame(of(true).Policy!('all'), { selectedPorts: many.length, firstPorts: many.slice(0, firstPortsMax).map(({ metadata }) => (metadata as { name: string }).name) });
  t.strictSame(of(true).NetworkPolicy!('shop/pods'), { selectedPorts: 0, firstPorts: [] });
  t.end();
});

t.test('a switch tells what each policy selects now, and its answer can be given back', async (t) => {
  const { virtualSwitch } = await opened(t);
  await virtualSwitch.apply(resources);
  const told = (kind: string): unknown => virtualSwitch.get(kind).map((one) => [one.metadata.name, (one as { status?: unknown }).status]);
  t.strictSame(told('Policy'), [['all', { selectedPorts: many.length }], ['nobody', { selectedPorts: 0 }]]);
  t.match(virtualSwitch.get('NetworkPolicy', 'shop/pods'), [{ status: { selectedPorts: 0, firstPorts: [] } }]);
  await virtualSwitch.detach('p-00');
  t.match(virtualSwitch.get('Policy', 'all'), [{ status: { selectedPorts: many.length - 1, firstPorts: ['p-01'] } }]);
  t.strictSame((await virtualSwitch.apply(virtualSwitch.get('Policy', 'all'))).changes, [], 'a status is nobody\'s wish');
});
