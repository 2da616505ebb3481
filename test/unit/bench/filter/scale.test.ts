import t from 'tap';
import { scalePolicy, scalePort, scaleResources } from '../../../../bench/filter/scale.ts';

const scale = { ports: 600, groups: 20, policies: 50 };

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: { readonly group: string } };
  readonly spec: { readonly addresses?: readonly string[]; readonly appliesTo?: { readonly ports: { readonly matchLabels: { readonly group: string } } } };
}

t.test('so many ports and policies, each its own, spread evenly over the groups', (t) => {
  const resources = scaleResources(scale) as Named[];
  const of = (kind: string): Named[] => resources.filter((resource) => resource.kind === kind);
  t.same([of('Network').length, of('Port').length, of('Policy').length], [1, 600, 50]);
  t.equal(new Set(resources.map(({ kind, metadata: { name } }) => `${kind} ${name}`)).size, 651);
  t.equal(new Set(of('Port').flatMap(({ spec: { addresses } }) => addresses)).size, 600);
  const groups = of('Port').map(({ metadata: { labels } }) => labels!.group);
  t.equal(new Set(groups).size, 20);
  for (const group of new Set(groups)) t.equal(groups.filter((other) => other === group).length, 30);
  const selected = of('Policy').map(({ spec: { appliesTo } }) => appliesTo!.ports.matchLabels.group);
  t.same(new Set(selected), new Set(groups), 'every group is judged by some policy');
  t.end();
});

t.test('a port in another group is the same port with another label', (t) => {
  const [here, there] = [scalePort(7, scale), scalePort(7, scale, 8)] as [Named, Named];
  t.same([here.metadata.labels, there.metadata.labels], [{ group: 'group-7' }, { group: 'group-8' }]);
  t.same({ ...there, metadata: here.metadata }, here);
  t.match(scalePolicy(7, scale), { spec: { ingress: [{ from: [{ ports: { matchLabels: { group: 'group-8' } } }] }, {}] } });
  t.end();
});
