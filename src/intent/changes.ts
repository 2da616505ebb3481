/** The difference of two intents by resource: what an apply creates, updates and deletes. */
import { differing } from '../shared-map.ts';
import { nameOfKey, type Intent, type ResourceKind } from './intent.ts';

export interface Change {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: ResourceKind;
  readonly name: string;
}

/** Changes from `before` to `after`: networks, namespaces, ports, policies, NetworkPolicies, each by name. */
export function changesBetween(before: Intent, after: Intent): Change[] {
  return [
    ...differences('Network', before.networks, after.networks),
    ...differences('Namespace', before.namespaces, after.namespaces),
    ...differences('Port', before.ports, after.ports),
    ...differences('Policy', before.policies, after.policies),
    ...differences('NetworkPolicy', before.networkPolicies, after.networkPolicies),
  ];
}

function differences<R>(kind: ResourceKind, before: ReadonlyMap<string, R>, after: ReadonlyMap<string, R>): Change[] {
  const changes: Change[] = [];
  const visible = (key: string): string => nameOfKey(kind, key);
  for (const key of differing(before, after)) {
    const [old, resource] = [before.get(key), after.get(key)];
    if (old === undefined) changes.push({ action: 'create', kind, name: visible(key) });
    else if (resource === undefined) changes.push({ action: 'delete', kind, name: visible(key) });
    else if (!sameData(old, resource)) changes.push({ action: 'update', kind, name: visible(key) });
  }
  return changes.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Whether two plain values are equal; the order of an object's keys and absent members count for nothing. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  // For every port of every apply: no list is made of both sides' keys.
  for (const key in left) if (!sameData(left[key], right[key])) return false;
  // A label may be called as what every object inherits.
  for (const key in right) if (right[key] !== undefined && (left[key] === undefined || !Object.hasOwn(left, key))) return false;
  return true;
}

/** A copy of plain data, down to the last member. */
export function copyOf<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member as unknown)])) as Value;
}
