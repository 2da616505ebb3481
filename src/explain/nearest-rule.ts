/** The rule that almost decided otherwise: which it is, the field that failed, what it wants there and what the packet has. */
import { isLinkLocal, parseIp, sameIp, type Ip } from '../address/ip.ts';
import { linkLocalOf } from '../address/mac.ts';
import type { JudgedPacket, NearRule, Trace } from '../dataplane/dataplane.ts';
import { portKey, type Intent } from '../intent/intent.ts';
import type { RuleName } from '../table/rule-names.ts';
import type { PutPort } from '../table/edits.gen.ts';
import { addressesOfEntry, networksOfEntry, type TableSet } from '../table/table-set.ts';
import type { NearestRule } from './explanation.ts';
import { labelsWords, nameOfProtocol, packetWords, peerField, portField, wordsOfRule } from './rule-words.ts';

/** Undefined when rules did not decide, or none of them but those that did was near. */
export function nearestRule({ nearest, judged, network }: Trace, tables: TableSet, intent: Intent): NearestRule | undefined {
  if (judged === undefined) return undefined;
  for (const near of nearest) {
    const name = tables.ruleNames.get(near.rule);
    const failed = name === undefined ? undefined : failedField(near, name, judged, network, tables, intent);
    if (name !== undefined && failed !== undefined) return { policy: name.policy, rule: name.rule, ...failed };
  }
  return undefined;
}

/** The first that failed: whom it is about, then the protocol and the port. */
function failedField(near: NearRule, name: RuleName, judged: JudgedPacket, network: number, tables: TableSet, intent: Intent): Pick<NearestRule, 'field' | 'wanted' | 'seen'> | undefined {
  const words = wordsOfRule(name, intent);
  if (words === undefined) return undefined;
  const isIngress = name.direction === 'ingress';
  const [isPeer, isInScope] = isIngress ? [near.source, near.destination] : [near.destination, near.source];
  if (!isInScope) return { field: 'appliesTo', wanted: words.scope, seen: `network ${tables.networks.get(network)?.name ?? ''}` };
  if (!isPeer) return { field: peerField(name.direction), wanted: words.peers, seen: whoHas(isIngress ? judged.source : judged.destination, network, tables, intent) };
  if (near.service) return undefined;
  const { protocol, destinationPort } = judged;
  if (!near.protocol) return { field: 'protocol', wanted: words.services, seen: nameOfProtocol(protocol) };
  return { field: portField(protocol), wanted: words.services, seen: packetWords(protocol, destinationPort) };
}

/** The port of a network that has an address: the one that declares it, otherwise the one whose host derives it from the MAC. */
export function ownerOf(ip: Ip, network: number, tables: TableSet): PutPort | undefined {
  let deriving: PutPort | undefined;
  for (const port of tables.ports.values()) {
    if (!networksOfEntry(port).includes(network)) continue;
    if (addressesOfEntry(port).some((one) => one.network === network && sameIp(one.prefix.address, ip))) return port;
    if (isLinkLocal(ip) && sameIp(linkLocalOf(port.mac), ip)) deriving = port;
  }
  return deriving;
}

function whoHas(address: string, network: number, tables: TableSet, intent: Intent): string {
  const owner = ownerOf(parseIp(address)!, network, tables);
  const resource = owner === undefined ? undefined : intent.ports.get(portKey(owner.name));
  if (resource === undefined) return `${address}, which no port declares`;
  const namespace = resource.metadata.namespace ?? 'default';
  const about = intent.namespaces.get(namespace)?.metadata.labels;
  return `${address}, port ${owner!.name} (${labelsWords(resource.metadata.labels)}) in namespace ${namespace}${about === undefined ? '' : ` (${labelsWords(about)})`}`;
}
