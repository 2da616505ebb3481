/** Worlds of policies by chance: few labels, few addresses and few ports, so that most of it meets. */
import fc from 'fast-check';
import type { FirstPacket, PolicyResource } from '../model/policy.ts';

type Fields = Record<string, unknown>;

/** One of them as every object inherits it. */
const keys = ['app', 'constructor'];
const values = ['a', 'b'];
const namespaces = ['default', 'shop', 'ops'];
const networks = ['dev', 'prod'];
const portNames = ['http', 'dns'];

const labels = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { maxKeys: 2 });
const expression = fc.oneof(
  fc.record({ key: fc.constantFrom(...keys), operator: fc.constantFrom('In', 'NotIn'), values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }) }),
  fc.record({ key: fc.constantFrom(...keys), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector: fc.Arbitrary<Fields> = fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) }, { requiredKeys: [] });
const namespaceSelector = fc.oneof(selector, fc.constantFrom(...namespaces).map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })));

/** 10.0.0.0/8 and parts of it around the few addresses that there are. */
const prefix = fc.constantFrom('10.0.0.0/8', '10.0.0.0/29', '10.0.0.0/30', '10.0.0.4/30', '10.0.0.2/32', '0.0.0.0/0', 'fd00::/64', 'fd00::2/127', '::/0', 'fe80::/10');
const holes: Readonly<Record<string, readonly string[]>> = { '10.0.0.0/8': ['10.0.0.0/30', '10.0.0.5/32'], '0.0.0.0/0': ['10.0.0.0/9'], 'fd00::/64': ['fd00::4/126'], '::/0': ['fe80::/10'] };
const block = prefix.chain((cidr) => fc.subarray([...(holes[cidr] ?? [])]).map((except) => ({ cidr, ...(except.length > 0 && { except }) })));

const peer: fc.Arbitrary<Fields> = fc.tuple(
  fc.record({ ports: selector, namespaces: namespaceSelector, networks: fc.uniqueArray(fc.constantFrom(...networks), { minLength: 1 }) }, { requiredKeys: [] }), fc.option(block, { nil: {} }),
).map(([rest, addresses]): Fields => ({ ...rest, ...addresses })).filter((one) => Object.keys(one).length > 0);

const portItem = fc.oneof(fc.constantFrom<number | string>(80, 81, 443, '80-81', '0-65535', '82-500'), fc.constantFrom(...portNames));
const protocol: fc.Arbitrary<Fields> = fc.oneof(
  fc.tuple(fc.constantFrom('tcp', 'udp', 'sctp'), fc.array(portItem, { minLength: 1, maxLength: 2 })).map(([kind, items]): Fields => ({ [kind]: items })),
  fc.constantFrom<Fields>({ icmp: 'echo-request' }, { icmp: 3 }, { icmp: '3/4' }, { icmpv6: 128 }, { icmpv6: ['echo-reply', 'echo-request'] }, { ip: 47 }, { ip: 6 }),
);
const action = fc.constantFrom('allow', 'allow', 'drop', 'reject', 'pass');
const rules = (field: 'from' | 'to'): fc.Arbitrary<Fields[]> => fc.array(
  fc.record({ action, [field]: fc.array(peer, { minLength: 1, maxLength: 2 }), protocols: fc.array(protocol, { minLength: 1, maxLength: 2 }) }, { requiredKeys: ['action'] }), { maxLength: 3 },
);

const policySpec: fc.Arbitrary<Fields> = fc.record({
  tier: fc.constantFrom('emergency', 'application', 'application', 'baseline', 'environment'), order: fc.constantFrom(1, 100, 200),
  appliesTo: fc.record({ ports: selector, namespaces: namespaceSelector, networks: fc.uniqueArray(fc.constantFrom(...networks), { minLength: 1 }) }, { requiredKeys: [] }),
  ingress: rules('from'), egress: rules('to'), default: fc.record({ ingress: action, egress: action }, { requiredKeys: [] }), enforce: fc.constantFrom(true, true, true, false),
}, { requiredKeys: ['appliesTo'] });

const podPeer: fc.Arbitrary<Fields> = fc.oneof(
  fc.record({ podSelector: selector, namespaceSelector }, { requiredKeys: [] }).filter((one) => Object.keys(one).length > 0), block.map((ipBlock): Fields => ({ ipBlock })),
);
const podPort: fc.Arbitrary<Fields> = fc.oneof(
  fc.constantFrom<Fields>({}, { port: 80 }, { port: 80, endPort: 443 }, { protocol: 'UDP', port: 80 }, { protocol: 'SCTP' }),
  fc.record({ protocol: fc.constantFrom('TCP', 'UDP'), port: fc.constantFrom(...portNames) }),
);
const podRules = (field: 'from' | 'to'): fc.Arbitrary<Fields[]> =>
  fc.array(fc.record({ [field]: fc.array(podPeer, { maxLength: 2 }), ports: fc.array(podPort, { maxLength: 2 }) }, { requiredKeys: [] }), { maxLength: 2 });
const podSpec: fc.Arbitrary<Fields> = fc.record({
  podSelector: selector, policyTypes: fc.subarray(['Ingress', 'Egress']), ingress: podRules('from'), egress: podRules('to'),
}, { requiredKeys: ['podSelector'] });

export const hosts = [1, 2, 3, 4, 5];

interface PortPlan {
  readonly index: number;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly place: 'dev' | 'prod' | 'trunk';
  readonly names: readonly { name: string; protocol: string; port: number }[];
  /** Declares the link-local address that the host of another port would derive. */
  readonly takes: number | undefined;
}

const port: fc.Arbitrary<PortPlan> = fc.record({
  index: fc.constantFrom(...hosts), namespace: fc.constantFrom(...namespaces), labels, place: fc.constantFrom('dev', 'dev', 'dev', 'prod', 'trunk'),
  names: fc.uniqueArray(fc.record({ name: fc.constantFrom(...portNames), protocol: fc.constantFrom('tcp', 'udp'), port: fc.constantFrom(80, 81, 443) }), { selector: ({ name, protocol }) => `${name} ${protocol}`, maxLength: 3 }),
  takes: fc.option(fc.constantFrom(1, 2), { nil: undefined, freq: 2 }),
});

/** Port `pN` has the address N of its network, and of a trunk's both; it is the same port whatever else is true of it. */
function portResource({ index, namespace, labels: own, place, names, takes }: PortPlan): PolicyResource {
  const foreign = takes !== undefined && index === 5 ? [`fe80::ff:fe00:${takes}/64`] : [];
  const addresses = { dev: [`10.0.0.${index}/24`, `fd00::${index}/64`, ...foreign], prod: [`10.0.1.${index}/24`, `fd00:1::${index}/64`, ...foreign] };
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `p${index}`, namespace, labels: own },
    spec: {
      ...(place === 'trunk' ? { trunk: { networks: ['dev', 'prod'] } } : { network: place }), type: 'memory', mac: `02:00:00:00:00:0${index}`,
      addresses: place === 'trunk' ? [...addresses.dev, ...addresses.prod].filter((one) => !foreign.includes(one)) : addresses[place], ...(names.length > 0 && { namedPorts: names }),
    },
  } as unknown as PolicyResource;
}

function networkResource(name: string, ingress: string, hasNode: boolean): PolicyResource {
  const index = networks.indexOf(name);
  return {
    apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name },
    spec: { vlan: 10 + index, subnets: [`10.0.${index}.0/24`, index === 0 ? 'fd00::/64' : 'fd00:1::/64'], defaultPolicy: { ingress }, ...(hasNode && { nodeAddresses: [`10.0.${index}.254`, '10.0.0.6'] }) },
  } as unknown as PolicyResource;
}

/** All resources of a moment. */
export const policyWorld: fc.Arbitrary<readonly PolicyResource[]> = fc.record({
  defaults: fc.tuple(fc.constantFrom('allow', 'drop'), fc.constantFrom('allow', 'drop')), nodes: fc.tuple(fc.boolean(), fc.boolean()),
  declared: fc.uniqueArray(fc.record({ name: fc.constantFrom(...namespaces), labels }), { selector: ({ name }) => name }),
  ports: fc.uniqueArray(port, { selector: ({ index }) => index, minLength: 2 }),
  policies: fc.uniqueArray(fc.record({ name: fc.constantFrom('p', 'q', 'r', 's'), spec: policySpec }), { selector: ({ name }) => name }),
  podPolicies: fc.uniqueArray(fc.record({ name: fc.constantFrom('n', 'm'), namespace: fc.constantFrom(...namespaces), spec: podSpec }), { selector: ({ name, namespace }) => `${namespace} ${name}`, maxLength: 3 }),
}).map(({ defaults, nodes, declared, ports, policies, podPolicies }) => [
  ...networks.map((name, index) => networkResource(name, defaults[index]!, nodes[index]!)),
  ...declared.map(({ name, labels: own }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: own } })),
  ...ports.map(portResource),
  ...policies.map(({ name, spec }) => ({ apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name }, spec })),
  ...podPolicies.map(({ name, namespace, spec }) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec })),
]);

const ends: Readonly<Record<string, readonly string[]>> = {
  dev: [...hosts.flatMap((index) => [`10.0.0.${index}`, `fd00::${index}`]), '10.0.0.254', '10.0.0.6', 'fe80::ff:fe00:1', '8.8.8.8'],
  prod: [...hosts.flatMap((index) => [`10.0.1.${index}`, `fd00:1::${index}`]), '10.0.1.254', 'fe80::ff:fe00:2'],
};

export const firstPacket: fc.Arbitrary<FirstPacket> = fc.constantFrom(...networks).chain((network) => fc.record({
  network: fc.constant(network), source: fc.constantFrom(...ends[network]!), destination: fc.constantFrom(...ends[network]!),
  how: fc.oneof(
    fc.record({ protocol: fc.constantFrom(6, 17, 132), port: fc.constantFrom(80, 81, 443, 1) }),
    fc.record({ protocol: fc.constantFrom(1, 58), type: fc.constantFrom(0, 3, 8, 128, 129), code: fc.constantFrom(0, 4) }), fc.constantFrom({ protocol: 47 }, { protocol: 50 }),
  ),
}).map(({ how, ...rest }) => ({ ...rest, ...how })));
