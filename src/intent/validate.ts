/**
 * From a request to the next intent, or to everything that is wrong with the request.
 *
 * All errors are gathered before any is told, each with the JSON Pointer of its place in the request.
 */
import { pointer, VswError, type ErrorDetail } from '../errors.ts';
import { SharedMap } from '../shared-map.ts';
import { sameData } from './changes.ts';
import { claimsOf, type Claims } from './claims.ts';
import { checkCoherence } from './coherence.ts';
import { quote } from './formats.ts';
import type { Held } from './held.ts';
import { keyOfName, keyOfResource, memberOfKind, nameOfKey, pluralOfKind, portKey, portName, type Intent, type Resource, type ResourceKind } from './intent.ts';
import { asKubernetesReads } from './kubernetes.ts';
import { isInNetwork } from './membership.ts';
import { NamespaceSchema } from './namespace.ts';
import { NetworkPolicySchema } from './network-policy.ts';
import { NetworkSchema } from './network.ts';
import { normalForm } from './normal.ts';
import { networksNamedBy, PolicySchema } from './policy.ts';
import { PortSchema } from './port.ts';
import { adoptRules, ownCopy, withRunningRules } from './shared-rules.ts';
import { soundRest, type SoundRest } from './sound-rest.ts';
import { checkStructure, isNestedTooDeep } from './structure.ts';
import { nearest } from './suggest.ts';

export interface Reference {
  readonly kind: string;
  readonly name: string;
}

const schemas: Readonly<Record<ResourceKind, unknown>> = {
  Network: NetworkSchema, Port: PortSchema, Namespace: NamespaceSchema, Policy: PolicySchema, NetworkPolicy: NetworkPolicySchema,
};
const kinds = Object.keys(schemas) as readonly ResourceKind[];
/** Of these more is told than what is wrong with their form; ports are in networks, so half a network would be told at each of its ports. */
const toldOfRest: ReadonlySet<ResourceKind> = new Set(['Port', 'Policy', 'NetworkPolicy']);

/**
 * The intent after `resources` were created or replaced in `running`, whose claims may be known. What says the same as
 * before stays the same object, so that everything that rests on it can stay.
 */
export function intentWith(
  resources: readonly unknown[], running: Intent, held: Held, claims: Claims = claimsOf(running.ports.values(), running.networks, held),
): Intent {
  const errors: ErrorDetail[] = [];
  const paths = new Map<string, string>();
  const brokenNetworks = new Set<string>();
  const rests = new Map<string, SoundRest>();
  const next = copiesOf(running);
  const touched = {
    networks: new Map<string, string>(), ports: new Map<string, string>(), namespaces: new Map<string, string>(),
    policies: new Map<string, string>(), networkPolicies: new Map<string, string>(),
  };
  resources.forEach((sent, index) => {
    const path = pointer(index);
    if (isNestedTooDeep(sent)) {
      errors.push({ path, message: 'this is nested deeper than any resource', remedy: 'write an object with apiVersion, kind, metadata and spec' });
      return;
    }
    const kind = kindOf(sent, path, errors);
    if (kind === undefined) return;
    const value = withRules(kind, kind === 'Namespace' || kind === 'NetworkPolicy' ? asKubernetesReads(sent) : sent, running);
    const found = checkStructure(schemas[kind], value, path);
    errors.push(...found);
    if (found.length > 0 && kind === 'Network') brokenNetworks.add(String((value as { metadata?: { name?: unknown } }).metadata?.name));
    const sound = found.length === 0 ? undefined : soundRest(schemas[kind], value, found, path);
    if (sound !== undefined) {
      if (!toldOfRest.has(kind) || checkStructure(schemas[kind], sound.rest, path).length > 0) return;
      rests.set(path, sound);
    }
    const resource = withRules(kind, normalForm((sound?.rest ?? value) as Resource), running) as Resource;
    const key = keyOfResource(resource);
    const place = `${kind} ${key}`;
    const earlier = paths.get(place);
    if (earlier !== undefined) {
      errors.push({ path: `${path}/metadata/name`, message: `${kind} ${key} is in the request twice, first at ${earlier}`, remedy: 'remove one of them' });
      return;
    }
    paths.set(place, path);
    const member = memberOfKind[resource.kind];
    touched[member].set(key, path);
    put<Resource>(next[member] as SharedMap<string, Resource>, key, resource);
  });
  errors.push(...checkCoherence(next, held, { ...touched, brokenNetworks }, claims).flatMap((error) => {
    const rest = rests.get(/^\/\d+/.exec(error.path)?.[0] ?? '');
    return rest === undefined ? error : rest.asSent(error) ?? [];
  }));
  if (errors.length > 0) throw VswError.of('VSW_INVALID', errors);
  for (const key of touched.policies.keys()) adoptRules(next.policies.get(key)!);
  for (const key of touched.networkPolicies.keys()) adoptRules(next.networkPolicies.get(key)!);
  return next;
}

/** Copies of what is in the intent, to be changed. */
function copiesOf(intent: Intent) {
  return {
    networks: new SharedMap(intent.networks), ports: new SharedMap(intent.ports), namespaces: new SharedMap(intent.namespaces),
    policies: new SharedMap(intent.policies), networkPolicies: new SharedMap(intent.networkPolicies),
  };
}

function put<R extends Resource>(map: SharedMap<string, R>, key: string, resource: R): void {
  if (!sameData(map.get(key), resource)) map.set(key, ownCopy(resource));
}

/** A policy with the rules of the one that runs under its name. */
function withRules(kind: ResourceKind, value: unknown, { policies, networkPolicies }: Intent): unknown {
  if (kind !== 'Policy' && kind !== 'NetworkPolicy') return value;
  const { metadata, spec } = value as { readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown }; readonly spec?: unknown };
  const name = String(metadata?.name);
  const running = kind === 'Policy' ? policies.get(name) : networkPolicies.get(`${String(metadata?.namespace ?? 'default')}/${name}`);
  return running === undefined || typeof spec !== 'object' || spec === null ? value : { ...value as object, spec: withRunningRules(spec, running.spec) };
}

/** The intent after what `references` name was deleted from `running`. */
export function intentWithout(references: readonly Reference[], running: Intent): Intent {
  const missing: ErrorDetail[] = [];
  const left = copiesOf(running);
  const paths = new Map<string, { readonly kind: ResourceKind; readonly key: string; readonly path: string }>();
  references.forEach((reference, index) => {
    const path = pointer(index);
    const kind = kindOf(reference, path, missing, false);
    if (kind === undefined) return;
    const key = keyOfName(kind, String(reference.name));
    const place = `${kind} ${key}`;
    if (!left[memberOfKind[kind]].delete(key) && !paths.has(place)) missing.push(notFound(kind, String(reference.name), running, path));
    paths.set(place, { kind, key, path });
  });
  if (missing.length > 0) throw VswError.of('VSW_NOT_FOUND', missing);
  const clashes: ErrorDetail[] = [];
  for (const { kind, key, path } of paths.values()) {
    if (kind === 'Network') clashes.push(...clashesOfNetwork(key, path, left));
    if (kind === 'Port') clashes.push(...clashesOfPort(key, path, left));
  }
  if (clashes.length > 0) throw VswError.of('VSW_CLASH', clashes);
  return left;
}

/** What is left and needs a network. */
function clashesOfNetwork(name: string, path: string, left: Intent): ErrorDetail[] {
  const clashes: ErrorDetail[] = [];
  const ports = [...left.ports].filter(([, port]) => isInNetwork(port.spec, name)).map(([key]) => portName(key));
  if (ports.length > 0) clashes.push({ path, message: `network ${name} still has ${ports.length === 1 ? 'port' : 'ports'} ${listed(ports)}`, remedy: 'delete them first, or in the same request' });
  const policies = [...left.policies].filter(([, policy]) => networksNamedBy(policy).has(name)).map(([key]) => key);
  if (policies.length > 0) clashes.push({ path, message: `network ${name} is named by ${policies.length === 1 ? 'policy' : 'policies'} ${listed(policies)}`, remedy: 'change or delete them first, or delete them in the same request' });
  return clashes;
}

/** What is left and needs a port. */
function clashesOfPort(key: string, path: string, left: Intent): ErrorDetail[] {
  return [...left.networks].flatMap(([name, network]) => {
    const entry = network.spec.staticMacs?.find((candidate) => portKey(candidate.port) === key);
    return entry === undefined ? [] : [{ path, message: `network ${name} maps ${entry.mac} to port ${portName(key)}`, remedy: `take the entry out of the network's staticMacs first` }];
  });
}

/** That a resource is not there, with the name that was probably meant. */
function notFound(kind: ResourceKind, name: string, intent: Intent, path: string): ErrorDetail {
  const known = [...intent[memberOfKind[kind]].keys()].map((key) => nameOfKey(kind, key));
  const meant = nearest(nameOfKey(kind, name), known);
  return {
    path,
    message: `there is no ${kind.toLowerCase()} ${name}`,
    remedy: meant ? `did you mean ${meant}?` : `"vswitchctl get ${pluralOfKind[kind]}" lists what is there`,
  };
}

/** The kind as it is written, from any usual spelling of it; undefined when there is no such kind. */
export function resourceKind(text: string): ResourceKind | undefined {
  const plain = text.toLowerCase();
  return kinds.find((kind) => plain === kind.toLowerCase() || plain === pluralOfKind[kind]);
}

function kindOf(value: unknown, path: string, errors: ErrorDetail[], exact = true): ResourceKind | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    errors.push({ path, message: 'a resource is needed here', remedy: 'write an object with apiVersion, kind, metadata and spec' });
    return undefined;
  }
  const { kind } = value as { kind?: unknown };
  if (typeof kind !== 'string') {
    errors.push({ path: `${path}/kind`, message: 'kind is missing', remedy: `add kind, one of ${kinds.join(', ')}` });
    return undefined;
  }
  const known = exact ? kinds.find((candidate) => candidate === kind) : resourceKind(kind);
  if (known !== undefined) return known;
  const meant = nearest(kind, kinds);
  errors.push({ path: `${path}/kind`, message: `there is no kind ${quote(kind)}`, remedy: meant ? `did you mean ${meant}?` : `write one of ${kinds.join(', ')}` });
  return undefined;
}

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
