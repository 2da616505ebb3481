/** What edits do to tables, written from their meaning; it refuses what the dataplane would refuse. */
import { formatIp } from '../../../src/address/ip.ts';
import type { Edit, RuleEntry } from '../../../src/table/edits.gen.ts';
import { networksOfEntry, type TableSet } from '../../../src/table/table-set.ts';

export function applyEdits(tables: TableSet, edits: readonly Edit[]): TableSet {
  const networks = new Map(tables.networks);
  const ports = new Map(tables.ports);
  const staticMacs = new Map(tables.staticMacs);
  const addressSets = new Map(tables.addressSets);
  const prefixSets = new Map(tables.prefixSets);
  const serviceSets = new Map(tables.serviceSets);
  const rules = new Map(tables.rules);
  const portPolicies = new Map(tables.portPolicies);
  for (const edit of edits) {
    if (edit.edit === 'PutNetwork') networks.set(edit.network, edit);
    else if (edit.edit === 'PutPort') ports.set(edit.port, edit);
    else if (edit.edit === 'PutStaticMac') staticMacs.set(`${edit.network} ${edit.mac}`, edit);
    else if (edit.edit === 'DeleteStaticMac') remove(staticMacs, `${edit.network} ${edit.mac}`, edit);
    else if (edit.edit === 'DeletePort') {
      remove(ports, edit.port, edit);
      portPolicies.delete(edit.port);
    } else if (edit.edit === 'DeleteNetwork') remove(networks, edit.network, edit);
    else if (edit.edit === 'PutAddressSets') addressSets.set(`${edit.network} ${formatIp(edit.address)}`, edit);
    else if (edit.edit === 'DeleteAddressSets') remove(addressSets, `${edit.network} ${formatIp(edit.address)}`, edit);
    else if (edit.edit === 'PutPrefixSet') prefixSets.set(edit.set, edit);
    else if (edit.edit === 'DeletePrefixSet') remove(prefixSets, edit.set, edit);
    else if (edit.edit === 'PutServiceSets') serviceSets.set(`${edit.network} ${formatIp(edit.address)} ${edit.protocol} ${edit.port}`, edit);
    else if (edit.edit === 'DeleteServiceSets') remove(serviceSets, `${edit.network} ${formatIp(edit.address)} ${edit.protocol} ${edit.port}`, edit);
    else if (edit.edit === 'PutRules') rules.set(edit.list, edit);
    else if (edit.edit === 'SpliceRules') rules.set(edit.list, { edit: 'PutRules', list: edit.list, rules: spliced(rules.get(edit.list)?.rules, edit.at, edit.removed, edit.inserted) });
    else if (edit.edit === 'DeleteRules') remove(rules, edit.list, edit);
    else if (edit.edit === 'PutPortPolicy') {
      if (!ports.has(edit.port)) throw new Error(`there is no port ${edit.port} to be judged`);
      for (const list of listsOf(edit)) if (!rules.has(list)) throw new Error(`there is no list ${list}`);
      if (listsOf(edit).length === 0) portPolicies.delete(edit.port);
      else portPolicies.set(edit.port, edit);
    } else if (!ports.has(edit.port)) throw new Error(`there is no port ${edit.port} to close`);
  }
  for (const entry of ports.values()) {
    for (const network of networksOfEntry(entry)) if (!networks.has(network)) throw new Error(`port ${entry.port} is in network ${network}, which is not there`);
  }
  for (const { port, network } of staticMacs.values()) {
    if (ports.get(port)?.network !== network) throw new Error(`a static MAC of network ${network} leads to port ${port}, which is not in it`);
  }
  for (const policy of portPolicies.values()) for (const list of listsOf(policy)) if (!rules.has(list)) throw new Error(`port ${policy.port} is judged by list ${list}, which is not there`);
  for (const { network, sets, address } of addressSets.values()) {
    if (!networks.has(network)) throw new Error(`${formatIp(address)} is in network ${network}, which is not there`);
    if (sets.length === 0 || sets.some((set, index) => index > 0 && sets[index - 1]! >= set)) throw new Error(`the sets of ${formatIp(address)} do not ascend`);
  }
  return { networks, ports, staticMacs, addressSets, prefixSets, serviceSets, rules, portPolicies, ruleNames: tables.ruleNames };
}

function listsOf({ ingress, egress, ingressAudit, egressAudit }: { ingress: number; egress: number; ingressAudit: number; egressAudit: number }): number[] {
  return [ingress, egress, ingressAudit, egressAudit].filter((list) => list !== 0);
}

function spliced(rules: readonly RuleEntry[] | undefined, at: number, removed: number, inserted: readonly RuleEntry[]): RuleEntry[] {
  if (rules === undefined || at + removed > rules.length) throw new Error('there is nothing to splice');
  return [...rules.slice(0, at), ...inserted, ...rules.slice(at + removed)];
}

function remove<Key>(map: Map<Key, unknown>, key: Key, edit: Edit): void {
  if (!map.delete(key)) throw new Error(`${edit.edit} of what is not there`);
}
