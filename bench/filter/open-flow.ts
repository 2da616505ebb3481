/**
 * The rules as OpenFlow for Open vSwitch's connection tracking, in two tables.
 *
 * The first one asks whether a packet's connection is known and lets ARP pass. The second lets pass what is established,
 * and asks the rules about what is new, in their order; what they allow is recorded. Nothing else passes.
 */
import type { FilterRule } from './rules.ts';

const priorityFirst = 20_000;

/** `onwards` is the action of what may pass: NORMAL, or output to a port. */
export function openFlowOf(rules: readonly FilterRule[], onwards: string): string {
  const sentences = rules.map(({ action, protocol, peers, port }, index) => {
    const match = [protocol ?? 'ip', `nw_src=${peers}`, ...(port === undefined ? [] : [`tp_dst=${port}`])].join(',');
    return `table=1,priority=${priorityFirst - index},ct_state=+trk+new,${match},actions=${action === 'allow' ? `ct(commit),${onwards}` : 'drop'}`;
  });
  return [
    `table=0,priority=200,arp,actions=${onwards}`,
    'table=0,priority=100,ip,ct_state=-trk,actions=ct(table=1)',
    'table=0,priority=0,actions=drop',
    `table=1,priority=30000,ip,ct_state=+trk+est,actions=${onwards}`,
    `table=1,priority=30000,ip,ct_state=+trk+rel,actions=${onwards}`,
    ...sentences,
    'table=1,priority=0,actions=drop',
    '',
  ].join('\n');
}
