/**
 * The difference between what runs and what is wanted, as edits.
 *
 * Pure, and minimal: an entry that is equal on both sides yields no edit, so an unchanged intent
 * yields none at all. What goes stands before what comes, and each table's edits are in the order of
 * their keys, so equal differences print alike.
 */
import { sameData } from '../intent/changes.ts';
import { differing } from '../shared-map.ts';
import type { Edit } from '../table/edits.gen.ts';
import type { TableSet } from '../table/table-set.ts';

export function plan(running: TableSet, desired: TableSet): readonly Edit[] {
  const networks = difference(running.networks, desired.networks);
  const ports = difference(running.ports, desired.ports);
  const staticMacs = difference(running.staticMacs, desired.staticMacs);
  return [
    ...staticMacs.gone.map(({ network, mac }): Edit => ({ edit: 'DeleteStaticMac', network, mac })),
    ...ports.gone.map(({ port }): Edit => ({ edit: 'DeletePort', port })),
    ...networks.put,
    ...ports.put,
    ...staticMacs.put,
    ...networks.gone.map(({ network }): Edit => ({ edit: 'DeleteNetwork', network })),
  ];
}

function difference<Key extends string | number, Entry>(
  running: ReadonlyMap<Key, Entry>, desired: ReadonlyMap<Key, Entry>,
): { readonly gone: readonly Entry[]; readonly put: readonly Entry[] } {
  const gone: Entry[] = [];
  const put: Entry[] = [];
  for (const key of differing(running, desired).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const [old, entry] = [running.get(key), desired.get(key)];
    if (entry === undefined) gone.push(old!);
    else if (!sameData(old, entry)) put.push(entry);
  }
  return { gone, put };
}
