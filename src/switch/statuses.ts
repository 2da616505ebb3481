/**
 * What is known of resources beside what was declared, by kind. Nothing is kept up to date for it: each status is found out when somebody
 * asks, and what a list needs for all of its resources is found out once.
 */
import type { Selection } from '../compile/selection.ts';
import type { ResourceKind } from '../intent/intent.ts';
import type { PortStatus } from '../intent/port.ts';
import type { PolicyStatus } from './answers.ts';
import type { TableReader } from './tables.ts';

/** The status of the resource with that key; undefined while there is nothing to tell. */
export type Statuses = Readonly<Partial<Record<ResourceKind, (key: string) => object | undefined>>>;

/** So many of the ports that a policy selects are named. */
export const firstPortsMax = 20;

/** `isOne`: one resource is asked for by its name, not a list of all. */
export function statusesOf(ofPort: (key: string) => PortStatus, reader: Pick<TableReader, 'multicastOf'>, selection: Selection, isOne: boolean): Statuses {
  const ofNetwork = (name: string): object | undefined => {
    const multicast = reader.multicastOf(name);
    return multicast === undefined ? undefined : { multicast };
  };
  const ofPolicy = (kind: 'Policy' | 'NetworkPolicy') => (key: string): PolicyStatus => {
    const policy = `${kind}/${key}`;
    if (!isOne) return { selectedPorts: selection.countOf(policy) };
    const names = selection.namesOf(policy);
    return { selectedPorts: names.length, firstPorts: names.slice(0, firstPortsMax) };
  };
  return { Port: ofPort, Network: ofNetwork, Policy: ofPolicy('Policy'), NetworkPolicy: ofPolicy('NetworkPolicy') };
}
