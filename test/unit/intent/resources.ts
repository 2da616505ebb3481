/** Resources that the tests of the control layer begin with. */
export function network(name: string, spec: Record<string, unknown> = {}): Record<string, unknown> {
  return { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name }, spec };
}

/** A memory port, unless the spec says otherwise. */
export function port(name: string, spec: Record<string, unknown> = {}): Record<string, unknown> {
  const [namespace, plain] = name.includes('/') ? name.split('/') : [undefined, name];
  const metadata = { name: plain, ...(namespace !== undefined && { namespace }) };
  return { apiVersion: 'vswitch/v1', kind: 'Port', metadata, spec: { network: 'dev', type: 'memory', ...spec } };
}

/** A memory port in several networks. */
export function trunk(name: string, networks: readonly string[], spec: Record<string, unknown> = {}): Record<string, unknown> {
  const { native, ...rest } = spec;
  const resource = port(name, { trunk: { networks, ...(native !== undefined && { native }) }, ...rest }) as { spec: Record<string, unknown> };
  delete resource.spec['network'];
  return resource as Record<string, unknown>;
}

export function tap(name: string, spec: Record<string, unknown> = {}): Record<string, unknown> {
  return port(name, { type: 'tap', netns: name.replace('/', '-'), ...spec });
}

export function namespace(name: string, labels?: Record<string, string>): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(labels && { labels }) } };
}

/** A policy that applies to every port, unless it says to which. */
export function policy(name: string, appliesTo: Record<string, unknown> = {}, spec: Record<string, unknown> = {}): Record<string, unknown> {
  return { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name }, spec: { appliesTo, ...spec } };
}

/** A NetworkPolicy that isolates every port of its namespace, unless it says which. */
export function networkPolicy(name: string, spec: Record<string, unknown> = {}): Record<string, unknown> {
  const [namespace, plain] = name.includes('/') ? name.split('/') : [undefined, name];
  return {
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: plain, ...(namespace !== undefined && { namespace }) }, spec: { podSelector: {}, ...spec },
  };
}
