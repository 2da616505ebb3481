/** What was asked, in the forms that the library takes it: where a resource stands in it, and one port by its fields. */
import { VswError } from '../errors.ts';
import { portKey, type ResourceKind } from '../intent/intent.ts';

/** The JSON Pointer of a resource in a request; undefined when it is not in it. */
export type PathOf = (kind: ResourceKind, key: string) => string | undefined;

interface Named {
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
}

/** Throws VSW_INVALID for anything but a list, as a program without types may give. */
export function asList<Item>(value: readonly Item[], what: string): readonly Item[] {
  if (Array.isArray(value)) return value as readonly Item[];
  throw VswError.of('VSW_INVALID', [{ path: '', message: `a list of ${what} is needed here`, remedy: 'put it in square brackets, also when it is only one' }]);
}

export function pathsOf(resources: readonly unknown[]): PathOf {
  const paths = new Map(resources.map((resource, index) => [placeOf(resource), `/${index}`]));
  return (kind, key) => paths.get(`${kind} ${key}`);
}

/** Keys of the ports that a request names. */
export function portsIn(resources: readonly unknown[]): string[] {
  return resources.map(placeOf).filter((place) => place.startsWith('Port ')).map((place) => place.slice('Port '.length));
}

/** Both lists as one request: what stands in the second stands in it alone. */
export function replacing(resources: readonly unknown[], by: readonly unknown[]): readonly unknown[] {
  const replaced = new Set(by.map(placeOf));
  return [...resources.filter((resource) => !replaced.has(placeOf(resource))), ...by];
}

function placeOf(resource: unknown): string {
  const { kind, metadata } = (resource ?? {}) as Named;
  const isInNamespace = kind === 'Port' || kind === 'NetworkPolicy';
  return `${String(kind)} ${isInNamespace ? `${String(metadata?.namespace ?? 'default')}/` : ''}${String(metadata?.name)}`;
}

/** A port as `attach` takes it: a resource as it is, otherwise its name with the fields of its spec. Throws VSW_INVALID for another kind. */
export function asPortResource(port: unknown): { readonly resource: unknown; readonly isFlat: boolean } {
  if (typeof port === 'object' && port !== null && 'kind' in port && port.kind !== 'Port') {
    throw VswError.of('VSW_INVALID', [{ path: '/kind', message: `a ${String(port.kind)} cannot be attached`, remedy: 'write Port, or apply the resource' }]);
  }
  if (typeof port !== 'object' || port === null || 'metadata' in port || 'kind' in port) return { resource: port, isFlat: false };
  const { name, namespace, labels, ...spec } = port as Record<string, unknown>;
  const metadata: Record<string, unknown> = { name };
  if (typeof name === 'string' && name.includes('/')) {
    [metadata['namespace'], metadata['name']] = splitKey(portKey(name));
  }
  if (namespace !== undefined) metadata['namespace'] = namespace;
  if (labels !== undefined) metadata['labels'] = labels;
  return { resource: { apiVersion: 'vswitch/v1', kind: 'Port', metadata, spec }, isFlat: true };
}

function splitKey(key: string): [string, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}

/** An error about the first and only resource, with its paths as they stand in what was given. */
export function aboutOnePort(error: VswError, isFlat: boolean): VswError {
  return error.mapPaths((path) => {
    const inside = path.replace(/^\/0(?=\/|$)/, '');
    return isFlat ? inside.replace(/^\/(spec|metadata)(?=\/|$)/, '') : inside;
  });
}

/** A time to move on by. */
export function asMilliseconds(ms: number): number {
  if (Number.isInteger(ms) && ms >= 0 && ms <= 0xffff_ffff) return ms;
  throw VswError.of('VSW_INVALID', [{ path: '', message: `${String(ms)} is not a time to move on by`, remedy: 'write whole milliseconds, from 0 to 4294967295' }]);
}
