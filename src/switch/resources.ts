/** The declared resources as they are shown: by kind and name, those that have a status with it. */
import type { Allocations } from '../compile/allocations.ts';
import { VswError } from '../errors.ts';
import { copyOf } from '../intent/changes.ts';
import { keyOfName, memberOfKind, nameOfKey, pluralOfKind, portKey, portName, type Intent, type Resource, type ResourceKind } from '../intent/intent.ts';
import { nearest } from '../intent/suggest.ts';
import { resourceKind } from '../intent/validate.ts';
import type { Statuses } from './statuses.ts';

/** The resources of a kind in the order of their names, or the one of that name. Throws VSW_NOT_FOUND. */
export function listResources(intent: Intent, statuses: Statuses, kind: string, name: string | undefined): Resource[] {
  const known = resourceKind(kind);
  if (known === undefined) {
    throw VswError.of('VSW_NOT_FOUND', [{ path: '/kind', message: `there is no kind ${kind}`, remedy: `ask for ${Object.keys(memberOfKind).join(', ')}` }]);
  }
  const shown = (key: string): string => nameOfKey(known, key);
  const map: ReadonlyMap<string, Resource> = intent[memberOfKind[known]];
  const show = (key: string, resource: Resource): Resource => {
    const status = statuses[known]?.(key);
    // Who asked may change it as he likes.
    return copyOf(status === undefined ? resource : { ...resource, status } as Resource);
  };
  if (name === undefined) {
    return [...map].sort(([a], [b]) => (shown(a) < shown(b) ? -1 : 1)).map(([key, resource]) => show(key, resource));
  }
  const key = keyOfName(known, name);
  const found = map.get(key);
  if (found === undefined) throw notFound(known, shown(key), [...map.keys()].map(shown), '');
  return [show(key, found)];
}

/** The number of a declared port; `path` is where its name stood. Throws VSW_NOT_FOUND. */
export function idOfPort(intent: Intent, allocations: Allocations, name: string, path: string): number {
  const id = intent.ports.has(portKey(name)) ? allocations.portIds[portKey(name)] : undefined;
  if (id === undefined) throw notFound('Port', name, [...intent.ports.keys()].map(portName), path);
  return id;
}

/** The number of a declared network; `path` is where its name stood. Throws VSW_NOT_FOUND. */
export function idOfNetwork(intent: Intent, allocations: Allocations, name: string, path: string): number {
  const id = intent.networks.has(name) ? allocations.networkIds[name] : undefined;
  if (id === undefined) throw notFound('Network', name, [...intent.networks.keys()], path);
  return id;
}

function notFound(kind: ResourceKind, name: string, known: readonly string[], path: string): VswError {
  const meant = nearest(name, known);
  const remedy = meant === undefined ? `"vswitchctl get ${pluralOfKind[kind]}" lists what is there` : `did you mean ${meant}?`;
  return VswError.of('VSW_NOT_FOUND', [{ path, message: `there is no ${kind.toLowerCase()} ${name}`, remedy }]);
}
