/**
 * IGMP, MLD and frames of multicast groups by chance: a few groups, every type of message and of record, and
 * what is wrong with some of them.
 */
import { be16, ethertypes, icmpv6, internetChecksum, ipBytes, ipv4, ipv6, join, multicastMacOf, protocols, udp } from '../harness/frames.ts';

export const membershipKinds = ['igmp', 'mld', 'stream4', 'stream6'] as const;
export type MembershipKind = (typeof membershipKinds)[number];

const groups4 = ['239.1.1.1', '239.1.1.2', '232.0.0.1', '224.0.0.251'];
const groups6 = ['ff05::1', 'ff05::2', 'ff3e::8000:1', 'ff02::fb'];
const alert4 = new Uint8Array([0x94, 4, 0, 0]);
const alert6 = new Uint8Array([0, 5, 2, 0, 0, 1, 0]); // a hop-by-hop header without its first byte
const flawless = 7;

export interface MembershipChoice {
  kind: MembershipKind;
  variant: number; // of 8: the type of message or record
  group: number; // of 4
  flaw: number; // of 8, most of which are none
  source: string;
}

export interface MembershipFrame {
  destinationMac: string;
  type: number;
  payload: Uint8Array;
}

export function buildMembership({ kind, variant, group, flaw, source }: MembershipChoice): MembershipFrame {
  const isWide = kind === 'mld' || kind === 'stream6';
  const address = (isWide ? groups6 : groups4)[group] ?? '';
  if (kind === 'stream4' || kind === 'stream6') {
    const ends = { source, destination: address };
    const payload = udp(ends, 1000, 2000, new Uint8Array(20));
    return isWide
      ? { destinationMac: multicastMacOf(address), type: ethertypes.ipv6, payload: ipv6({ ...ends, next: protocols.udp, payload }) }
      : { destinationMac: multicastMacOf(address), type: ethertypes.ipv4, payload: ipv4({ ...ends, protocol: protocols.udp, payload }) };
  }
  const asked = flaw === 0 ? source : address;
  const count = flaw === 1 ? 2 : 1;
  const hops = flaw === 2 ? 2 : 1;
  const sources = variant === 5 ? [source] : [];
  const record = (type: number, wide: boolean): Uint8Array => join([type, 0], be16(sources.length), ipBytes(asked), ...sources.map((one) => ipBytes(wide && !one.includes(':') ? '::1' : one)));
  const general = group % 2 === 0;
  if (kind === 'mld') {
    const ends = { source, destination: variant < 4 ? 'ff02::1' : 'ff02::16' };
    const any = general ? '::' : asked;
    const [type, rest] = ([
      [130, join(be16(1000), [0, 0], ipBytes(any))], [130, join(be16(1000), [0, 0], ipBytes(any), [2, 20, 0, 0])], [131, join([0, 0, 0, 0], ipBytes(asked))], [132, join([0, 0, 0, 0], ipBytes(asked))],
      [143, join([0, 0], be16(count), record(4, true))], [143, join([0, 0], be16(count), record(6, true))], [143, join([0, 0], be16(count), record(3, true))], [143, join([0, 0], be16(count + 1), record(2, true), record(9, true))],
    ] as const)[variant] ?? [143, new Uint8Array(4)];
    const payload = icmpv6(ends, type, 0, rest);
    if (flaw === 3) payload[3] = (payload[3] ?? 0) ^ 1;
    const extensions = flaw === 4 ? [] : [{ type: 0, body: alert6 }];
    return { destinationMac: multicastMacOf(ends.destination), type: ethertypes.ipv6, payload: ipv6({ ...ends, next: 58, payload, hopLimit: hops, extensions }) };
  }
  const ends = { source, destination: variant < 4 ? '224.0.0.1' : '224.0.0.22' };
  const any = general ? '0.0.0.0' : asked;
  const message = ([
    join([0x11, 10, 0, 0], ipBytes(any)), join([0x11, 10, 0, 0], ipBytes(any), [2, 20, 0, 0]), join([flaw === 5 ? 0x12 : 0x16, 0, 0, 0], ipBytes(asked)), join([0x17, 0, 0, 0], ipBytes(asked)),
    join([0x22, 0, 0, 0, 0, 0], be16(count), record(4, false)), join([0x22, 0, 0, 0, 0, 0], be16(count), record(6, false)), join([0x22, 0, 0, 0, 0, 0], be16(count), record(3, false)), join([flaw === 5 ? 0x13 : 0x11, 0, 0, 0], ipBytes(any)),
  ] as const)[variant] ?? new Uint8Array(8);
  message.set(be16(internetChecksum(message)), 2);
  if (flaw === 3) message[3] = (message[3] ?? 0) ^ 1;
  const options = flaw === 4 ? new Uint8Array(0) : alert4;
  return { destinationMac: multicastMacOf(ends.destination), type: ethertypes.ipv4, payload: ipv4({ ...ends, protocol: 2, payload: message, ttl: hops, options }) };
}

/** Of a few hundred numbers: mostly no flaw. */
export const flawOf = (number: number): number => (number % 4 === 0 ? number % 7 : flawless);
