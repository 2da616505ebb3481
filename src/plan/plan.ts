/**
 * The difference between what runs and what is wanted, as edits.
 *
 * Pure, and minimal: an entry that is equal on both sides yields no edit, so an unchanged intent
 * yields none at all. What goes stands before what comes, and each table's edits are in the order of
 * their keys, so equal differences print alike.
 */
import { sameData } from '../intent/changes.ts';
import type { Edit } from '../table/edits.gen.ts';
import type { TableSet } from '../table/table-set.ts';

export function plan(running: TableSet, desired: TableSet): readonly Edit[] {
  return [
    ...gone(running.staticMacs, desired.staticMacs).map(({ network, mac }): Edit => ({ edit: 'DeleteStaticMac', network, mac })),
    ...gone(running.ports, desired.ports).map(({ port }): Edit => ({ edit: 'DeletePort', port })),
    ...put(running.networks, desired.networks),
    ...put(running.ports, desired.ports),
    ...put(running.staticMacs, desired.staticMacs),
    ...gone(running.networks, desired.networks).map(({ network }): Edit => ({ edit: 'DeleteNetwork', network })),
  ];
}

function gone<Key, Entry>(running: ReadonlyMap<Key, Entry>, desired: ReadonlyMap<Key, Entry>): Entry[] {
  return inOrder(running).filter(([key]) => !desired.has(key)).map(([, entry]) => entry);
}

function put<Key, Entry>(running: ReadonlyMap<Key, Entry>, desired: ReadonlyMap<Key, Entry>): Entry[] {
  return inOrder(desired).filter(([key, entry]) => !sameData(running.get(key), entry)).map(([, entry]) => entry);
}

function inOrder<Key, Entry>(table: ReadonlyMap<Key, Entry>): [Key, Entry][] {
  return [...table].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
