/** What rules say, in the words that policies are written in: selectors, prefixes, protocols and ports. */
import type { Intent } from '../intent/intent.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../intent/network-policy.ts';
import { ruleNameOf, type AppliesTo, type Direction, type PeerSpec } from '../intent/policy.ts';
import { protocolNumbers, type ProtocolSpec } from '../intent/protocols.ts';
import type { Labels, Selector } from '../intent/selector.ts';
import type { RuleName } from '../table/rule-names.ts';

/** What a rule asks of a packet. */
export interface RuleWords {
  /** `from` of an ingress rule, `to` of an egress one. */
  readonly peers: string;
  readonly services: string;
  /** Where its policy judges. */
  readonly scope: string;
}

/** Undefined where the rule is not in the intent. */
export function wordsOfRule({ policy, rule, direction }: RuleName, intent: Intent): RuleWords | undefined {
  const [kind, ...rest] = policy.split('/');
  const key = rest.join('/');
  if (kind === 'Network') {
    const addresses = intent.networks.get(key)?.spec.nodeAddresses;
    return addresses && { peers: `the host's own addresses, ${anyOf(addresses)}`, services: 'any', scope: `network ${key}` };
  }
  if (kind === 'Policy') {
    const spec = intent.policies.get(key)?.spec;
    if (spec === undefined) return undefined;
    const written = spec[direction]?.find((one, index) => ruleNameOf(one, direction, index) === rule);
    const peers = direction === 'ingress' ? written?.from : written?.to;
    return { peers: peers === undefined ? 'anyone' : anyOf(peers.map(peerWords)), services: protocolsWords(written?.protocols), scope: scopeWords(spec.appliesTo) };
  }
  const found = intent.networkPolicies.get(key);
  if (found === undefined) return undefined;
  const written = found.spec[direction]?.find((_one, index) => `${direction}[${index}]` === rule);
  const peers = (direction === 'ingress' ? written?.from : written?.to) ?? [];
  const namespace = found.metadata.namespace ?? 'default';
  return { peers: peers.length === 0 ? 'anyone' : anyOf(peers.map((peer) => podPeerWords(peer, namespace))), services: podPortsWords(written?.ports ?? []), scope: `namespace ${namespace}` };
}

/** `app=web, tier in (a, b), !old`; 'any' for a selector that selects all. */
export function selectorWords({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const parts = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values = [] } of matchExpressions) {
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator === 'In' ? 'in' : 'not in'} (${values.join(', ')})`);
  }
  return parts.length === 0 ? 'any' : parts.join(', ');
}

export function labelsWords(labels: Labels = {}): string {
  return selectorWords({ matchLabels: labels }).replace(/^any$/, 'no labels');
}

/** As it is asked about: `tcp 443`, `icmp echo-request`. */
export function packetWords(protocol: number, destinationPort: number): string {
  const name = nameOfProtocol(protocol);
  if (name === 'tcp' || name === 'udp' || name === 'sctp') return `${name} ${destinationPort}`;
  return name === 'icmp' || name === 'icmpv6' ? `${name} ${messageWords(protocol, destinationPort)}` : name;
}

export function nameOfProtocol(protocol: number): string {
  return Object.entries(protocolNumbers).find(([, number]) => number === protocol)?.[0] ?? `protocol ${protocol}`;
}

/** The field that has the number which rules compare. */
export function portField(protocol: number): 'destinationPort' | 'type' {
  return protocol === protocolNumbers.icmp || protocol === protocolNumbers.icmpv6 ? 'type' : 'destinationPort';
}

export function peerField(direction: Direction): 'from' | 'to' {
  return direction === 'ingress' ? 'from' : 'to';
}

function messageWords(protocol: number, value: number): string {
  const echoRequest = protocol === protocolNumbers.icmp ? 8 : 128;
  return value === echoRequest << 8 ? 'echo-request' : `${value >> 8}/${value & 0xff}`;
}

function peerWords({ ports, namespaces, networks, cidr, except }: PeerSpec): string {
  const parts: string[] = [];
  if (ports !== undefined) parts.push(`ports ${selectorWords(ports)}`);
  if (namespaces !== undefined) parts.push(`${ports === undefined ? 'ports ' : ''}in namespaces ${selectorWords(namespaces)}`);
  if (networks !== undefined) parts.push(`in network ${anyOf(networks)}`);
  if (cidr !== undefined) parts.push(blockWords(cidr, except));
  return parts.join(' ');
}

function podPeerWords({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, namespace: string): string {
  if (ipBlock !== undefined) return blockWords(ipBlock.cidr, ipBlock.except);
  const where = namespaceSelector === undefined ? `in namespace ${namespace}` : `in namespaces ${selectorWords(namespaceSelector)}`;
  return `ports ${selectorWords(podSelector ?? {})} ${where}`;
}

function blockWords(cidr: string, except: readonly string[] = []): string {
  return except.length === 0 ? cidr : `${cidr} except ${anyOf(except)}`;
}

function scopeWords({ networks }: AppliesTo): string {
  return networks === undefined ? 'any network' : `network ${anyOf(networks)}`;
}

function protocolsWords(protocols: readonly ProtocolSpec[] | undefined): string {
  if (protocols === undefined) return 'any';
  return protocols.map((entry) => {
    const [kind, value] = Object.entries(entry)[0] as [string, number | string | readonly (number | string)[]];
    return `${kind === 'ip' ? 'protocol' : kind} ${[value].flat().join(', ')}`;
  }).join('; ');
}

function podPortsWords(ports: readonly NetworkPolicyPort[]): string {
  if (ports.length === 0) return 'any';
  return ports.map(({ protocol = 'TCP', port, endPort }) => {
    const range = port === undefined ? 'any port' : endPort === undefined ? String(port) : `${port}-${endPort}`;
    return `${protocol.toLowerCase()} ${range}`;
  }).join('; ');
}

function anyOf(texts: readonly string[]): string {
  return texts.join(' or ');
}
