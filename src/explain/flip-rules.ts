/** Changes of policies that may flip a verdict: a rule for exactly this packet, in front of the one that decided. */
import type { JudgedPacket, TraceRuling } from '../dataplane/dataplane.ts';
import { parseIp } from '../address/ip.ts';
import { portKey, type Intent, type Resource } from '../intent/intent.ts';
import type { NetworkPolicyResource, NetworkPolicyRule } from '../intent/network-policy.ts';
import { ruleNameOf, type Direction, type PolicyResource, type RuleSpec, type Tier } from '../intent/policy.ts';
import { protocolNumbers, type ProtocolSpec } from '../intent/protocols.ts';
import type { PutPort } from '../table/edits.gen.ts';
import { nameOfRule } from '../table/rule-names.ts';
import type { Obstacle } from './flip.ts';
import { nameOfProtocol, peerField } from './rule-words.ts';

const orderFirst = -1_000_000;
/** With more rules it is no small change to give all of it anew. */
const rulesOfLongPolicy = 200;
const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** From the smallest on; each is a list of resources that belong together. */
export function ruleChanges({ trace, subject }: Obstacle): readonly (readonly Resource[])[] {
  const { judged, rulings, verdict } = trace;
  if (judged === undefined || (verdict !== 'allow' && trace.rule === 0)) return [];
  const deciding = verdict === 'allow' ? allowing(rulings) : rulings.filter(({ action }) => action !== 'allow');
  return deciding.flatMap((ruling) => changesFor(ruling, verdict === 'allow' ? 'drop' : 'allow', judged, trace.network, subject));
}

/** The receiver's first, unless there are many: then the sender's word is one for all of them. */
function allowing(rulings: readonly TraceRuling[]): readonly TraceRuling[] {
  const allowed = rulings.filter(({ action }) => action === 'allow');
  const egress = allowed.filter(({ direction }) => direction === 'egress');
  const ingress = allowed.filter(({ direction }) => direction === 'ingress');
  return ingress.length > 1 ? egress : [...ingress, ...egress];
}

function changesFor(
  { direction, port, rule }: TraceRuling, action: 'allow' | 'drop', judged: JudgedPacket, network: number, { tables, intent }: Obstacle['subject'],
): (readonly Resource[])[] {
  const networkName = tables.networks.get(network)?.name ?? '';
  const { policy, rule: name } = nameOfRule(tables.ruleNames, rule, networkName);
  const [kind, ...rest] = policy.split('/');
  const added: RuleSpec = { action, ...peerOf(direction, judged), protocols: [protocolOf(judged)] };
  const changes: Resource[] = [];
  const written = kind === 'Policy' ? intent.policies.get(rest.join('/')) : undefined;
  const isLong = written !== undefined && (written.spec.ingress ?? []).length + (written.spec.egress ?? []).length > rulesOfLongPolicy;
  if (written !== undefined && !isLong) changes.push(withRule(written, direction, name, added));
  const isolating = kind === 'NetworkPolicy' && action === 'allow' ? intent.networkPolicies.get(rest.join('/')) : undefined;
  const entry = isolating && podRule(direction, judged);
  if (isolating !== undefined && entry !== undefined) changes.push(withPodRule(isolating, direction, entry));
  const entryOfPort = tables.ports.get(port);
  if (entryOfPort !== undefined) {
    for (const tier of ['application', 'emergency'] as const) changes.push(policyFor(entryOfPort, direction, added, tier, networkName, intent));
  }
  if (isLong) changes.push(withRule(written, direction, name, added));
  return changes.map((change) => [change]);
}

/** In front of the rule of that name; behind all of them when it is the default. */
function withRule(policy: PolicyResource, direction: Direction, name: string, added: RuleSpec): PolicyResource {
  const rules = policy.spec[direction] ?? [];
  const found = rules.findIndex((rule, index) => ruleNameOf(rule, direction, index) === name);
  const at = found < 0 ? rules.length : found;
  return { ...policy, spec: { ...policy.spec, [direction]: [...rules.slice(0, at), added, ...rules.slice(at)] } };
}

function withPodRule(policy: NetworkPolicyResource, direction: Direction, added: NetworkPolicyRule): NetworkPolicyResource {
  return { ...policy, spec: { ...policy.spec, [direction]: [...(policy.spec[direction] ?? []), added] } };
}

/** Undefined for what a NetworkPolicy has no words for. */
function podRule(direction: Direction, judged: JudgedPacket): NetworkPolicyRule | undefined {
  const { protocol, destinationPort } = judged;
  const name = nameOfProtocol(protocol).toUpperCase();
  if ((name !== 'TCP' && name !== 'UDP' && name !== 'SCTP') || destinationPort === 0) return undefined;
  return { [peerField(direction)]: [{ ipBlock: { cidr: hostPrefix(farEnd(direction, judged)) } }], ports: [{ protocol: name, port: destinationPort }] };
}

/** A policy that says this one thing about ports with the labels of that one, in its network. */
function policyFor(port: PutPort, direction: Direction, rule: RuleSpec, tier: Tier, network: string, { ports, policies }: Intent): PolicyResource {
  const { namespace = 'default', labels = {} } = ports.get(portKey(port.name))?.metadata ?? { name: port.name };
  const base = `explained-${rule.action}`;
  let name = base;
  for (let count = 2; policies.has(name); ++count) name = `${base}-${count}`;
  return {
    apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name },
    spec: {
      tier, order: orderFirst,
      appliesTo: {
        ...(Object.keys(labels).length > 0 && { ports: { matchLabels: labels } }),
        namespaces: { matchLabels: { [namespaceNameLabel]: namespace } },
        networks: [network],
      },
      [direction]: [rule],
    },
  };
}

function peerOf(direction: Direction, judged: JudgedPacket): Pick<RuleSpec, 'from' | 'to'> {
  return { [peerField(direction)]: [{ cidr: hostPrefix(farEnd(direction, judged)) }] };
}

function farEnd(direction: Direction, { source, destination }: JudgedPacket): string {
  return direction === 'ingress' ? source : destination;
}

function hostPrefix(address: string): string {
  return `${address}/${parseIp(address)?.family === 6 ? 128 : 32}`;
}

function protocolOf({ protocol, destinationPort }: JudgedPacket): ProtocolSpec {
  switch (protocol) {
    case protocolNumbers.tcp: return { tcp: [destinationPort] };
    case protocolNumbers.udp: return { udp: [destinationPort] };
    case protocolNumbers.sctp: return { sctp: [destinationPort] };
    case protocolNumbers.icmp: return { icmp: `${destinationPort >> 8}/${destinationPort & 0xff}` };
    case protocolNumbers.icmpv6: return { icmpv6: `${destinationPort >> 8}/${destinationPort & 0xff}` };
    default: return { ip: protocol };
  }
}
