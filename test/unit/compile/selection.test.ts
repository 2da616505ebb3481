import t, { type Test } from 'tap';
import { Selection } from '../../../src/compile/selection.ts';
import { emptyTableSet } from '../../../src/table/table-set.ts';
import { namespace, network, networkPolicy, policy, port, trunk } from '../intent/resources.ts';
import { nothingPlayed, played, type Played } from './compiled.ts';

type Fields = Record<string, unknown>;

function labelled(resource: Fields, labels: Record<string, string>): Fields {
  return { ...resource, metadata: { ...(resource['metadata'] as Fields), labels } };
}
const of = ({ intent, allocations, tables }: Played): Selection => new Selection(intent, allocations, tables);
const app = (value: string): Fields => ({ ports: { matchLabels: { app: value } } });
const scene = played(nothingPlayed, [
  network('dev', { vlan: 1 }), network('ops', { vlan: 2 }), labelled(namespace('shop'), { team: 'shop' }),
  labelled(port('web-2'), { app: 'web' }), labelled(port('web-1'), { app: 'web' }), labelled(port('shop/web'), { app: 'web' }),
  labelled(port('db'), { app: 'db' }), labelled(port('lonely', { network: 'ops' }), { app: 'web' }), trunk('uplink', ['dev', 'ops']),
  policy('web', app('web')), policy('all'), policy('nobody', app('wbe')), policy('ops', { networks: ['ops'] }),
  policy('audited', app('db'), { enforce: false, default: { ingress: 'drop' } }),
  networkPolicy('shop/pods'), networkPolicy('pods', { podSelector: { matchLabels: { app: 'web' } } }), networkPolicy('none', { podSelector: { matchLabels: { app: 'x' } } }),
]);

/** What the policy selects, which must be as many as are counted. */
function selected(t: Test, world: Played, name: string): string[] {
  const names = of(world).namesOf(name);
  t.equal(of(world).countOf(name), names.length, `${name} is counted as it is listed`);
  return names;
}

t.test('a policy selects ports by labels, namespaces and networks', (t) => {
  t.strictSame(selected(t, scene, 'Policy/web'), ['lonely', 'shop/web', 'web-1', 'web-2'], 'in the order of the names that people read');
  t.strictSame(selected(t, scene, 'Policy/all'), ['db', 'lonely', 'shop/web', 'uplink', 'web-1', 'web-2']);
  t.strictSame(selected(t, scene, 'Policy/ops'), ['lonely', 'uplink'], 'a trunk counts where one of its networks is meant');
  t.strictSame(selected(t, scene, 'Policy/audited'), ['db'], 'an audited policy selects, too');
  t.strictSame(selected(t, scene, 'NetworkPolicy/shop/pods'), ['shop/web']);
  t.strictSame(selected(t, scene, 'NetworkPolicy/default/pods'), ['lonely', 'web-1', 'web-2'], 'ports of its namespace alone');
  t.end();
});

t.test('what selects nothing says 0', (t) => {
  for (const name of ['Policy/nobody', 'NetworkPolicy/default/none', 'Policy/unknown']) t.strictSame(selected(t, scene, name), []);
  t.equal(new Selection(scene.intent, scene.allocations, emptyTableSet).countOf('Policy/web'), 0);
  t.strictSame(new Selection(scene.intent, scene.allocations, emptyTableSet).namesOf('Policy/web'), []);
  t.end();
});

t.test('it follows labels of ports and namespaces, and who came and went', (t) => {
  const relabelled = played(scene, [labelled(port('db'), { app: 'wbe' }), labelled(port('web-3'), { app: 'web' })], [{ kind: 'Port', name: 'web-1' }]);
  t.strictSame(selected(t, relabelled, 'Policy/nobody'), ['db']);
  t.strictSame(selected(t, relabelled, 'Policy/audited'), []);
  t.strictSame(selected(t, relabelled, 'Policy/web'), ['lonely', 'shop/web', 'web-2', 'web-3']);
  const ofTeam = played(relabelled, [policy('web', { namespaces: { matchLabels: { team: 'shop' } } })]);
  t.strictSame(selected(t, ofTeam, 'Policy/web'), ['shop/web']);
  t.strictSame(selected(t, played(ofTeam, [namespace('shop')]), 'Policy/web'), []);
  t.strictSame(selected(t, played(ofTeam, [], [{ kind: 'Policy', name: 'web' }]), 'Policy/web'), []);
  t.end();
});
