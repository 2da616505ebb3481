/**
 * Intent: the whole wish as plain data, every resource in its normal form under its key.
 *
 * A port's key is `namespace/name`, because its name is unique in its namespace only; people read and
 * write it with `default/` left out. Networks and namespaces are keyed by name.
 */
import type { NamespaceResource } from './namespace.ts';
import type { NetworkResource } from './network.ts';
import type { PortResource, PortStatus } from './port.ts';

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Intent {
  readonly networks: ReadonlyMap<string, NetworkResource>;
  readonly ports: ReadonlyMap<string, PortResource>;
  readonly namespaces: ReadonlyMap<string, NamespaceResource>;
}

export type Resource = NetworkResource | NamespaceResource | (PortResource & { readonly status?: PortStatus });
export type ResourceKind = Resource['kind'];

export const emptyIntent: Intent = { networks: new Map(), ports: new Map(), namespaces: new Map() };

/** The key of the port that people call `name`. */
export function portKey(name: string): string {
  return name.includes('/') ? name : `default/${name}`;
}

/** The name by which people call the port with this key. */
export function portName(key: string): string {
  return key.startsWith('default/') ? key.slice('default/'.length) : key;
}

export function keyOfPort(port: PortResource): string {
  return `${port.metadata.namespace ?? 'default'}/${port.metadata.name}`;
}

/** All resources: networks, then namespaces, then ports, each in the order of their keys. */
export function resourcesOf(intent: Intent): Resource[] {
  const sorted = <R>(map: ReadonlyMap<string, R>): R[] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, resource]) => resource);
  return [...sorted(intent.networks), ...sorted(intent.namespaces), ...sorted(intent.ports)];
}
