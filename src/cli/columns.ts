/**
 * The columns in which each kind of resource and each table is shown.
 */
import type {
  CaptureEntry, Collection, DropEntry, FaultEntry, FdbEntry, FlowEntry, GroupEntry, NeighborEntry, PortStats, Resource, RuleHits, SwitchEvent, Table, UsageEntry,
} from '../api/protocol.ts';
import { nameOf } from '../api/protocol.ts';
import { age, eventLine, type Column } from './render.ts';

type Fields = Readonly<Record<string, unknown>>;

const specOf = (resource: Resource): Fields => (resource.spec ?? {}) as Fields;
const statusOf = (resource: Resource): Fields => (resource.status ?? {}) as Fields;
const text = (value: unknown, absent = ''): string => (value === undefined || value === null ? absent : String(value));
const list = (value: unknown): string => (Array.isArray(value) ? value.join(',') : '');
const labels = (resource: Resource): string =>
  Object.entries(resource.metadata.labels ?? {}).map(([name, value]) => `${name}=${value}`).join(',');

const byDefault = (resource: Resource, direction: string): string =>
  text((specOf(resource)['defaultPolicy'] as Fields | undefined)?.[direction], 'allow');

/** A trunk's networks, the native one in brackets. */
const networksOf = (port: Resource): string => {
  const trunk = specOf(port)['trunk'] as { networks: readonly string[]; native?: string } | undefined;
  if (trunk === undefined) return text(specOf(port)['network']);
  return trunk.networks.map((name) => (name === trunk.native ? `[${name}]` : name)).join(',');
};

/** A selector in a few words: `app=web,tier in (a,b)`; `(all)` for the empty one. */
function selectorText(selector: unknown): string {
  const { matchLabels = {}, matchExpressions = [] } = (selector ?? {}) as {
    matchLabels?: Readonly<Record<string, string>>; matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
  };
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => `${key} ${operator}${values.length === 0 ? '' : ` (${values.join(',')})`}`);
  return [...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`), ...expressions].join(',') || '(all)';
}

const appliesTo = (policy: Resource): string => {
  const { ports, namespaces, networks } = (specOf(policy)['appliesTo'] ?? {}) as Fields;
  const parts = [...(ports === undefined ? [] : [selectorText(ports)]), ...(namespaces === undefined ? [] : [`namespaces ${selectorText(namespaces)}`]), ...(networks === undefined ? [] : [`networks ${list(networks)}`])];
  return parts.join(' ') || '(all)';
};

/** How many ports a policy selects. */
const selectedPorts = (policy: Resource): string => text(statusOf(policy)['selectedPorts']);

/** How many rules there are, and what decides without a match. */
const rulesOf = (policy: Resource, direction: 'ingress' | 'egress'): string => {
  const { [direction]: rules, default: defaults } = specOf(policy) as Readonly<Record<string, readonly unknown[] | Fields | undefined>>;
  const otherwise = (defaults as Fields | undefined)?.[direction];
  return `${Array.isArray(rules) ? rules.length : 0}${otherwise === undefined ? '' : ` else ${text(otherwise)}`}`;
};

/** How many rules let something pass; `-` where the policy does not isolate. */
const isolationOf = (policy: Resource, type: 'Ingress' | 'Egress'): string => {
  const spec = specOf(policy);
  const rules = (spec[type.toLowerCase()] ?? []) as readonly unknown[];
  const types = (spec['policyTypes'] ?? []) as readonly string[];
  const isolates = types.length > 0 ? types.includes(type) : type === 'Ingress' || rules.length > 0;
  return isolates ? String(rules.length) : '-';
};

export const resourceColumns: Readonly<Record<Collection, readonly Column<Resource>[]>> = {
  networks: [
    { heading: 'NAME', cell: ({ metadata }) => metadata.name },
    { heading: 'SUBNETS', cell: (one) => list(specOf(one)['subnets']) },
    { heading: 'MTU', cell: (one) => text(specOf(one)['mtu'], '1500') },
    { heading: 'VLAN', cell: (one) => text(specOf(one)['vlan']) },
    { heading: 'INGRESS', cell: (one) => byDefault(one, 'ingress') },
    { heading: 'EGRESS', cell: (one) => byDefault(one, 'egress') },
    { heading: 'EXCLUDED', cell: (one) => list(specOf(one)['excluded']), wide: true },
    { heading: 'LABELS', cell: labels, wide: true },
  ],
  ports: [
    { heading: 'NAME', cell: ({ metadata }) => nameOf(metadata) },
    { heading: 'NETWORK', cell: networksOf },
    { heading: 'STATE', cell: (one) => text(statusOf(one)['state']) },
    { heading: 'MAC', cell: (one) => text(statusOf(one)['mac'] ?? specOf(one)['mac']) },
    { heading: 'ADDRESSES', cell: (one) => list(statusOf(one)['addresses'] ?? specOf(one)['addresses']) },
    { heading: 'TYPE', cell: (one) => text(specOf(one)['type'], 'tap'), wide: true },
    { heading: 'NETNS', cell: (one) => text(specOf(one)['netns']), wide: true },
    { heading: 'DEVICE', cell: (one) => text(specOf(one)['device']), wide: true },
    { heading: 'GENERATION', cell: (one) => text(statusOf(one)['generation']), wide: true },
    { heading: 'LABELS', cell: labels, wide: true },
    { heading: 'MESSAGE', cell: (one) => text(statusOf(one)['message']) },
  ],
  namespaces: [
    { heading: 'NAME', cell: ({ metadata }) => metadata.name },
    { heading: 'LABELS', cell: labels },
  ],
  policies: [
    { heading: 'NAME', cell: ({ metadata }) => metadata.name },
    { heading: 'TIER', cell: (one) => text(specOf(one)['tier'], 'application') },
    { heading: 'ORDER', cell: (one) => text(specOf(one)['order'], '100') },
    { heading: 'APPLIES-TO', cell: appliesTo },
    { heading: 'SELECTED', cell: selectedPorts },
    { heading: 'INGRESS', cell: (one) => rulesOf(one, 'ingress') },
    { heading: 'EGRESS', cell: (one) => rulesOf(one, 'egress') },
    { heading: 'ENFORCE', cell: (one) => text(specOf(one)['enforce'], 'true') },
    { heading: 'ESTABLISHED', cell: (one) => text(specOf(one)['established'], 'recheck'), wide: true },
    { heading: 'LABELS', cell: labels, wide: true },
  ],
  networkpolicies: [
    { heading: 'NAME', cell: ({ metadata }) => nameOf(metadata) },
    { heading: 'PORTS', cell: (one) => selectorText(specOf(one)['podSelector']) },
    { heading: 'SELECTED', cell: selectedPorts },
    { heading: 'INGRESS', cell: (one) => isolationOf(one, 'Ingress') },
    { heading: 'EGRESS', cell: (one) => isolationOf(one, 'Egress') },
    { heading: 'LABELS', cell: labels, wide: true },
  ],
};

const fdb: readonly Column<FdbEntry>[] = [
  { heading: 'NETWORK', cell: ({ network }) => network }, { heading: 'MAC', cell: ({ mac }) => mac },
  { heading: 'PORT', cell: ({ port }) => port }, { heading: 'TYPE', cell: ({ type }) => type },
  { heading: 'AGE', cell: ({ type, ageSeconds }) => (type === 'static' ? '' : age(ageSeconds)) },
];
const neighbors: readonly Column<NeighborEntry>[] = [
  { heading: 'NETWORK', cell: ({ network }) => network }, { heading: 'ADDRESS', cell: ({ address }) => address },
  { heading: 'MAC', cell: ({ mac }) => mac }, { heading: 'PORT', cell: ({ port }) => port },
  { heading: 'SOURCE', cell: ({ source }) => source },
];
export const endpoint = (address: string, port: number): string =>
  port === 0 ? address : address.includes(':') && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(address) ? `[${address}]:${port}` : `${address}:${port}`;
/** What rules forbade since it began is denied, whatever state its protocol was in. */
export const flowState = ({ state, verdict }: Pick<FlowEntry, 'state' | 'verdict'>): string => (verdict === 'allow' ? state : 'denied');
const flows: readonly Column<FlowEntry>[] = [
  { heading: 'NETWORK', cell: ({ network }) => network }, { heading: 'PROTOCOL', cell: ({ protocol }) => protocol },
  { heading: 'SOURCE', cell: ({ source, sourcePort }) => endpoint(source, sourcePort) },
  { heading: 'DESTINATION', cell: ({ destination, destinationPort }) => endpoint(destination, destinationPort) },
  { heading: 'FROM', cell: ({ port }) => port },
  { heading: 'TO', cell: ({ receiver }) => (receiver === '' ? '(flooded)' : receiver) },
  { heading: 'STATE', cell: flowState }, { heading: 'PACKETS', cell: ({ packets }) => packets },
  { heading: 'AGE', cell: ({ ageSeconds }) => age(ageSeconds) },
  { heading: 'ID', cell: ({ id }) => id, wide: true }, { heading: 'BYTES', cell: ({ bytes }) => bytes, wide: true },
  { heading: 'VERDICT', cell: ({ verdict }) => verdict, wide: true },
  { heading: 'POLICY', cell: ({ policy }) => policy, wide: true }, { heading: 'RULE', cell: ({ rule }) => rule, wide: true },
  { heading: 'GENERATION', cell: ({ generation }) => generation, wide: true },
];
const groups: readonly Column<GroupEntry>[] = [
  { heading: 'NETWORK', cell: ({ network }) => network },
  { heading: 'GROUP', cell: ({ group, family }) => (group === '' ? `(all ${family === 'ipv4' ? 'IPv4' : 'IPv6'})` : group) },
  { heading: 'PORT', cell: ({ port }) => port }, { heading: 'TYPE', cell: ({ type }) => type },
  { heading: 'EXPIRES', cell: ({ expiresSeconds }) => (expiresSeconds === 0 ? '' : age(expiresSeconds)) },
];
const drops: readonly Column<DropEntry>[] = [
  { heading: 'PORT', cell: ({ port }) => port }, { heading: 'DIRECTION', cell: ({ direction }) => direction },
  { heading: 'REASON', cell: ({ reason }) => reason }, { heading: 'PACKETS', cell: ({ packets }) => packets },
  { heading: 'BYTES', cell: ({ bytes }) => bytes },
];
const rules: readonly Column<RuleHits>[] = [
  { heading: 'POLICY', cell: ({ policy }) => policy }, { heading: 'RULE', cell: ({ rule }) => rule },
  { heading: 'TIER', cell: ({ tier }) => tier }, { heading: 'DIRECTION', cell: ({ direction }) => direction },
  { heading: 'ACTION', cell: ({ action, enforced }) => (enforced ? action : `(${action})`) },
  { heading: 'HITS', cell: ({ hits }) => hits ?? '?', right: true },
  { heading: 'AUDITED', cell: ({ audited, enforced }) => (enforced ? '' : audited ?? '?'), right: true },
  { heading: 'DIFFERING', cell: ({ differing, enforced }) => (enforced ? '' : differing ?? '?'), right: true },
  { heading: 'LAST', cell: ({ lastHit }) => (lastHit === null ? '' : `${age(Math.max(0, (Date.now() - Date.parse(lastHit)) / 1000))} ago`) },
];
const stats: readonly Column<PortStats>[] = [
  { heading: 'PORT', cell: ({ port }) => port },
  { heading: 'RECEIVED', cell: ({ receivedPackets }) => receivedPackets },
  { heading: 'BYTES', cell: ({ receivedBytes }) => receivedBytes, wide: true },
  { heading: 'FORWARDED', cell: ({ forwardedPackets }) => forwardedPackets },
  { heading: 'CONSUMED', cell: ({ consumedPackets }) => consumedPackets },
  { heading: 'DROPPED', cell: ({ droppedPackets }) => droppedPackets },
  { heading: 'HELD', cell: ({ heldPackets }) => heldPackets },
  { heading: 'OFFERED', cell: ({ offeredPackets }) => offeredPackets },
  { heading: 'TRANSMITTED', cell: ({ transmittedPackets }) => transmittedPackets },
  { heading: 'BYTES', cell: ({ transmittedBytes }) => transmittedBytes, wide: true },
  { heading: 'TRANSMIT-DROPPED', cell: ({ transmitDroppedPackets }) => transmitDroppedPackets },
  { heading: 'KERNEL-DROPPED', cell: ({ kernelDroppedPackets }) => kernelDroppedPackets },
  { heading: 'FLOWS-REFUSED', cell: ({ flowsRefused }) => flowsRefused, wide: true },
  { heading: 'MACS-REFUSED', cell: ({ macsRefused }) => macsRefused, wide: true },
  { heading: 'MOVES-REFUSED', cell: ({ macMovesRefused }) => macMovesRefused, wide: true },
  { heading: 'MACS-EVICTED', cell: ({ macsEvicted }) => macsEvicted, wide: true },
  { heading: 'GROUPS-REFUSED', cell: ({ groupsRefused }) => groupsRefused, wide: true },
  { heading: 'ANSWERS-REFUSED', cell: ({ answersRefused }) => answersRefused, wide: true },
  { heading: 'DECISIONS-UNTOLD', cell: ({ decisionsUntold }) => decisionsUntold, wide: true },
];
const events: readonly Column<SwitchEvent>[] = [
  { heading: 'TIME', cell: ({ time }) => time }, { heading: 'TYPE', cell: ({ type }) => type },
  { heading: 'WHAT', cell: (event) => eventLine({ ...event, time: '', type: '' }) },
];

const usage: readonly Column<UsageEntry>[] = [
  { heading: 'TABLE', cell: ({ table }) => table }, { heading: 'PORT', cell: ({ port }) => port },
  { heading: 'USED', cell: ({ used }) => used }, { heading: 'LIMIT', cell: ({ limit }) => limit },
  { heading: 'PERCENT', cell: ({ used, limit }) => Math.floor((100 * used) / limit) },
];

const faults: readonly Column<FaultEntry>[] = [
  { heading: 'PORT', cell: ({ port }) => port }, { heading: 'DIRECTION', cell: ({ direction }) => direction },
  { heading: 'SEEN', cell: ({ seen }) => seen }, { heading: 'LOST', cell: ({ lost }) => lost },
  { heading: 'REPEATED', cell: ({ repeated }) => repeated }, { heading: 'CORRUPTED', cell: ({ corrupted }) => corrupted },
  { heading: 'DELAYED', cell: ({ delayed }) => delayed }, { heading: 'WAITING', cell: ({ waiting }) => waiting },
  { heading: 'OVERFLOWED', cell: ({ overflowed }) => overflowed },
];
const captures: readonly Column<CaptureEntry>[] = [
  { heading: 'PORT', cell: ({ port }) => port }, { heading: 'FILE', cell: ({ file }) => file },
  { heading: 'FRAMES', cell: ({ frames }) => frames }, { heading: 'BYTES', cell: ({ bytes }) => bytes },
  { heading: 'MISSED', cell: ({ missed }) => missed },
];

/** The tables by name. */
export const tableColumns = { fdb, neighbors, flows, groups, drops, rules, stats, events, usage, faults, captures } satisfies Record<Table, readonly Column<never>[]>;
