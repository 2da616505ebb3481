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
