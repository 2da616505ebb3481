import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { linkLocalOf } from '../../../src/address/mac.ts';
import { formatIp } from '../../../src/address/ip.ts';
import { changesOfStep, cluster, forEachExpectation, portHere, readTruthCases } from '../../harness/truth-tables.ts';
import { namespace, network, networkPolicy, policy, port, trunk } from '../intent/resources.ts';
import { connection, nothingPlayed, played, type Played } from './compiled.ts';
import { decidingRule, verdictOf } from './table-judge.ts';

const protocolNumbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };
type Fields = Record<string, unknown>;

function labelled(resource: Fields, labels: Record<string, string>): Fields {
  return { ...resource, metadata: { ...(resource['metadata'] as Fields), labels } };
}
const dev = network('dev', { subnets: ['10.0.0.0/8', 'fd00::/64'] });
const host = (name: string, last: number, labels: Record<string, string> = {}, spec: Fields = {}): Fields =>
  labelled(port(name, { addresses: [`10.0.0.${last}/8`, `fd00::${last}/64`], mac: `02:00:00:00:00:0${last}`, ...spec }), labels);
const allow = (more: Fields = {}): Fields => ({ action: 'allow', ...more });
const drop = (more: Fields = {}): Fields => ({ action: 'drop', ...more });
/** Ports a (10.0.0.1) and b (10.0.0.2) and whatever else. */
const scene = (...more: readonly unknown[]): Played => played(nothingPlayed, [dev, host('a', 1, { app: 'a' }), host('b', 2, { app: 'b' }), ...more]);
const tcp = (world: Played, value = 80): string => connection(world, 'a', '10.0.0.1', 'b', '10.0.0.2', 'tcp', value);

t.test('the truth tables of NetworkPolicy hold in the tables, step by step', (t) => {
  let count = 0;
  const wrong: string[] = [];
  for (const { id, steps } of readTruthCases()) {
    let world = played(nothingPlayed, [cluster]);
    steps.forEach((step, index) => {
      const { put, deleted } = changesOfStep(step);
      world = played(world, put, deleted);
      const { running, allocations: { portIds } } = world;
      forEachExpectation(step, (from, to, protocol, value, side, isAllowed) => {
        const packet = { network: 1, source: from.ip, destination: to.ip, protocol: protocolNumbers[protocol]!, value };
        const egress = side === 'ingress' || verdictOf(running, portIds[portHere(from)]!, 'egress', packet) === 'allow';
        const ingress = side === 'egress' || verdictOf(running, portIds[portHere(to)]!, 'ingress', packet) === 'allow';
        count += 1;
        if ((egress && ingress) !== isAllowed && wrong.length < 20) wrong.push(`case ${id} step ${index}: ${from.pod} to ${to.pod} ${protocol}/${value} ${side}, wanted ${isAllowed}`);
      });
    });
  }
  t.strictSame(wrong, []);
  t.equal(count, 3 * 123_669, 'of each expectation both sides and their sum');
  t.end();
});

t.test('the examples on the page do what the page says', (t) => {
  const page = readFileSync(new URL('../../../../src/intent/policies.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```yaml\n([^`]*)```/g)].map((match) => parse(match[1]!) as Fields);
  t.strictSame(examples.map(({ kind }) => kind), ['Policy', 'Port', 'NetworkPolicy']);
  const [web, webPort, db] = examples as [Fields, Fields, Fields];
  const world = played(nothingPlayed, [
    dev, host('lb', 1, { app: 'lb' }), { ...webPort, spec: { ...(webPort['spec'] as Fields), addresses: ['10.0.0.2/8'] } }, web, db,
    namespace('shop', { team: 'shop' }), host('shop/web', 3, { app: 'web' }), host('shop/db', 4, { app: 'db' }), host('shop/other', 5),
  ]);
  const toWeb = (source: string, protocol: string, value: number): string => connection(world, 'lb', source, 'web-1', '10.0.0.2', protocol, value);
  t.strictSame([toWeb('10.0.0.1', 'tcp', 443), toWeb('10.0.0.1', 'tcp', 8100), toWeb('10.0.0.1', 'tcp', 8080), toWeb('10.0.0.1', 'icmp', 0x800), toWeb('10.9.0.1', 'tcp', 443)], ['allow', 'allow', 'allow', 'allow', 'allow']);
  t.strictSame([toWeb('10.0.0.1', 'tcp', 22), toWeb('10.1.0.1', 'tcp', 443), toWeb('11.0.0.1', 'tcp', 443)], ['drop', 'drop', 'drop']);
  const toDb = (from: string, source: string, value: number): string => connection(world, from, source, 'shop/db', '10.0.0.4', 'tcp', value);
  t.strictSame([toDb('shop/web', '10.0.0.3', 5432), toDb('shop/web', '10.0.0.3', 5433), toDb('shop/other', '10.0.0.5', 5432), toDb('lb', '10.0.0.1', 5432)], ['allow', 'drop', 'drop', 'drop']);
  t.end();
});

t.test('without policies the network decides, and no table is filled', (t) => {
  const world = scene();
  t.equal(tcp(world), 'allow');
  for (const table of ['addressSets', 'prefixSets', 'serviceSets', 'rules', 'portPolicies'] as const) t.equal(world.tables[table].size, 0, table);
  t.equal(tcp(played(world, [network('dev', { subnets: ['10.0.0.0/8', 'fd00::/64'], defaultPolicy: { ingress: 'drop' } })])), 'drop');
  t.end();
});

t.test('tiers from the top, orders and names in them, rules as written; the first that matches decides', (t) => {
  const toB = { ports: { matchLabels: { app: 'b' } } };
  const rule = (name: string, tier: string, order: number | undefined, action: string): Fields => policy(name, toB, { tier, ...(order !== undefined && { order }), ingress: [{ action }] });
  t.equal(tcp(scene(rule('x', 'baseline', 1, 'drop'), rule('y', 'emergency', 900, 'allow'))), 'allow');
  t.equal(tcp(scene(rule('x', 'application', 5, 'drop'), rule('y', 'application', 4, 'allow'))), 'allow');
  t.equal(tcp(scene(rule('x', 'application', undefined, 'drop'), rule('w', 'application', 100, 'allow'))), 'allow', 'equal orders by name; absent: 100');
  t.equal(tcp(scene(rule('x', 'infrastructure', 1, 'reject'), rule('y', 'environment', 0, 'allow'))), 'reject');
  t.equal(tcp(scene(policy('x', toB, { ingress: [drop({ protocols: [{ tcp: [81] }] }), allow(), drop()] }))), 'allow');
  t.equal(tcp(scene(policy('x', { ports: { matchLabels: { app: 'a' } } }, { egress: [drop({ to: [{ ports: { matchLabels: { app: 'b' } } }] })] }))), 'drop', 'both ends are asked');
  t.end();
});

t.test('pass leaves the tier with its defaults, a default decides in its tier', (t) => {
  const baseline = policy('z', {}, { tier: 'baseline', ingress: [{ action: 'reject' }] });
  t.equal(tcp(scene(baseline, policy('x', {}, { ingress: [{ action: 'pass' }], default: { ingress: 'allow' } }))), 'reject');
  t.equal(tcp(scene(baseline, policy('x', {}, { ingress: [drop({ protocols: [{ udp: [1] }] })], default: { ingress: 'allow' } }))), 'allow');
  t.equal(tcp(scene(baseline, policy('x', {}, { default: { egress: 'drop' } }))), 'drop');
  t.equal(tcp(scene(baseline, policy('x', {}, { default: { ingress: 'drop' } }), policy('w', {}, { order: 1, default: { ingress: 'allow' } }))), 'allow', 'the first default stated');
  t.equal(tcp(scene(baseline, policy('x', {}, { order: 1, default: { ingress: 'allow' } }), policy('w', {}, { order: 2, ingress: [drop()] }))), 'drop', 'any rule of the tier goes before any default of it');
  t.end();
});

t.test('NetworkPolicies stand before baseline, isolate for good, and let in the host', (t) => {
  const node = network('dev', { subnets: ['10.0.0.0/8', 'fd00::/64'], nodeAddresses: ['10.0.0.254'] });
  const world = played(nothingPlayed, [node, host('a', 1), host('b', 2), networkPolicy('deny'), policy('z', {}, { tier: 'baseline', ingress: [allow()] })]);
  t.equal(tcp(world), 'drop');
  t.equal(connection(world, 'a', '10.0.0.254', 'b', '10.0.0.2', 'tcp', 80), 'allow');
  const packet = { network: 1, source: '10.0.0.1', destination: '10.0.0.2', protocol: 6, value: 80 };
  const list = world.running.portPolicies.get(world.allocations.portIds['default/b']!)!.ingress;
  const nameOf = (source: string): unknown => world.tables.ruleNames.get(decidingRule(world.running, list, { ...packet, source })!.id);
  t.strictSame(nameOf('10.0.0.1'), { policy: 'NetworkPolicy/default/deny', rule: 'default', tier: 'networkPolicy', direction: 'ingress', action: 'drop' });
  t.strictSame(nameOf('10.0.0.254'), { policy: 'Network/dev', rule: 'nodeAddresses', tier: 'networkPolicy', direction: 'ingress', action: 'allow' });
  t.equal(tcp(played(world, [policy('x', {}, { ingress: [allow()] })])), 'allow', 'application decides before');
  const moved = played(world, [network('dev', { subnets: ['10.0.0.0/8', 'fd00::/64'], nodeAddresses: ['10.0.0.253'] })]);
  t.equal(connection(moved, 'a', '10.0.0.254', 'b', '10.0.0.2', 'tcp', 80), 'drop');
  t.equal(connection(moved, 'a', '10.0.0.253', 'b', '10.0.0.2', 'tcp', 80), 'allow');
  const bare = played(moved, [dev]);
  t.equal(connection(bare, 'a', '10.0.0.253', 'b', '10.0.0.2', 'tcp', 80), 'drop');
  t.end();
});

t.test('peers are ports by labels and namespaces, prefixes, networks, and all that stands in one entry', (t) => {
  const from = (...peers: Fields[]): Played => played(nothingPlayed, [
    dev, namespace('shop', { team: 'shop' }), host('shop/a', 1, { app: 'a' }), host('b', 2), host('c', 3, { app: 'a' }),
    policy('x', { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }, { ingress: [allow({ from: peers })], default: { ingress: 'drop' } }),
  ]);
  const verdicts = (...peers: Fields[]): string => {
    const world = from(...peers);
    const one = (source: string): string => connection(world, 'shop/a', source, 'b', '10.0.0.2', 'tcp', 80)[0]!;
    return `${one('10.0.0.1')} ${one('10.0.0.3')} ${one('10.9.9.9')}`;
  };
  t.equal(verdicts({ ports: { matchLabels: { app: 'a' } } }), 'a a d');
  t.equal(verdicts({ ports: {} }), 'a a d');
  t.equal(verdicts({ ports: { matchLabels: { app: 'a' } }, namespaces: { matchLabels: { team: 'shop' } } }), 'a d d');
  t.equal(verdicts({ namespaces: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] } }), 'd a d');
  t.equal(verdicts({ cidr: '10.0.0.0/8' }), 'a a a');
  t.equal(verdicts({ cidr: '10.0.0.0/8', except: ['10.0.0.0/31', '10.9.0.0/16'] }), 'd a d');
  t.equal(verdicts({ ports: {}, cidr: '10.0.0.0/31' }), 'a d d', 'ports, as far as they are in the prefix');
  t.equal(verdicts({ networks: ['dev'] }), 'a a a');
  t.equal(verdicts({ cidr: '10.9.0.0/16' }, { ports: { matchLabels: { app: 'a' } }, namespaces: { matchLabels: { team: 'shop' } } }), 'a d a', 'entries are alternatives');
  t.end();
});

t.test('a port has its IPv6 addresses, too, with the one that its host derives from the MAC', (t) => {
  const world = scene(policy('x', { ports: { matchLabels: { app: 'b' } } }, { ingress: [allow({ from: [{ ports: { matchLabels: { app: 'a' } } }] })], default: { ingress: 'drop' } }));
  const [a, b] = ['02:00:00:00:00:01', '02:00:00:00:00:02'].map((mac) => formatIp(linkLocalOf(mac)));
  t.equal(connection(world, 'a', 'fd00::1', 'b', 'fd00::2', 'tcp', 80), 'allow');
  t.equal(connection(world, 'a', a!, 'b', b!, 'tcp', 80), 'allow');
  t.equal(connection(world, 'a', 'fe80::1', 'b', b!, 'tcp', 80), 'drop');
  const taken = played(world, [host('c', 3, {}, { addresses: [`${a}/64`] })]);
  t.equal(connection(taken, 'a', a!, 'b', b!, 'tcp', 80), 'drop', 'what another port declares is its own');
  t.equal(connection(played(taken, [], [{ kind: 'Port', name: 'c' }]), 'a', a!, 'b', b!, 'tcp', 80), 'allow', 'until it is gone');
  t.end();
});

t.test('names of ports resolve at the destination', (t) => {
  const named = (last: number, name: string, number: number): Fields => host(name, last, {}, { namedPorts: [{ name: 'http', port: number }, { name: 'web', port: number }, { name: 'http', protocol: 'udp', port: 9 }] });
  const world = played(nothingPlayed, [
    dev, host('a', 1), named(2, 'b', 8080), named(3, 'c', 80),
    policy('x', {}, { egress: [allow({ protocols: [{ tcp: ['http', 22] }] })], default: { egress: 'drop' } }),
  ]);
  const one = (to: string, address: string, protocol: string, value: number): string => connection(world, 'a', '10.0.0.1', to, address, protocol, value);
  t.strictSame([one('b', '10.0.0.2', 'tcp', 8080), one('b', '10.0.0.2', 'tcp', 80), one('c', '10.0.0.3', 'tcp', 80), one('c', 'fd00::3', 'tcp', 80), one('c', '10.0.0.3', 'udp', 9), one('b', '10.0.0.2', 'tcp', 22)],
    ['allow', 'drop', 'allow', 'allow', 'drop', 'allow']);
  const renamed = played(world, [host('b', 2, {}, { namedPorts: [{ name: 'http', port: 81 }] })]);
  t.equal(connection(renamed, 'a', '10.0.0.1', 'b', '10.0.0.2', 'tcp', 8080), 'drop');
  t.equal(connection(renamed, 'a', '10.0.0.1', 'b', '10.0.0.2', 'tcp', 81), 'allow');
  t.equal(played(renamed, [], [{ kind: 'Policy', name: 'x' }]).running.serviceSets.size, 0);
  t.end();
});

t.test('the names of ports go with an address to the port that declares it', (t) => {
  const derived = formatIp(linkLocalOf('02:00:00:00:00:02'));
  const world = played(nothingPlayed, [
    dev, host('a', 1), host('b', 2, {}, { namedPorts: [{ name: 'http', port: 80 }] }), policy('x', {}, { egress: [allow({ protocols: [{ tcp: ['http'] }] })], default: { egress: 'drop' } }),
  ]);
  const reaches = (one: Played, to: string): string => connection(one, 'a', 'fd00::1', to, derived, 'tcp', 80);
  t.equal(reaches(world, 'b'), 'allow');
  const taken = played(world, [host('c', 3, {}, { addresses: [`${derived}/64`] })]);
  t.equal(reaches(taken, 'c'), 'drop', 'c has no such name');
  t.equal(reaches(played(taken, [], [{ kind: 'Port', name: 'c' }]), 'b'), 'allow', 'and comes back with it');
  t.end();
});

t.test('of a trunk, a policy judges what passes in its networks', (t) => {
  const world = played(nothingPlayed, [
    network('dev', { vlan: 1, subnets: ['10.0.0.0/24'] }), network('prod', { vlan: 2, subnets: ['10.0.1.0/24'] }),
    trunk('t', ['dev', 'prod'], { addresses: ['10.0.0.9/24', '10.0.1.9/24'] }), port('a', { addresses: ['10.0.0.1/24'] }), port('c', { network: 'prod', addresses: ['10.0.1.1/24'] }),
    policy('x', { networks: ['dev'] }, { ingress: [drop({ protocols: [{ tcp: [22] }] })], egress: [drop({ protocols: [{ tcp: [23] }] })], default: { ingress: 'reject' } }),
    policy('y', {}, { order: 200, default: { ingress: 'drop' } }),
  ]);
  const inDev = (value: number): string => connection(world, 'a', '10.0.0.1', 't', '10.0.0.9', 'tcp', value);
  const inProd = (value: number): string => connection(world, 'c', '10.0.1.1', 't', '10.0.1.9', 'tcp', value, 'prod');
  t.strictSame([inDev(22), inDev(80), inProd(22), inProd(80)], ['drop', 'reject', 'drop', 'drop']);
  t.equal(connection(world, 't', '10.0.1.9', 'c', '10.0.1.1', 'tcp', 23, 'prod'), 'drop', 'by the default of y, at the receiver');
  const open = played(world, [], [{ kind: 'Policy', name: 'y' }]);
  t.strictSame([connection(open, 'c', '10.0.1.1', 't', '10.0.1.9', 'tcp', 22, 'prod'), connection(open, 't', '10.0.1.9', 'c', '10.0.1.1', 'tcp', 23, 'prod'), connection(open, 't', '10.0.0.9', 'a', '10.0.0.1', 'tcp', 23)], ['allow', 'allow', 'drop']);
  t.end();
});

t.test('what is not enforced stands in lists of its own', (t) => {
  const world = scene(policy('audit', { ports: { matchLabels: { app: 'b' } } }, { tier: 'emergency', enforce: false, established: 'kill', ingress: [drop({ log: true })] }), policy('x', {}, { ingress: [allow()] }));
  t.equal(tcp(world), 'allow');
  const { ingress, egress, ingressAudit, egressAudit } = world.running.portPolicies.get(world.allocations.portIds['default/b']!)!;
  t.strictSame([egress, egressAudit], [0, 0]);
  t.strictSame(world.running.rules.get(ingressAudit)!.rules.map(({ flags, action }) => [flags, action]), [[1 | 2 | 8, 1], [0, 0]]);
  t.equal(world.running.rules.get(ingress)!.rules.length, 1);
  t.match(world.running.portPolicies.get(world.allocations.portIds['default/a']!), { ingress, ingressAudit: 0 }, 'who is not selected by it has none, and shares the rest');
  t.end();
});

t.test('a change of a port concerns its own addresses, and no rule', (t) => {
  const before = scene(host('c', 3), policy('x', {}, { ingress: [allow({ from: [{ ports: { matchLabels: { app: 'a' } } }] })], default: { ingress: 'drop' } }));
  const { edits } = played(before, [host('c', 3, { app: 'a' })]);
  t.strictSame(edits.map(({ edit }) => edit), ['PutAddressSets', 'PutAddressSets', 'PutAddressSets']);
  t.strictSame(played(before, [host('c', 3)]).edits, []);
  const gone = played(before, [], [{ kind: 'Port', name: 'a' }]);
  t.strictSame(gone.edits.map(({ edit }) => edit), ['DeletePort', 'DeleteAddressSets', 'DeleteAddressSets', 'DeleteAddressSets']);
  t.end();
});

t.test('a rule that came is spliced in, and the others keep their numbers', (t) => {
  const rule = (value: number, name?: string): Fields => allow({ protocols: [{ tcp: [value] }], ...(name !== undefined && { name }) });
  const before = scene(policy('x', {}, { ingress: [rule(1), rule(2), rule(3, 'three')] }), policy('y', {}, { order: 500, ingress: [drop()] }));
  const inside = played(before, [policy('x', {}, { ingress: [rule(1), rule(9), rule(2), rule(3, 'three')] })]);
  t.match(inside.edits, [{ edit: 'SpliceRules', at: 1, removed: 0, inserted: [{ services: [{ first: 9 }] }] }]);
  t.equal(inside.edits.length, 1);
  const second = played(before, [policy('w', {}, { order: 50, ingress: [rule(7)] })]);
  t.match(second.edits, [{ edit: 'SpliceRules', at: 0, removed: 0 }], 'another policy, too, where nobody else needs the old list');
  const changed = played(before, [policy('x', {}, { ingress: [rule(1), rule(2), rule(4, 'three')] })]);
  const idOf = ({ tables: { rules } }: Played, at: number): number => [...rules.values()][0]!.rules[at]!.id;
  t.equal(idOf(changed, 2), idOf(before, 2), 'a rule is known by its name');
  t.equal(idOf(inside, 2), idOf(before, 1), 'and without one by what it says');
  t.equal(inside.tables.ruleNames.get(idOf(inside, 2))?.rule, 'ingress[2]');
  t.strictSame(before.tables.ruleNames.get(idOf(before, 1))?.rule, 'ingress[1]', 'what was compiled before is as it was');
  t.end();
});

t.test('labels of namespaces may change at any time', (t) => {
  const deny = networkPolicy('deny', { ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }] }] });
  const world = played(nothingPlayed, [dev, host('shop/a', 1), host('b', 2), deny]);
  const verdict = (one: Played): string => connection(one, 'shop/a', '10.0.0.1', 'b', '10.0.0.2', 'tcp', 80);
  t.equal(verdict(world), 'drop', 'an undeclared one has its name');
  const labelled = played(world, [namespace('shop', { team: 'shop' })]);
  t.equal(verdict(labelled), 'allow');
  t.strictSame(labelled.edits.map(({ edit }) => edit), ['PutAddressSets', 'PutAddressSets', 'PutAddressSets']);
  t.equal(verdict(played(labelled, [], [{ kind: 'Namespace', name: 'shop' }])), 'drop');
  const byName = networkPolicy('deny', { ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] }] });
  t.equal(verdict(played(labelled, [byName])), 'allow', 'every namespace has its name as a label, whatever it declares');
  t.equal(verdict(played(world, [byName])), 'allow');
  t.end();
});

t.test('when all policies go, so does all that they needed', (t) => {
  const world = scene(policy('x', {}, { ingress: [allow({ from: [{ ports: {} }, { cidr: '10.0.0.0/8' }], protocols: [{ tcp: ['http'] }] })] }), networkPolicy('deny'));
  const { running } = played(world, [], [{ kind: 'Policy', name: 'x' }, { kind: 'NetworkPolicy', name: 'deny' }]);
  for (const table of ['addressSets', 'prefixSets', 'serviceSets', 'rules', 'portPolicies'] as const) t.equal(running[table].size, 0, table);
  t.end();
});
