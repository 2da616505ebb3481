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

/**
 * The group once some of those by whom it was chosen are gone and others came. What groupOf would make of all of them, but there may be
 * thousands, and they are in order already.
 */
export function groupAfter({ subject, networks, choices, judges, sets }: Group, gone: ReadonlySet<unknown>, came: readonly PolicyChoice[]): Group {
  const fresh = groupOf(subject, networks, came);
  const stays = (choice: PolicyChoice): boolean => !gone.has(choice);
  return {
    subject, networks, choices: [...choices.filter(stays), ...came],
    judges: merged(judges.filter(({ policy }) => stays(policy)), fresh.judges, (a, b) => inOrder(a.policy, b.policy)),
    sets: merged(sets.filter(stays), fresh.sets, (a, b) => a.set - b.set),
  };
}

/** Both lists, each in order, in order. */
function merged<One>(one: readonly One[], other: readonly One[], compare: (a: One, b: One) => number): readonly One[] {
  if (other.length === 0) return one;
  const all: One[] = [];
  let next = 0;
  for (const item of one) {
    while (next < other.length && compare(other[next]!, item) < 0) all.push(other[next++]!);
    all.push(item);
  }
  while (next < other.length) all.push(other[next++]!);
  return all;
}
