/**
 * The difference between what runs and what is wanted, as edits.
 *
 * Pure, and minimal: an entry that is equal on both sides yields no edit, so an unchanged intent
 * yields none at all. Of ports, what goes stands before what comes; what policies name stands before them, and goes behind them. Each
 * table's edits are in the order of their keys, so equal differences print alike.
 */
import { sameData } from '../intent/changes.ts';
import { differing } from '../shared-map.ts';
import type { Edit, PutRules } from '../table/edits.gen.ts';
import type { TableSet } from '../table/table-set.ts';

export function plan(running: TableSet, desired: TableSet): readonly Edit[] {
  const networks = difference(running.networks, desired.networks);
  const ports = difference(running.ports, desired.ports);
  const staticMacs = difference(running.staticMacs, desired.staticMacs);
  const prefixSets = difference(running.prefixSets, desired.prefixSets);
  const addressSets = difference(running.addressSets, desired.addressSets);
  const serviceSets = difference(running.serviceSets, desired.serviceSets);
  const rules = difference(running.rules, desired.rules, sameRules);
  const portPolicies = difference(running.portPolicies, desired.portPolicies);
  return [
    ...staticMacs.gone.map(({ network, mac }): Edit => ({ edit: 'DeleteStaticMac', network, mac })),
    ...ports.gone.map(({ port }): Edit => ({ edit: 'DeletePort', port })),
    ...networks.put,
    ...ports.put,
    ...staticMacs.put,
    ...prefixSets.put,
    ...addressSets.put,
    ...serviceSets.put,
    ...rules.put.map((entry) => changeOfRules(running.rules.get(entry.list), entry)),
    ...portPolicies.gone.filter(({ port }) => desired.ports.has(port)).map(({ port }): Edit => ({ edit: 'PutPortPolicy', port, ingress: 0, egress: 0, ingressAudit: 0, egressAudit: 0 })),
    ...portPolicies.put,
    ...rules.gone.map(({ list }): Edit => ({ edit: 'DeleteRules', list })),
    ...serviceSets.gone.map(({ network, address, protocol, port }): Edit => ({ edit: 'DeleteServiceSets', network, address, protocol, port })),
    ...addressSets.gone.map(({ network, address }): Edit => ({ edit: 'DeleteAddressSets', network, address })),
    ...prefixSets.gone.map(({ set }): Edit => ({ edit: 'DeletePrefixSet', set })),
    ...networks.gone.map(({ network }): Edit => ({ edit: 'DeleteNetwork', network })),
  ];
}

function difference<Key extends string | number, Entry>(
  running: ReadonlyMap<Key, Entry>, desired: ReadonlyMap<Key, Entry>, isSame: (one: Entry, other: Entry) => boolean = sameData,
): { readonly gone: readonly Entry[]; readonly put: readonly Entry[] } {
  const gone: Entry[] = [];
  const put: Entry[] = [];
  for (const key of differing(running, desired).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const [old, entry] = [running.get(key), desired.get(key)];
    if (entry === undefined) gone.push(old!);
    else if (old === undefined || !isSame(old, entry)) put.push(entry);
  }
  return { gone, put };
}

/** There may be a hundred thousand. */
function sameRules({ rules: one }: PutRules, { rules: other }: PutRules): boolean {
  return one === other || (one.length === other.length && one.every((rule, index) => rule === other[index] || sameData(rule, other[index])));
}

/** A list of rules anew, or only where it differs. */
function changeOfRules(running: PutRules | undefined, desired: PutRules): Edit {
  if (running === undefined) return desired;
  const [before, after] = [running.rules, desired.rules];
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && (before[head] === after[head] || sameData(before[head], after[head]))) head += 1;
  let tail = 0;
  const [ends, newEnds] = [before.length - 1, after.length - 1];
  while (tail < most - head && (before[ends - tail] === after[newEnds - tail] || sameData(before[ends - tail], after[newEnds - tail]))) tail += 1;
  const inserted = after.slice(head, after.length - tail);
  const removed = before.length - tail - head;
  return inserted.length >= after.length ? desired : { edit: 'SpliceRules', list: desired.list, at: head, removed, inserted };
}
