/**
 * Groups: ports that have the same labels in the same namespace and are in the same networks. The same policies judge them, and the same
 * sets hold their addresses, so both are found out once for all of them.
 */
import type { PortResource } from '../intent/port.ts';
import type { Labels } from '../intent/selector.ts';
import type { PutPort } from '../table/edits.gen.ts';
import type { PortsOfSet } from './address-sets.ts';
import type { Subject } from './choices.ts';
import type { PolicyRules } from './policy-rules.ts';
import { inOrder, type Judge } from './rule-lists.ts';

export type PolicyChoice = PolicyRules | PortsOfSet;

export interface Group {
  readonly subject: Subject;
  readonly networks: readonly number[];
  /** All by which the labels are chosen. */
  readonly choices: readonly PolicyChoice[];
  /** In the order in which they decide. */
  readonly judges: readonly Judge[];
  readonly sets: readonly PortsOfSet[];
}

const labelKeys = new WeakMap<PortResource, string>();

/** The same for ports of one group. */
export function groupKeyOf(port: PortResource, { trunk, network }: PutPort): string {
  let key = labelKeys.get(port);
  if (key === undefined) {
    const { labels = {}, namespace } = port.metadata;
    key = JSON.stringify([namespace ?? 'default', Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
    labelKeys.set(port, key);
  }
  return `${key} ${trunk.length === 0 ? network : trunk.join(',')}`;
}

export function subjectOf({ metadata }: PortResource, labelsOf: (namespace: string) => Labels): Subject {
  const namespace = metadata.namespace ?? 'default';
  return { namespace, labels: metadata.labels ?? {}, namespaceLabels: labelsOf(namespace) };
}

export function groupOf(subject: Subject, networks: readonly number[], choices: readonly PolicyChoice[]): Group {
  const policies = choices.filter((choice): choice is PolicyRules => 'resource' in choice);
  const isIn = (policy: PolicyRules) => (network: number): boolean => policy.networks?.includes(network) ?? true;
  return {
    subject, networks, choices,
    judges: policies.filter((policy) => networks.some(isIn(policy))).sort(inOrder).map((policy) => ({ policy, scope: networks.every(isIn(policy)) ? 0 : policy.scope })),
    sets: choices.filter((choice): choice is PortsOfSet => 'set' in choice).sort((a, b) => a.set - b.set),
  };
}
