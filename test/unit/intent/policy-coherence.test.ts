import t from 'tap';
import type { NetworkPolicyResource } from '../../../src/intent/network-policy.ts';
import type { NetworkResource } from '../../../src/intent/network.ts';
import { checkNetworkPolicy, checkPolicy } from '../../../src/intent/policy-coherence.ts';
import type { PolicyResource } from '../../../src/intent/policy.ts';
import { network, networkPolicy, policy } from './resources.ts';

const known = { networks: new Map([['dev', network('dev')]]) as unknown as ReadonlyMap<string, NetworkResource>, broken: new Set(['broken']) };

function told(appliesTo: Record<string, unknown>, spec: Record<string, unknown> = {}): string[] {
  const lines: string[] = [];
  checkPolicy(policy('x', appliesTo, spec) as unknown as PolicyResource, known, (field, message, remedy) => lines.push(`${field}: ${message}; ${remedy}`));
  return lines;
}
const from = (...peers: Record<string, unknown>[]): string[] => told({}, { ingress: [{ action: 'allow', from: peers }] });
function toldOf(spec: Record<string, unknown>): string[] {
  const lines: string[] = [];
  checkNetworkPolicy(networkPolicy('a', spec) as unknown as NetworkPolicyResource, (field, message, remedy) => lines.push(`${field}: ${message}; ${remedy}`));
  return lines;
}

t.test('networks that a policy names are there', (t) => {
  t.strictSame(told({ networks: ['dev', 'broken'] }), []);
  t.match(told({ networks: ['dve', 'dev', 'dev'] }), [/^\/appliesTo\/networks\/0: there is no network dve; did you mean dev\?/, /listed twice/]);
  t.match(told({ networks: [] }), [/an empty list of networks says neither any nor none/]);
  t.match(from({ networks: ['ops'] }), [/^\/ingress\/0\/from\/0\/networks\/0: there is no network ops; add a Network named ops/]);
  t.end();
});

t.test('rules have names of their own', (t) => {
  const rule = (name?: string): Record<string, unknown> => ({ action: 'allow', ...(name !== undefined && { name }) });
  t.strictSame(told({}, { ingress: [rule('a'), rule(), rule()], egress: [rule('a')] }), []);
  t.match(told({}, { ingress: [rule('a'), rule('b'), rule('a')], egress: [rule('default')] }), [/^\/ingress\/2\/name: a is already the name of ingress\[0\]/, /^\/egress\/0\/name: default is how/]);
  t.end();
});

t.test('a list is not empty, and an entry says something', (t) => {
  t.match(from(), [/^\/ingress\/0\/from: an empty list says neither anyone nor nobody; leave from out/]);
  t.match(told({}, { egress: [{ action: 'drop', to: [] }] }), [/^\/egress\/0\/to: .*leave to out/]);
  t.match(from({}), [/an entry that says nothing.*write \{ports: \{\}\} for every port/]);
  t.strictSame(from({ ports: {} }, { namespaces: {} }), []);
  t.match(from({ ports: { matchExpressions: [{ key: 'a', operator: 'In' }] } }), [/^\/ingress\/0\/from\/0\/ports\/matchExpressions\/0\/values/]);
  t.end();
});

t.test('a prefix begins with its first address, and exceptions are inside', (t) => {
  t.strictSame(from({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, { cidr: 'fd00::/8' }, { cidr: '0.0.0.0/0' }), []);
  t.match(from({ cidr: '10.0.0.1/8' }), [/^\/ingress\/0\/from\/0\/cidr: .*write 10.0.0.0\/8, or 10.0.0.1\/32 for the one address/]);
  t.match(from({ cidr: '10.0.0.0/8', except: ['11.0.0.0/16', '10.0.0.0/8', '0.0.0.0/0', 'fd00::/64', '10.1.0.1/16'] }), [
    /except\/0: 11.0.0.0\/16 is not inside/, /except\/1: .* excepts all of/, /except\/2: .*not inside/, /except\/3: .*not inside/, /except\/4: .*not the first address/,
  ]);
  t.match(from({ except: ['10.0.0.0/8'] }), [/^\/ingress\/0\/from\/0\/except: there is no cidr/]);
  t.end();
});

t.test('one rule has no more prefixes than can be sent', (t) => {
  const many = Array.from({ length: 66_000 }, (_, index) => ({ cidr: `${10 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.0/24` }));
  t.match(from(...many.slice(0, 65_000)), []);
  t.match(from(...many), [/makes 66000 prefixes, and one rule can have 65535; divide it/]);
  t.end();
});

t.test('of a NetworkPolicy, what Kubernetes refuses is refused', (t) => {
  t.strictSame(toldOf({ ingress: [{}, { from: [] }, { ports: [{ port: 80, endPort: 80 }] }], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.7/8', except: ['10.1.0.3/16'] } }] }], policyTypes: ['Ingress'] }), []);
  t.match(toldOf({ podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] } }), [/^\/podSelector\/matchExpressions\/0\/values/]);
  t.match(toldOf({ ingress: [{ from: [{}, { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/8'] } }] }] }), [/from\/0: an entry that says nothing/, /from\/1\/ipBlock: .*not both/, /except\/0: 11.0.0.0\/8 is not inside/]);
  t.match(toldOf({ egress: [{ ports: [{ port: '80' }, { port: 'A' }, { endPort: 9 }, { port: 'http', endPort: 9 }, { port: 9, endPort: 8 }] }] }), [
    /ports\/0\/port: .*without quotes: 80/, /ports\/1\/port: "A" is not the name/, /ports\/2\/endPort: a range begins/, /ports\/3\/endPort: a range begins/, /ports\/4\/endPort: 8 is smaller than port, 9/,
  ]);
  t.end();
});
