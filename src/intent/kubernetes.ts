/**
 * Resources of Kubernetes as it reads them: a member that is null is not there, nor is a namespace that is empty, and what its own server
 * writes (uid, managedFields, finalizers …) means nothing here. So what `kubectl get -o yaml` prints can be applied as it is.
 */

const serverWrites = new Set([
  'creationTimestamp', 'deletionGracePeriodSeconds', 'deletionTimestamp', 'finalizers', 'generateName', 'generation', 'managedFields', 'ownerReferences',
  'resourceVersion', 'selfLink', 'uid',
]);
/** Texts by key, in which a null would be an empty text, not an absence. */
const textMaps = new Set(['annotations', 'labels', 'matchLabels']);

/** The value as Kubernetes reads it. */
export function asKubernetesReads(value: unknown): unknown {
  const read = withoutNulls(value);
  if (!isObject(read)) return read;
  const { metadata, kind, spec } = read;
  const kept: Record<string, unknown> = { ...read };
  if (isObject(metadata)) kept['metadata'] = Object.fromEntries(Object.entries(metadata).filter(([name, value]) => !serverWrites.has(name) && !(name === 'namespace' && value === '')));
  if (kind === 'Namespace' && isObject(spec)) kept['spec'] = Object.fromEntries(Object.entries(spec).filter(([name]) => name !== 'finalizers'));
  return kept;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, textMaps.has(name) ? member : withoutNulls(member)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
