/**
 * TableSet: all that the dataplane is to hold, as plain comparable data.
 *
 * Entries are the edits that put them, under the numbers that the dataplane knows them by.
 */
import { SharedMap } from '../shared-map.ts';
import type { PutNetwork, PutPort, PutStaticMac, TrunkAddress } from './edits.gen.ts';

export interface TableSet {
  readonly networks: ReadonlyMap<number, PutNetwork>;
  readonly ports: ReadonlyMap<number, PutPort>;
  /** By `network mac`. */
  readonly staticMacs: ReadonlyMap<string, PutStaticMac>;
}

export const emptyTableSet: TableSet = { networks: new Map(), ports: new Map(), staticMacs: new Map() };

/** The networks that a port is in. */
export function networksOfEntry({ network, trunk }: PutPort): readonly number[] {
  return trunk.length > 0 ? trunk : [network];
}

/** All addresses of a port, each with its network. */
export function addressesOfEntry({ network, addresses, trunkAddresses }: Pick<PutPort, 'network' | 'addresses' | 'trunkAddresses'>): readonly TrunkAddress[] {
  return [...addresses.map((prefix) => ({ network, prefix })), ...trunkAddresses];
}

/** The tables without some ports and without the static MACs that lead to them. */
export function withoutPorts(tables: TableSet, ids: ReadonlySet<number>): TableSet {
  if (ids.size === 0) return tables;
  const ports = new SharedMap(tables.ports);
  for (const id of ids) ports.delete(id);
  const staticMacs = new SharedMap(tables.staticMacs);
  for (const [key, { port }] of tables.staticMacs) if (ids.has(port)) staticMacs.delete(key);
  return { networks: tables.networks, ports, staticMacs };
}
