/** Intents of a chosen size, and what the control layer makes of them: what the suites here begin with. */
import { emptyIntent, type Intent } from '../../src/intent/intent.ts';
import type { PolicyResource, RuleSpec } from '../../src/intent/policy.ts';
import type { PortResource } from '../../src/intent/port.ts';
import { SharedMap } from '../../src/shared-map.ts';

/** So many memory ports, spread over as many networks as hold a thousand each. */
export function intentOf(ports: number): Intent {
  const networks = Math.ceil(ports / 1000);
  const networkEntries = Array.from({ length: networks }, (_, index) => [
    `net-${index}`,
    { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: `net-${index}` }, spec: { subnets: [`10.${index}.0.0/16`, `fd00:${index}::/64`] } },
  ] as const);
  const portEntries = Array.from({ length: ports }, (_, index) => [`default/port-${index}`, portOf(index)] as const);
  return { ...emptyIntent, networks: new SharedMap(new Map(networkEntries)), ports: new SharedMap(new Map(portEntries)) };
}

/** The same intent, with one port that may learn fewer MACs, which needs no other allocations. */
export function withOneChange(intent: Intent): Intent {
  return { ...intent, ports: new SharedMap(intent.ports).set('default/port-0', oneChange()) };
}

/** With one port that takes another MAC, so that allocations are gone through anew. */
export function withAnotherMac(intent: Intent): Intent {
  const port = portOf(0);
  return { ...intent, ports: new SharedMap(intent.ports).set('default/port-0', { ...port, spec: { ...port.spec, mac: '02:aa:00:00:00:01' } }) };
}

export function oneChange(): PortResource {
  const port = portOf(0);
  return { ...port, spec: { ...port.spec, limits: { macs: 16 } } };
}

function portOf(index: number): PortResource {
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `port-${index}`, labels: { app: `app-${index % 10}` } },
    spec: { network: `net-${Math.floor(index / 1000)}`, type: 'memory' },
  };
}

/** The same ports in so many groups by their label, and policies for each group: from another group, and from a prefix. */
export function withGroups(intent: Intent, groups: number, policies: number): Intent {
  const ports = new SharedMap<string, PortResource>();
  [...intent.ports.keys()].sort().forEach((key, index) => ports.set(key, inGroup(intent.ports.get(key)!, index % groups)));
  return { ...intent, ports, policies: policiesOf(Array.from({ length: policies }, (_, index) => policyOf(`policy-${index}`, { matchLabels: { group: `group-${index % groups}` } }, [
    { name: 'group', action: 'allow', from: [{ ports: { matchLabels: { group: `group-${(7 * index) % groups}` } } }], protocols: [{ tcp: [80 + index] }] },
    { name: 'prefix', action: 'allow', from: [{ cidr: `10.${index % 256}.0.0/16` }], protocols: [{ udp: [53] }] },
  ]))) };
}

/** So many policies for every port, of so many rules each. */
export function withManyRules(intent: Intent, policies: number, rules: number): Intent {
  return { ...intent, policies: policiesOf(Array.from({ length: policies }, (_, policy) => policyOf(`policy-${policy}`, {}, Array.from({ length: rules }, (_, index): RuleSpec => ({
    name: `rule-${index}`, action: 'allow', from: [{ cidr: `${11 + policy}.${index >> 8}.${index & 255}.0/24` }], protocols: [{ tcp: [index] }],
  }))))) };
}

/** One port that changes its group. */
export function inAnotherGroup(intent: Intent): Intent {
  const key = 'default/port-0';
  return { ...intent, ports: new SharedMap(intent.ports).set(key, inGroup(intent.ports.get(key)!, 7)) };
}

/** One policy with a rule more. */
export function withOneRuleMore(intent: Intent): Intent {
  const key = 'policy-50';
  const { spec, ...rest } = structuredClone(intent.policies.get(key)!);
  return { ...intent, policies: new SharedMap(intent.policies).set(key, { ...rest, spec: { ...spec, ingress: [{ name: 'first', action: 'drop', from: [{ cidr: '9.9.9.9/32' }] }, ...spec.ingress!] } }) };
}

function inGroup(port: PortResource, group: number): PortResource {
  return { ...port, metadata: { ...port.metadata, labels: { group: `group-${group}` } } };
}

function policyOf(name: string, ports: PolicyResource['spec']['appliesTo']['ports'] & object, ingress: readonly RuleSpec[]): PolicyResource {
  return { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name }, spec: { appliesTo: { ports }, ingress, default: { ingress: 'drop' } } };
}

function policiesOf(policies: readonly PolicyResource[]): SharedMap<string, PolicyResource> {
  return new SharedMap(new Map(policies.map((policy) => [policy.metadata.name, policy])));
}
