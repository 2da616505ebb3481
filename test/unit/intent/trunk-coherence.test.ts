import t from 'tap';
import type { NetworkResource } from '../../../src/intent/network.ts';
import type { PortSpec } from '../../../src/intent/port.ts';
import { checkMembership } from '../../../src/intent/trunk-coherence.ts';
import { network } from './resources.ts';

const networks = new Map<string, NetworkResource>([
  ['dev', network('dev', { vlan: 100 })], ['prod', network('prod', { vlan: 200 })], ['twin', network('twin', { vlan: 100 })],
  ['bare', network('bare')], ['carrier', network('carrier', { vlan: 300, carryTags: true })],
] as unknown as [string, NetworkResource][]);

function told(spec: PortSpec): { lines: string[]; areAllThere: boolean } {
  const lines: string[] = [];
  const areAllThere = checkMembership(spec, { networks, broken: new Set(['broken']) }, (field, message, remedy) => {
    t.ok(remedy.length > 0);
    lines.push(`${field} ${message}`);
  });
  return { lines, areAllThere };
}

t.test('one network or a trunk of several', (t) => {
  t.strictSame(told({ network: 'dev' }), { lines: [], areAllThere: true });
  t.strictSame(told({ trunk: { networks: ['dev', 'prod', 'bare'], native: 'bare' } }), { lines: [], areAllThere: true });
  t.strictSame(told({ trunk: { networks: ['dev', 'prod'], native: 'dev' } }).lines, [], 'the native one may have a tag elsewhere');
  t.match(told({}), { lines: [/^\/network network is missing/], areAllThere: false });
  t.match(told({ network: 'dev', trunk: { networks: ['dev', 'prod'] } }).lines, [/^\/trunk a port is in one network or a trunk of several, not both/]);
  t.match(told({ trunk: { networks: [] } }), { lines: [/^\/trunk\/networks a trunk of no networks/], areAllThere: false });
  t.end();
});

t.test('every network is there, once', (t) => {
  t.match(told({ network: 'deb' }), { lines: [/^\/network there is no network deb/], areAllThere: false });
  t.match(told({ trunk: { networks: ['dev', 'nowhere', 'dev'] } }), { lines: [/^\/trunk\/networks\/2 dev is listed twice/, /^\/trunk\/networks\/1 there is no network nowhere/], areAllThere: false });
  t.strictSame(told({ trunk: { networks: ['dev', 'broken'] } }), { lines: [], areAllThere: false }, 'what is wrong with it was told already');
  t.match(told({ trunk: { networks: ['dev', 'prod'], native: 'bare' } }).lines, [/^\/trunk\/native bare is not one of the trunk's networks/]);
  t.end();
});

t.test('every frame has the tag of one network', (t) => {
  t.match(told({ trunk: { networks: ['dev', 'bare'] } }).lines, [/^\/trunk\/networks\/1 network bare has no vlan/]);
  t.match(told({ trunk: { networks: ['dev', 'prod', 'twin'] } }).lines, [/^\/trunk\/networks\/2 networks dev and twin have the same vlan 100/]);
  t.match(told({ trunk: { networks: ['dev', 'twin'], native: 'dev' } }).lines, [/the same vlan 100/], 'a native network is known by its tag, too');
  t.match(told({ trunk: { networks: ['carrier', 'dev'], native: 'carrier' } }).lines, [/^\/trunk\/native network carrier carries its hosts' own tags/]);
  t.strictSame(told({ trunk: { networks: ['carrier', 'dev'], native: 'dev' } }).lines, []);
  t.match(told({ trunk: { networks: ['dev', 'twin', 'bare', 'prod'], native: 'gone' } }).lines.length, 3, 'all of it at once');
  t.end();
});
