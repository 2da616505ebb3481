/** What the numbers of IP's protocols are called in answers. */

const names: ReadonlyMap<number, string> = new Map([[1, 'icmp'], [6, 'tcp'], [17, 'udp'], [58, 'icmpv6'], [132, 'sctp']]);

/** Its name; the number of one that has none here. */
export function protocolName(protocol: number): string {
  return names.get(protocol) ?? String(protocol);
}
