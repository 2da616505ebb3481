/**
 * The normal form of a resource: addresses in their canonical text, numbers as numbers, no status.
 *
 * Two resources that mean the same in other letters become equal, so applying one after the other
 * changes nothing. What is absent stays absent: defaults belong to the reader, not to the wish.
 */
import { formatCidr, parseCidr, subnetOf } from '../address/cidr.ts';
import { formatIp, formatRange, parseIp, parseRange } from '../address/ip.ts';
import { parseMac } from '../address/mac.ts';
import { portKey, portName, type Metadata, type Resource } from './intent.ts';
import type { NetworkPolicyPeer, NetworkPolicyRule, NetworkPolicySpec } from './network-policy.ts';
import type { NetworkSpec } from './network.ts';
import type { PeerSpec, PolicySpec, RuleSpec } from './policy.ts';
import type { PortSpec } from './port.ts';
import { normalProtocols } from './protocols.ts';
import { isOurRule } from './shared-rules.ts';

const cidr = (text: string): string => formatCidr(parseCidr(text)!);
const ip = (text: string): string => formatIp(parseIp(text)!);
const range = (text: string): string => formatRange(parseRange(text)!);
const mac = (text: string): string => parseMac(text)!;
const number = (value: number | string): number => Number(value);

/** The normal form of a value whose structure was found right. */
export function normalForm(resource: Resource): Resource {
  const metadata = normalMetadata(resource.metadata);
  if (resource.kind === 'Network') return { apiVersion: resource.apiVersion, kind: 'Network', metadata, spec: normalNetwork(resource.spec ?? {}) };
  if (resource.kind === 'Port') return { apiVersion: resource.apiVersion, kind: 'Port', metadata, spec: normalPort(resource.spec) };
  if (resource.kind === 'Policy') return { apiVersion: resource.apiVersion, kind: 'Policy', metadata, spec: normalPolicy(resource.spec) };
  if (resource.kind === 'NetworkPolicy') return { apiVersion: resource.apiVersion, kind: 'NetworkPolicy', metadata, spec: normalNetworkPolicy(resource.spec) };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

function normalMetadata({ name, namespace, labels, annotations }: Metadata): Metadata {
  return {
    name,
    ...(namespace !== undefined && namespace !== 'default' && { namespace }),
    ...(labels !== undefined && Object.keys(labels).length > 0 && { labels }),
    ...(annotations !== undefined && Object.keys(annotations).length > 0 && { annotations }),
  };
}

function normalNetwork(spec: NetworkSpec): NetworkSpec {
  return {
    ...spec,
    ...(spec.subnets && { subnets: spec.subnets.map(cidr) }),
    ...(spec.excluded && { excluded: spec.excluded.map(range) }),
    ...(spec.nodeAddresses && { nodeAddresses: spec.nodeAddresses.map(ip) }),
    ...(spec.etherTypes && { etherTypes: spec.etherTypes.map(number) }),
    ...(spec.staticMacs && {
      staticMacs: spec.staticMacs.map((entry) => ({ mac: mac(entry.mac), port: portName(portKey(entry.port)) })),
    }),
  };
}

function normalPort(spec: PortSpec): PortSpec {
  return {
    ...spec,
    ...(spec.mac !== undefined && { mac: mac(spec.mac) }),
    ...(spec.addresses && { addresses: spec.addresses.map(cidr) }),
    ...(spec.routes && {
      routes: spec.routes.map((route) => ({
        to: route.to === 'default' ? route.to : cidr(route.to),
        ...(route.via !== undefined && { via: ip(route.via) }),
      })),
    }),
  };
}

function normalPolicy(spec: PolicySpec): PolicySpec {
  const rule = (one: RuleSpec): RuleSpec => {
    if (isOurRule(one)) return one;
    const { from, to, protocols, ...rest } = one;
    return {
      ...rest,
      ...(from && { from: from.map(normalPeer) }),
      ...(to && { to: to.map(normalPeer) }),
      ...(protocols && { protocols: normalProtocols(protocols) }),
    };
  };
  return { ...spec, ...(spec.ingress && { ingress: spec.ingress.map(rule) }), ...(spec.egress && { egress: spec.egress.map(rule) }) };
}

function normalPeer(peer: PeerSpec): PeerSpec {
  return {
    ...peer,
    ...(peer.cidr !== undefined && { cidr: cidr(peer.cidr) }),
    ...(peer.except && { except: peer.except.map(cidr) }),
  };
}

function normalNetworkPolicy(spec: NetworkPolicySpec): NetworkPolicySpec {
  const peer = (one: NetworkPolicyPeer): NetworkPolicyPeer => ({ ...one, ...(one.ipBlock && { ipBlock: normalBlock(one.ipBlock) }) });
  const rule = (one: NetworkPolicyRule): NetworkPolicyRule => {
    if (isOurRule(one)) return one;
    const { from, to, ...rest } = one;
    return { ...rest, ...(from && { from: from.map(peer) }), ...(to && { to: to.map(peer) }) };
  };
  return { ...spec, ...(spec.ingress && { ingress: spec.ingress.map(rule) }), ...(spec.egress && { egress: spec.egress.map(rule) }) };
}

/** Kubernetes lets a prefix be written by any of its addresses. */
function normalBlock(block: { readonly cidr: string; readonly except?: readonly string[] }): { readonly cidr: string; readonly except?: readonly string[] } {
  const first = (text: string): string => formatCidr(subnetOf(parseCidr(text)!));
  return { cidr: first(block.cidr), ...(block.except && { except: block.except.map(first) }) };
}
