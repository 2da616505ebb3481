/**
 * TableSet: all that the dataplane is to hold, as plain comparable data.
 *
 * Entries are the edits that put them, under the numbers that the dataplane knows them by.
 */
import type { PutNetwork, PutPort, PutStaticMac } from './edits.gen.ts';

export interface TableSet {
  readonly networks: ReadonlyMap<number, PutNetwork>;
  readonly ports: ReadonlyMap<number, PutPort>;
  /** By `network mac`. */
  readonly staticMacs: ReadonlyMap<string, PutStaticMac>;
}

export const emptyTableSet: TableSet = { networks: new Map(), ports: new Map(), staticMacs: new Map() };
