/**
 * Intent: the whole wish as plain data, every resource in its normal form under its key.
 *
 * The key of a port or a NetworkPolicy is `namespace/name`, because its name is unique in its namespace only; people read and
 * write it with `default/` left out. The others are keyed by name.
 */
import type { NamespaceResource } from './namespace.ts';
import type { NetworkPolicyResource } from './network-policy.ts';
import type { NetworkResource } from './network.ts';
import type { PolicyResource } from './policy.ts';
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
  readonly policies: ReadonlyMap<string, PolicyResource>;
  readonly networkPolicies: ReadonlyMap<string, NetworkPolicyResource>;
}

export type Resource = NetworkResource | NamespaceResource | (PortResource & { readonly status?: PortStatus }) | PolicyResource | NetworkPolicyResource;
export type ResourceKind = Resource['kind'];

export const emptyIntent: Intent = { networks: new Map(), ports: new Map(), namespaces: new Map(), policies: new Map(), networkPolicies: new Map() };

/** What many of each kind are called, as the API and the commands spell it. */
export const pluralOfKind: Readonly<Record<ResourceKind, string>> = {
  Network: 'networks', Namespace: 'namespaces', Port: 'ports', Policy: 'policies', NetworkPolicy: 'networkpolicies',
};

/** The members of the intent by kind. */
export const memberOfKind = {
  Network: 'networks', Namespace: 'namespaces', Port: 'ports', Policy: 'policies', NetworkPolicy: 'networkPolicies',
} as const satisfies Readonly<Record<ResourceKind, keyof Intent>>;

/** Whether resources of this kind live in a namespace. */
export function isNamespaced(kind: ResourceKind): boolean {
  return kind === 'Port' || kind === 'NetworkPolicy';
}

/** The key of the resource that people call `name`. */
export function keyOfName(kind: ResourceKind, name: string): string {
  return isNamespaced(kind) ? portKey(name) : name;
}

/** The name by which people call the resource with this key. */
export function nameOfKey(kind: ResourceKind, key: string): string {
  return isNamespaced(kind) ? portName(key) : key;
}

export function keyOfResource({ kind, metadata }: Resource): string {
  return isNamespaced(kind) ? `${metadata.namespace ?? 'default'}/${metadata.name}` : metadata.name;
}

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

/** All resources: networks, namespaces, ports, policies, NetworkPolicies, each in the order of their keys. */
export function resourcesOf(intent: Intent): Resource[] {
  const sorted = <R>(map: ReadonlyMap<string, R>): R[] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, resource]) => resource);
  return [...sorted(intent.networks), ...sorted(intent.namespaces), ...sorted(intent.ports), ...sorted(intent.policies), ...sorted(intent.networkPolicies)];
}
