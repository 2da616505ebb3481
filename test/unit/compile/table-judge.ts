/** Judges packets by tables as plainly as their sentences say: every address compared with every prefix, rules from the first to the last. */
import { cidrHolds } from '../../../src/address/cidr.ts';
import { formatIp, parseIp, type Ip } from '../../../src/address/ip.ts';
import type { RuleEntry } from '../../../src/table/edits.gen.ts';
import type { TableSet } from '../../../src/table/table-set.ts';

export interface JudgedPacket {
  readonly network: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** The destination port, or of ICMP type << 8 | code. */
  readonly value: number;
}

export type Verdict = 'allow' | 'drop' | 'reject';
const verdicts = ['allow', 'drop', 'reject'] as const;
const pass = 3;

function setsOf(tables: TableSet, network: number, ip: Ip): Set<number> {
  const sets = new Set(tables.addressSets.get(`${network} ${formatIp(ip)}`)?.sets ?? []);
  for (const { set, prefixes } of tables.prefixSets.values()) {
    if (prefixes.some((one) => (one.network === 0 || one.network === network) && cidrHolds(one.prefix, ip))) sets.add(set);
  }
  return sets;
}

/** The rule of a list that decides; undefined when none does. */
export function decidingRule(tables: TableSet, list: number, packet: JudgedPacket): RuleEntry | undefined {
  if (list === 0) return undefined;
  const [source, destination] = [parseIp(packet.source)!, parseIp(packet.destination)!];
  const from = setsOf(tables, packet.network, source);
  const to = setsOf(tables, packet.network, destination);
  const services = new Set(tables.serviceSets.get(`${packet.network} ${formatIp(destination)} ${packet.protocol} ${packet.value}`)?.services ?? []);
  const { rules } = tables.rules.get(list)!;
  let tierFrom = 0;
  for (const rule of rules) {
    if (rule.tier < tierFrom) continue;
    if (rule.source !== 0 && !from.has(rule.source)) continue;
    if (rule.destination !== 0 && !to.has(rule.destination)) continue;
    const isMeant = rule.services.length === 0 || rule.services.some(({ protocol, first, last, named }) => (
      named !== 0 ? services.has(named) : (protocol === 256 || protocol === packet.protocol) && first <= packet.value && packet.value <= last));
    if (!isMeant) continue;
    if (rule.action !== pass) return rule;
    tierFrom = rule.tier + 1;
  }
  return undefined;
}

/** What becomes of a packet in one direction of a port, by its list or the network's default. */
export function verdictOf(tables: TableSet, port: number, direction: 'ingress' | 'egress', packet: JudgedPacket): Verdict {
  const rule = decidingRule(tables, tables.portPolicies.get(port)?.[direction] ?? 0, packet);
  if (rule !== undefined) return verdicts[rule.action]!;
  const network = tables.networks.get(packet.network)!;
  return (direction === 'ingress' ? network.ingressAllowed : network.egressAllowed) === 1 ? 'allow' : 'drop';
}
