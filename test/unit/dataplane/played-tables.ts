/** What edits do to tables, written from their meaning; it refuses what the dataplane would refuse. */
import type { Edit } from '../../../src/table/edits.gen.ts';
import type { TableSet } from '../../../src/table/table-set.ts';

export function applyEdits(tables: TableSet, edits: readonly Edit[]): TableSet {
  const networks = new Map(tables.networks);
  const ports = new Map(tables.ports);
  const staticMacs = new Map(tables.staticMacs);
  for (const edit of edits) {
    if (edit.edit === 'PutNetwork') networks.set(edit.network, edit);
    else if (edit.edit === 'PutPort') ports.set(edit.port, edit);
    else if (edit.edit === 'PutStaticMac') staticMacs.set(`${edit.network} ${edit.mac}`, edit);
    else if (edit.edit === 'DeleteStaticMac') remove(staticMacs, `${edit.network} ${edit.mac}`, edit);
    else if (edit.edit === 'DeletePort') remove(ports, edit.port, edit);
    else if (edit.edit === 'DeleteNetwork') remove(networks, edit.network, edit);
    else if (edit.edit === 'ClosePort') {
      if (!ports.has(edit.port)) throw new Error(`there is no port ${edit.port} to close`);
    } else throw new Error(`${edit.edit} is not played yet`);
  }
  for (const { port, network } of ports.values()) if (!networks.has(network)) throw new Error(`port ${port} is in network ${network}, which is not there`);
  for (const { port, network } of staticMacs.values()) {
    if (ports.get(port)?.network !== network) throw new Error(`a static MAC of network ${network} leads to port ${port}, which is not in it`);
  }
  return { networks, ports, staticMacs };
}

function remove<Key>(map: Map<Key, unknown>, key: Key, edit: Edit): void {
  if (!map.delete(key)) throw new Error(`${edit.edit} of what is not there`);
}
