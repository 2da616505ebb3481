/**
 * TableSet: all that the dataplane is to hold, as plain comparable data.
 *
 * Entries are the edits that put them, under the numbers that the dataplane knows them by.
 */
import { SharedMap } from '../shared-map.ts';
import type { PutAddressSets, PutNetwork, PutPort, PutPortPolicy, PutPrefixSet, PutRules, PutServiceSets, PutStaticMac, TrunkAddress } from './edits.gen.ts';
import { noRuleNames, type RuleNames } from './rule-names.ts';

export interface TableSet {
  readonly networks: ReadonlyMap<number, PutNetwork>;
  readonly ports: ReadonlyMap<number, PutPort>;
  /** By `network mac`. */
  readonly staticMacs: ReadonlyMap<string, PutStaticMac>;
  /** By `network address`. */
  readonly addressSets: ReadonlyMap<string, PutAddressSets>;
  readonly prefixSets: ReadonlyMap<number, PutPrefixSet>;
  /** By `network address protocol port`. */
  readonly serviceSets: ReadonlyMap<string, PutServiceSets>;
  readonly rules: ReadonlyMap<number, PutRules>;
  /** By the number of the port. */
  readonly portPolicies: ReadonlyMap<number, PutPortPolicy>;
  /** Not held by the dataplane: what the rules' numbers mean. */
  readonly ruleNames: RuleNames;
}

export const emptyTableSet: TableSet = {
  networks: new Map(), ports: new Map(), staticMacs: new Map(),
  addressSets: new Map(), prefixSets: new Map(), serviceSets: new Map(), rules: new Map(), portPolicies: new Map(), ruleNames: noRuleNames,
};

/** The networks that a port is in. */
export function networksOfEntry({ network, trunk }: PutPort): readonly number[] {
  return trunk.length > 0 ? trunk : [network];
}

/** All addresses of a port, each with its network. */
export function addressesOfEntry({ network, addresses, trunkAddresses }: Pick<PutPort, 'network' | 'addresses' | 'trunkAddresses'>): readonly TrunkAddress[] {
  return [...addresses.map((prefix) => ({ network, prefix })), ...trunkAddresses];
}

/**
 * The tables without some ports, without the static MACs that lead to them and without what judges them. Their addresses stay in the
 * sets: they are nobody else's.
 */
export function withoutPorts(tables: TableSet, ids: ReadonlySet<number>): TableSet {
  if (ids.size === 0) return tables;
  const ports = new SharedMap(tables.ports);
  for (const id of ids) ports.delete(id);
  const staticMacs = new SharedMap(tables.staticMacs);
  for (const [key, { port }] of tables.staticMacs) if (ids.has(port)) staticMacs.delete(key);
  const portPolicies = new SharedMap(tables.portPolicies);
  for (const id of ids) portPolicies.delete(id);
  return { ...tables, ports, staticMacs, portPolicies };
}
