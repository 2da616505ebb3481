/** `describe`: one resource with all that is known about it, for people. */
import type { Command } from 'commander';
import type { ApiClient } from '../../api/client.ts';
import type { DropEntry, FdbEntry, GroupEntry, NeighborEntry, PortStats, Resource } from '../../api/protocol.ts';
import { nameOf } from '../../api/protocol.ts';
import { resourceColumns, tableColumns } from '../columns.ts';
import { resourceOf } from '../kinds.ts';
import { isData, print, printData, renderFields, renderTable } from '../render.ts';
import { sessionOf } from '../session.ts';

interface Description {
  readonly resource: Resource;
  readonly ports?: readonly Resource[];
  readonly stats?: PortStats | undefined;
  readonly drops?: readonly DropEntry[];
  readonly fdb?: readonly FdbEntry[];
  readonly neighbors?: readonly NeighborEntry[];
  readonly groups?: readonly GroupEntry[];
}

export function addDescribe(program: Command): void {
  program.command('describe <kind> <name>')
    .description('show one resource with its status, counters, drops and table entries')
    .addHelpText('after', '\nExample:\n  vswitchctl describe port web-1')
    .action(async (kind: string, name: string, _options: object, command: Command) => {
      const { client, output } = sessionOf(command);
      const { collection } = resourceOf(kind);
      const resource = await client.get(collection, name);
      const description = collection === 'ports' ? await ofPort(client, resource)
        : await ofOther(client, resource);
      if (isData(output)) await printData(description, output);
      else print(await text(description));
    });
}

async function ofPort(client: ApiClient, resource: Resource): Promise<Description> {
  const port = nameOf(resource.metadata);
  const [stats, drops, fdb, neighbors, groups] = await Promise.all([
    client.read<PortStats>('stats', { port }), client.read<DropEntry>('drops', { port }),
    client.read<FdbEntry>('fdb', { port }), client.read<NeighborEntry>('neighbors', { port }),
    client.read<GroupEntry>('groups', { port }),
  ]);
  return { resource, stats: stats.items[0], drops: drops.items, fdb: fdb.items, neighbors: neighbors.items, groups: groups.items };
}

async function ofOther(client: ApiClient, resource: Resource): Promise<Description> {
  const ports = (await client.list('ports')).items.filter((port) => belongs(port, resource));
  if (resource.kind !== 'Network') return { resource, ports };
  return { resource, ports, groups: (await client.read<GroupEntry>('groups', { network: resource.metadata.name })).items };
}

function belongs(port: Resource, { kind, metadata }: Resource): boolean {
  if (kind === 'Network') {
    const { network, trunk } = (port.spec ?? {}) as { network?: string; trunk?: { networks: readonly string[] } };
    return trunk === undefined ? network === metadata.name : trunk.networks.includes(metadata.name);
  }
  return (port.metadata.namespace ?? 'default') === metadata.name;
}

async function text({ resource, ports, stats, drops, fdb, neighbors, groups }: Description): Promise<string> {
  const { stringify } = await import('yaml');
  const block = (value: unknown): string => stringify(value, { lineWidth: 0 }).trimEnd().split('\n').map((line) => `  ${line}`).join('\n');
  const { kind, metadata, spec, status } = resource;
  const labels = Object.entries(metadata.labels ?? {}).map(([name, value]) => `${name}=${value}`).join(', ');
  const parts = [renderFields([['Kind', kind], ['Name', kind === 'Port' ? nameOf(metadata) : metadata.name], ['Labels', labels]]).trimEnd()];
  if (spec !== undefined) parts.push(`Spec\n${block(spec)}`);
  if (status !== undefined) parts.push(`Status\n${block(status)}`);
  if (stats !== undefined) {
    const { port: _, ...counters } = stats;
    parts.push(`Counters\n${renderFields(Object.entries(counters), '  ').trimEnd()}`);
  }
  if (ports !== undefined) parts.push(section('Ports', ports, resourceColumns.ports));
  if (drops !== undefined) parts.push(section('Drops', drops, tableColumns.drops));
  if (fdb !== undefined) parts.push(section('MACs', fdb, tableColumns.fdb));
  if (neighbors !== undefined) parts.push(section('Addresses', neighbors, tableColumns.neighbors));
  if (groups !== undefined && groups.length > 0) parts.push(section('Multicast groups', groups, tableColumns.groups));
  return parts.join('\n\n');
}

function section<Entry>(title: string, entries: readonly Entry[], columns: Parameters<typeof renderTable<Entry>>[1]): string {
  if (entries.length === 0) return `${title}\n  none`;
  return `${title}\n${renderTable(entries, columns, false).trimEnd().split('\n').map((line) => `  ${line}`).join('\n')}`;
}
