/**
 * All that is known about one resource, gathered with one question for each table, as data and as text.
 *
 * The counters are read while frames move: what does not add up for that reason alone is as much as one
 * batch, and gone at the next look.
 */
import type { ApiClient } from '../api/client.ts';
import {
  dropReasonSentences, namespacedKinds, nameOf, type CaptureEntry, type Collection, type DropEntry, type FaultEntry, type FdbEntry, type FlowEntry, type GroupEntry, type LastDrops, type NeighborEntry,
  type PolicyStatus, type PortStats, type Resource, type RuleHits, type SwitchEvent, type UsageEntry,
} from '../api/protocol.ts';
import { resourceColumns, tableColumns } from './columns.ts';
import { age, plain, renderFields, renderTable, type Column } from './render.ts';

const flowsShown = 15;
const eventsShown = 15;
const lastDropsAsked = 8;

export interface Description {
  readonly resource: Resource;
  /** Of a port: the networks that it is in. */
  readonly networks?: readonly Resource[];
  /** Of a network or namespace: its ports. */
  readonly ports?: readonly Resource[];
  readonly usage?: readonly UsageEntry[];
  readonly stats?: PortStats | undefined;
  readonly faults?: readonly FaultEntry[];
  readonly captures?: readonly CaptureEntry[];
  /** Whether the counters add up. */
  readonly law?: Law | undefined;
  readonly drops?: readonly DropEntry[];
  readonly fdb?: readonly FdbEntry[];
  readonly neighbors?: readonly NeighborEntry[];
  readonly groups?: readonly GroupEntry[];
  /** Of a policy: what its rules did so far. */
  readonly rules?: readonly RuleHits[];
  /** The busiest first. */
  readonly flows?: readonly FlowEntry[];
  readonly lastDrops?: LastDrops['items'];
  readonly events?: readonly SwitchEvent[];
}

interface Law {
  readonly received: string;
  readonly offered: string;
  readonly holds: boolean;
}

export async function describe(client: ApiClient, collection: Collection, resource: Resource): Promise<Description> {
  if (collection === 'ports') return await ofPort(client, resource);
  if (collection === 'policies' || collection === 'networkpolicies') {
    const { metadata: { name, namespace = 'default' } } = resource;
    const policy = collection === 'policies' ? `Policy/${name}` : `NetworkPolicy/${namespace}/${name}`;
    return { resource, rules: (await client.read<RuleHits>('rules', { policy })).items };
  }
  const ports = (await client.list('ports')).items.filter((port) => belongs(port, resource));
  return collection === 'networks' ? await ofNetwork(client, resource, ports) : { resource, ports };
}

async function ofPort(client: ApiClient, resource: Resource): Promise<Description> {
  const port = nameOf(resource.metadata);
  const [stats, drops, fdb, neighbors, usage, flows, events, last, networks, groups, faults, captures] = await Promise.all([
    client.read<PortStats>('stats', { port }), client.read<DropEntry>('drops', { port }), client.read<FdbEntry>('fdb', { port }),
    client.read<NeighborEntry>('neighbors', { port }), client.read<UsageEntry>('usage', { port }), client.read<FlowEntry>('flows', { port }),
    client.read<SwitchEvent>('events', { port }), client.explain({ port, last: lastDropsAsked }), client.list('networks'),
    client.read<GroupEntry>('groups', { port }), client.read<FaultEntry>('faults', { port }), client.read<CaptureEntry>('captures', { port }),
  ]);
  const own = stats.items[0];
  const names = networksOf(resource);
  return {
    resource,
    networks: networks.items.filter(({ metadata }) => names.includes(metadata.name)),
    usage: usage.items, stats: own, law: own === undefined ? undefined : lawOf(own), drops: drops.items, fdb: fdb.items, neighbors: neighbors.items,
    flows: busiest(flows.items), lastDrops: (last as unknown as Partial<LastDrops>).items ?? [], events: events.items, groups: groups.items,
    faults: faults.items, captures: captures.items,
  };
}

async function ofNetwork(client: ApiClient, resource: Resource, ports: readonly Resource[]): Promise<Description> {
  const network = resource.metadata.name;
  const names = new Set(ports.map(({ metadata }) => nameOf(metadata)));
  const [drops, fdb, neighbors, usage, flows, events, groups] = await Promise.all([
    client.read<DropEntry>('drops'), client.read<FdbEntry>('fdb', { network }), client.read<NeighborEntry>('neighbors', { network }),
    client.read<UsageEntry>('usage'), client.read<FlowEntry>('flows', { network }), client.read<SwitchEvent>('events', { network }),
    client.read<GroupEntry>('groups', { network }),
  ]);
  return {
    resource, ports, usage: usage.items.filter(({ port, used }) => names.has(port) && used > 0), drops: drops.items.filter(({ port }) => names.has(port)),
    fdb: fdb.items, neighbors: neighbors.items, flows: busiest(flows.items), events: events.items, groups: groups.items,
  };
}

function busiest(flows: readonly FlowEntry[]): FlowEntry[] {
  return [...flows].sort((one, other) => other.bytes - one.bytes);
}

function networksOf({ spec }: Resource): string[] {
  const { network, trunk } = (spec ?? {}) as { network?: string; trunk?: { networks?: readonly string[] } };
  return [...(network === undefined ? [] : [network]), ...(trunk?.networks ?? [])];
}

function belongs(port: Resource, { kind, metadata }: Resource): boolean {
  if (kind === 'Network') return networksOf(port).includes(metadata.name);
  return (port.metadata.namespace ?? 'default') === metadata.name;
}

function lawOf(stats: PortStats): Law {
  const { receivedPackets, forwardedPackets, consumedPackets, droppedPackets, heldPackets, offeredPackets, transmittedPackets, transmitDroppedPackets } = stats;
  const isEqual = (left: number, right: number): string => (left === right ? '=' : '≠');
  const received = forwardedPackets + consumedPackets + droppedPackets + heldPackets;
  const offered = transmittedPackets + transmitDroppedPackets;
  return {
    received: `received ${receivedPackets} ${isEqual(receivedPackets, received)} forwarded ${forwardedPackets} + consumed ${consumedPackets} + dropped ${droppedPackets} + held ${heldPackets}`,
    offered: `offered ${offeredPackets} ${isEqual(offeredPackets, offered)} transmitted ${transmittedPackets} + dropped ${transmitDroppedPackets}`,
    holds: receivedPackets === received && offeredPackets === offered,
  };
}

const usageColumns: readonly Column<UsageEntry>[] = tableColumns.usage;
const dropColumns: readonly Column<DropEntry>[] = [
  ...tableColumns.drops,
  { heading: 'WHICH MEANS', cell: ({ reason }) => (dropReasonSentences as Readonly<Record<string, string>>)[reason] ?? '' },
];

export async function descriptionText(description: Description): Promise<string> {
  const { stringify } = await import('yaml');
  const block = (value: unknown): string => indented(stringify(value, { lineWidth: 0 }));
  const { resource, networks, ports, usage, stats, law, drops, fdb, neighbors, flows, lastDrops, events, groups, rules, faults = [], captures = [] } = description;
  const { kind, metadata, spec, status } = resource;
  const labels = Object.entries(metadata.labels ?? {}).map(([name, value]) => `${name}=${value}`).join(', ');
  const parts = [renderFields([['Kind', kind], ['Name', namespacedKinds.includes(kind) ? nameOf(metadata) : metadata.name], ['Labels', labels]]).trimEnd()];
  if (spec !== undefined) parts.push(`Spec\n${block(spec)}`);
  if (rules !== undefined) parts.push(selectedText(status as Partial<PolicyStatus> | undefined));
  else if (status !== undefined) parts.push(`Status\n${block(status)}`);
  if (networks !== undefined) parts.push(section('Networks', networks, resourceColumns.networks));
  if (ports !== undefined) parts.push(section('Ports', ports, resourceColumns.ports));
  if (rules !== undefined) parts.push(section('Rules', rules, tableColumns.rules));
  if (kind === 'Port') parts.push(`Rules\n${indented(rulesHint(nameOf(metadata)))}`);
  if (usage !== undefined) parts.push(section('Usage', usage, usageColumns));
  if (stats !== undefined) {
    const { port: _, ...counters } = stats;
    parts.push(`Counters\n${renderFields(Object.entries(counters), '  ').trimEnd()}`);
  }
  if (law !== undefined) parts.push(`Law\n  ${law.received}\n  ${law.offered}${law.holds ? '' : '\n  counted while frames moved: look again'}`);
  if (drops !== undefined) parts.push(section('Drops', drops, dropColumns));
  if (faults.length > 0) parts.push(section('Faults', faults, tableColumns.faults));
  if (captures.length > 0) parts.push(section('Capture', captures, tableColumns.captures));
  if (lastDrops !== undefined) parts.push(lastDrops.length === 0 ? 'Last drops\n  none' : `Last drops\n${indented(lastDrops.map(lastDropText).join('\n'))}`);
  if (fdb !== undefined) parts.push(section('MACs', fdb, tableColumns.fdb));
  if (neighbors !== undefined) parts.push(section('Addresses', neighbors, tableColumns.neighbors));
  if (groups !== undefined && groups.length > 0) parts.push(section('Multicast groups', groups, tableColumns.groups));
  if (flows !== undefined) parts.push(section('Flows', flows, tableColumns.flows, flowsShown));
  if (events !== undefined) parts.push(section('Events', [...events].reverse(), tableColumns.events, eventsShown));
  return parts.join('\n\n');
}

/** Where to ask for the rules of a port: they are counted for all ports together, and what is denied is counted where it was sent. */
function rulesHint(port: string): string {
  return renderFields([
    ['what each rule decided', 'vswitchctl get rules, of one policy with --policy Policy/NAME'],
    ['what its rules denied or logged', `vswitchctl get events --port ${port}`],
    ['which rule decides a frame', `vswitchctl explain --port ${port} --to ADDRESS`],
  ]);
}

/** The ports that a policy selects. */
function selectedText({ selectedPorts = 0, firstPorts = [] }: Partial<PolicyStatus> = {}): string {
  if (selectedPorts === 0) return 'Selected ports\n  none, so it does nothing now';
  const rest = selectedPorts > firstPorts.length ? ` … and ${selectedPorts - firstPorts.length} more` : '';
  return `Selected ports (${selectedPorts})\n  ${firstPorts.join(', ')}${rest}`;
}

function lastDropText({ time, reason, length, now }: LastDrops['items'][number]): string {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  const notes = now.notes.map(plain).join('; ');
  const fate = now.stage === '' ? '' : `now it would ${now.verdict === 'allow' ? 'pass' : 'die'} at ${now.stage}: ${now.reason}${notes === '' ? '' : '; '}`;
  return `${age(seconds)} ago: ${reason} (${length} bytes)\n  ${plain(now.frame)}\n  ${fate}${notes}`;
}

function section<Entry>(title: string, entries: readonly Entry[], columns: readonly Column<Entry>[], most = Infinity): string {
  if (entries.length === 0) return `${title}\n  none`;
  const rest = entries.length > most ? `\n  … and ${entries.length - most} more` : '';
  return `${title}\n${indented(renderTable(entries.slice(0, most), columns, false))}${rest}`;
}

function indented(text: string): string {
  return text.trimEnd().split('\n').map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
}
