/** Forgetting what traffic taught: which entries a filter means. */
import { parseMac } from '../address/mac.ts';
import type { Dataplane } from '../dataplane/dataplane.ts';
import { VswError } from '../errors.ts';
import { networksOfEntry, type TableSet } from '../table/table-set.ts';
import type { FlushFilter } from './answers.ts';
import { idOfNetwork, idOfPort } from './resources.ts';
import type { State } from './state.ts';

/** Forgets the learned MACs or the flows that the filter means, all without one; how many. */
export function flushTable(dataplane: Dataplane, state: State, tables: TableSet, table: 'fdb' | 'flows', filter: FlushFilter): number {
  if (table !== 'fdb' && table !== 'flows') {
    throw VswError.of('VSW_INVALID', [{ path: '/table', message: `there is no table ${String(table)} to flush`, remedy: 'write fdb or flows' }]);
  }
  const { intent, allocations } = state;
  const port = filter.port === undefined ? 0 : idOfPort(intent, allocations, filter.port, '/port');
  const network = filter.network === undefined ? 0 : idOfNetwork(intent, allocations, filter.network, '/network');
  if (table === 'fdb') return dataplane.flushFdb(network, port, macFrom(filter.mac));
  if (filter.mac !== undefined) {
    throw VswError.of('VSW_INVALID', [{ path: '/mac', message: 'flows are not told by their MAC', remedy: 'name a port or a network' }]);
  }
  if (network === 0) return dataplane.flushFlows(port);
  const members = [...tables.ports.values()].filter((entry) => networksOfEntry(entry).includes(network) && (port === 0 || entry.port === port));
  return members.reduce((removed, entry) => removed + dataplane.flushFlows(entry.port), 0);
}

function macFrom(text: string | undefined): string {
  if (text === undefined) return '';
  const mac = parseMac(text);
  if (mac !== undefined) return mac;
  throw VswError.of('VSW_INVALID', [{ path: '/mac', message: `${JSON.stringify(text)} is not a MAC address`, remedy: "write six hexadecimal pairs, e.g. '02:00:00:00:00:01'" }]);
}
