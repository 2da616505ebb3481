/**
 * Frames by chance: mostly what hosts say, often what liars say, sometimes what nobody should.
 *
 * A plan names its addresses by role (own, other, stranger), so that it means something in every world
 * and shrinks to something readable; `buildFrame` turns it into bytes for the ports at hand.
 */
import fc from 'fast-check';
import {
  arp, be16, broadcastMac, dhcp, ethernet, ethertypes, fragmentBody, icmp, icmpv6, ipv4, ipv6, join, linkLayerOption, linkLocalOf, llc, multicastMacOf,
  neighborAdvertisement, neighborSolicitation, protocols, pseudoHeader, sctp, solicitedNodeOf, sum16, tcp, udp,
} from '../harness/frames.ts';
import type { ModelOffload } from '../model/super-frame.ts';
import { buildMembership, flawOf, type MembershipKind, membershipKinds } from './membership-stories.ts';

export interface Host {
  mac: string;
  v4: string;
  v6: string;
}

export interface FramePlan {
  kind:
    | 'udp4' | 'tcp4' | 'icmp4' | 'sctp4' | 'other4' | 'fragment4' | 'udp6' | 'tcp6' | 'icmp6' | 'other6' | 'fragment6' | 'extended6' | 'arp'
    | 'solicitation' | 'advertisement' | 'router' | 'listener' | 'dhcp' | 'type' | 'llc' | MembershipKind;
  sourceMac: 'own' | 'other' | 'stranger' | 'nearby' | 'group' | 'zero';
  destinationMac: 'other' | 'own' | 'stranger' | 'nearby' | 'broadcast' | 'multicast' | 'reserved';
  sourceIp: 'own' | 'other' | 'stranger' | 'unspecified' | 'linkLocal' | 'mapped';
  destinationIp: 'other' | 'own' | 'stranger' | 'group';
  stranger: number; // which of a few strangers
  ports: number; // which pair of ports
  size: number;
  variant: number; // what is left to the kind: flags, operation, options
  tags: readonly number[];
  damage: { kind: 'none' | 'cut' | 'flip' | 'pad'; at: number };
  offload: 'none' | 'partial' | 'super' | 'lie';
  segment: number;
}

const often = <T>(usual: T, weight: number, ...rare: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, ...rare.map((value) => ({ weight: 1, arbitrary: fc.constant(value) })));

export const framePlan: fc.Arbitrary<FramePlan> = fc.record({
  kind: fc.constantFrom<FramePlan['kind']>(
    'udp4', 'udp4', 'udp4', 'tcp4', 'tcp4', 'icmp4', 'sctp4', 'other4', 'fragment4', 'udp6', 'udp6', 'tcp6', 'icmp6', 'other6', 'fragment6', 'extended6',
    'arp', 'arp', 'solicitation', 'advertisement', 'router', 'listener', 'dhcp', 'type', 'llc',
    ...membershipKinds, 'igmp', 'mld', 'stream4', 'stream6',
  ),
  sourceMac: often<FramePlan['sourceMac']>('own', 9, 'other', 'stranger', 'stranger', 'nearby', 'group', 'zero'),
  destinationMac: often<FramePlan['destinationMac']>('other', 8, 'own', 'stranger', 'stranger', 'nearby', 'broadcast', 'broadcast', 'multicast', 'reserved'),
  sourceIp: often<FramePlan['sourceIp']>('own', 9, 'other', 'stranger', 'unspecified', 'linkLocal', 'mapped'),
  destinationIp: often<FramePlan['destinationIp']>('other', 5, 'own', 'stranger', 'group'),
  stranger: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
  ports: often(0, 6, 1, 2, 3, 4, 5),
  size: often(20, 4, 0, 1, 200, 1100, 1400, 1473, 5000),
  variant: fc.nat(7),
  tags: often<readonly number[]>([], 20, [0], [0], [5], [0, 0], [0, 5], [101], [0, 101], [5, 6], [1, 2, 3]),
  damage: fc.oneof(
    { weight: 12, arbitrary: fc.constant({ kind: 'none' as const, at: 0 }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'flip' as const, 'pad' as const), at: fc.nat(100) }) },
  ),
  offload: often<FramePlan['offload']>('none', 8, 'partial', 'super', 'lie'),
  segment: fc.constantFrom(1, 7, 8, 100, 536, 1000, 1448),
});

export const strangers: readonly Host[] = [1, 2, 3, 4].map((number) => ({
  mac: `02:00:00:00:01:0${number}`, v4: `10.0.0.${100 + number}`, v6: `fd00::10${number}`,
}));

const portPairs: readonly (readonly [number, number])[] = [[1000, 2000], [2000, 1000], [68, 67], [67, 68], [546, 547], [547, 546]];

/** A MAC that differs from a declared one in a single bit. */
const nearby = (mac: string): string => `${mac.slice(0, -1)}${(Number.parseInt(mac.slice(-1), 16) ^ 8).toString(16)}`;

export interface BuiltFrame {
  frame: Uint8Array;
  offload?: ModelOffload;
}

const isMembership = (kind: FramePlan['kind']): kind is MembershipKind => (membershipKinds as readonly string[]).includes(kind);

/** Its source is usually the port's own; MLD speaks from the link-local address. */
function buildGroupFrame(plan: FramePlan & { kind: MembershipKind }, own: Host, source: string): BuiltFrame {
  const isWide = plan.kind === 'mld' || plan.kind === 'stream6';
  const usual = plan.kind === 'mld' ? linkLocalOf(source) : isWide ? own.v6 : own.v4;
  const from = plan.sourceIp === 'unspecified' ? (isWide ? '::' : '0.0.0.0') : plan.sourceIp === 'stranger' ? (isWide ? 'fe80::9' : '10.0.0.109') : usual;
  const { destinationMac, type, payload } = buildMembership({ kind: plan.kind, variant: plan.variant, group: plan.stranger, flaw: flawOf(plan.segment + plan.ports), source: from });
  const destination = plan.destinationMac === 'broadcast' ? broadcastMac : plan.destinationMac === 'own' ? own.mac : destinationMac;
  return { frame: inflict(ethernet({ source, destination, type, payload, tags: [] }), plan.damage) };
}

export function buildFrame(plan: FramePlan, own: Host, other: Host): BuiltFrame {
  const stranger = strangers[plan.stranger] ?? own;
  const source = { own: own.mac, other: other.mac, stranger: stranger.mac, nearby: nearby(own.mac), group: '03:00:00:00:00:01', zero: '00:00:00:00:00:00' }[plan.sourceMac];
  if (isMembership(plan.kind)) return buildGroupFrame({ ...plan, kind: plan.kind }, own, source);
  const isWide = ['udp6', 'tcp6', 'icmp6', 'other6', 'fragment6', 'extended6', 'solicitation', 'advertisement', 'router', 'listener'].includes(plan.kind);
  const family = isWide ? 'v6' : 'v4';
  const from = {
    own: own[family], other: other[family], stranger: stranger[family], unspecified: isWide ? '::' : '0.0.0.0',
    linkLocal: isWide ? linkLocalOf(own.mac) : '169.254.1.1', mapped: isWide ? `::ffff:a00:${own.v4.split('.')[3]}` : own.v4,
  }[plan.sourceIp];
  const to = { other: other[family], own: own[family], stranger: stranger[family], group: isWide ? 'ff02::fb' : '224.0.0.251' }[plan.destinationIp];
  const destination = {
    other: other.mac, own: own.mac, stranger: stranger.mac, nearby: nearby(other.mac), broadcast: broadcastMac, multicast: multicastMacOf(isWide ? 'ff02::fb' : '224.0.0.251'),
    reserved: `01:80:c2:00:00:0${plan.variant}`,
  }[plan.destinationMac];
  const ends = { source: from, destination: to };
  const { type, payload, hasOffload } = buildPayload(plan, ends, own, source);
  const tags = plan.tags.map((vlan) => ({ vlan, priority: plan.variant }));
  let frame = plan.kind === 'llc' ? llc(source, destination, payload, payload.length + (plan.variant === 7 ? 1 : 0)) : ethernet({ source, destination, type, payload, tags });
  const transport = 14 + tags.length * 4 + (isWide ? 40 : 20);
  const offload = hasOffload ? claimOffload(plan, frame, transport) : plan.offload === 'lie' ? lieOf(plan, transport) : undefined;
  frame = inflict(frame, plan.damage);
  return offload === undefined ? { frame } : { frame, offload };
}

function buildPayload(plan: FramePlan, ends: { source: string; destination: string }, own: Host, sourceMac: string): { type: number; payload: Uint8Array; hasOffload: boolean } {
  const [sourcePort = 0, destinationPort = 0] = portPairs[plan.ports] ?? [];
  const data = new Uint8Array(plan.size).map((_, index) => index & 255);
  const { variant } = plan;
  const v4 = (protocol: number, payload: Uint8Array, more: object = {}): { type: number; payload: Uint8Array; hasOffload: boolean } => ({
    type: ethertypes.ipv4, payload: ipv4({ ...ends, protocol, payload, ...more }), hasOffload: [6, 17].includes(protocol) && Object.keys(more).length === 0,
  });
  const v6 = (next: number, payload: Uint8Array, more: object = {}): { type: number; payload: Uint8Array; hasOffload: boolean } => ({
    type: ethertypes.ipv6, payload: ipv6({ ...ends, next, payload, ...more }), hasOffload: [6, 17].includes(next) && Object.keys(more).length === 0,
  });
  const ndMac = variant === 7 ? own.mac : sourceMac;
  switch (plan.kind) {
    case 'udp4': return v4(protocols.udp, udp(ends, sourcePort, destinationPort, data));
    case 'tcp4': return v4(protocols.tcp, tcp(ends, sourcePort, destinationPort, data, { flags: ['S', 'SA', 'A', 'PA', 'FA', 'R', 'PAC', 'U'][variant] ?? 'A' }));
    case 'icmp4': return v4(protocols.icmp, icmp([8, 0, 3, 11, 5, 13, 8, 0][variant] ?? 8, 0, join([0, sourcePort & 255, 0, 1], data)));
    case 'sctp4': return v4(protocols.sctp, sctp(sourcePort, destinationPort, data));
    case 'other4': return v4([47, 50, 2, 253, 58, 41, 4, 89][variant] ?? 47, data);
    case 'fragment4': return v4(protocols.udp, variant < 4 ? udp(ends, sourcePort, destinationPort, data) : data, { offset: variant < 4 ? 0 : variant * 800, more: variant !== 5, options: variant === 2 ? new Uint8Array([1, 1, 1, 1]) : new Uint8Array(0) });
    case 'udp6': return v6(protocols.udp, udp(ends, sourcePort, destinationPort, data));
    case 'tcp6': return v6(protocols.tcp, tcp(ends, sourcePort, destinationPort, data, { flags: ['S', 'SA', 'A', 'PA', 'FA', 'R', 'PAC', 'U'][variant] ?? 'A' }));
    case 'icmp6': return v6(protocols.icmpv6, icmpv6(ends, [128, 129, 1, 2, 3, 128, 129, 4][variant] ?? 128, 0, join([0, sourcePort & 255, 0, 1], data)));
    case 'other6': return v6([47, 50, 59, 253, 1, 41, 4, 89][variant] ?? 47, data);
    case 'fragment6': return v6(protocols.udp, udp(ends, sourcePort, destinationPort, data), { extensions: [{ type: 44, body: fragmentBody(variant < 4 ? 0 : variant * 800, variant !== 3) }] });
    case 'extended6': return v6(protocols.udp, udp(ends, sourcePort, destinationPort, data), { extensions: [{ type: [0, 60, 43, 51, 0, 60, 44, 60][variant] ?? 60, body: new Uint8Array(variant === 3 ? 15 : 7).fill(variant === 3 ? 2 : 0, 0, 1) }, ...(variant === 5 ? [{ type: 0, body: new Uint8Array(7) }] : [])] });
    case 'arp': return { type: ethertypes.arp, payload: arp({ operation: [1, 1, 1, 1, 2, 2, 1, 3][variant] ?? 1, senderMac: variant === 6 ? '02:00:00:00:01:01' : sourceMac, senderIp: ends.source, targetIp: ends.destination }), hasOffload: false };
    case 'solicitation': {
      const target = ends.destination;
      const asked = { source: ends.source, destination: variant < 5 ? solicitedNodeOf(target) : target };
      const option = variant === 0 ? new Uint8Array(0) : variant === 4 ? join(linkLayerOption(1, ndMac), [1, 0]) : linkLayerOption(1, variant === 3 ? '02:00:00:00:01:01' : ndMac);
      return { type: ethertypes.ipv6, payload: ipv6({ ...asked, next: 58, payload: neighborSolicitation(asked, target, option), hopLimit: variant === 6 ? 64 : 255 }), hasOffload: false };
    }
    case 'advertisement': return v6(58, neighborAdvertisement(ends, variant < 4 ? ends.source : ends.destination, 0x60, variant === 0 ? new Uint8Array(0) : linkLayerOption(2, variant === 3 ? '02:00:00:00:01:01' : ndMac)), { hopLimit: variant === 6 ? 1 : 255 });
    case 'router': return v6(58, icmpv6(ends, [133, 134, 137, 133, 134, 137, 133, 134][variant] ?? 133, 0, new Uint8Array(variant > 5 ? 8 : 36)), { hopLimit: variant === 4 ? 3 : 255 });
    case 'listener': return v6(58, icmpv6(ends, [130, 131, 132, 143, 143, 143, 143, 143][variant] ?? 143, 0, data), { hopLimit: 1, extensions: variant > 3 ? [{ type: 0, body: new Uint8Array([0, 5, 2, 0, 0, 1, 0]) }] : [] });
    case 'dhcp': {
      const isServer = variant === 7;
      return v4(protocols.udp, udp(ends, variant > 4 && plan.size % 2 === 1 ? 1067 : isServer ? 67 : 68, isServer ? 68 : 67, dhcp(isServer ? 2 : 1, variant === 6 ? '02:00:00:00:01:01' : own.mac).subarray(0, variant === 5 ? 30 : 300)));
    }
    case 'type': return { type: [0x88b5, 0x88cc, 0x0842, 0x88b5, 0x0600, 0x05ff, 0x88b5, 0xffff][variant] ?? 0x88b5, payload: data, hasOffload: false };
    case 'llc': return { type: 0, payload: data, hasOffload: false };
    default: throw new Error(`${plan.kind} is built by buildGroupFrame`);
  }
}

function claimOffload(plan: FramePlan, frame: Uint8Array, transport: number): ModelOffload | undefined {
  if (plan.offload === 'none') return undefined;
  if (plan.offload === 'lie') return lieOf(plan, transport);
  const isTcp = plan.kind.startsWith('tcp');
  const gso = plan.offload === 'partial' ? 'none' : isTcp ? (plan.kind === 'tcp6' ? 'tcp6' : 'tcp4') : 'udp';
  // The pseudo-header's sum, as a kernel leaves it; for a plain frame any sum will do.
  const isWide = plan.kind.endsWith('6');
  const addresses = frame.subarray(transport - (isWide ? 32 : 8), transport);
  const half = addresses.length / 2;
  const sum = sum16(pseudoHeader(addresses.subarray(0, half), addresses.subarray(half), isTcp ? 6 : 17, frame.length - transport));
  frame.set(gso === 'none' ? [0x12, 0x34] : be16(sum), transport + (isTcp ? 16 : 6));
  return { gso, gsoSize: gso === 'none' ? 0 : plan.segment, needsChecksum: true, checksumStart: transport, checksumOffset: isTcp ? 16 : 6 };
}

function lieOf(plan: FramePlan, transport: number): ModelOffload {
  const gso = (['none', 'tcp4', 'tcp6', 'udp'] as const)[plan.variant % 4] ?? 'none';
  return { gso, gsoSize: plan.segment, needsChecksum: plan.variant !== 3, checksumStart: transport + (plan.variant === 2 ? 4 : 0), checksumOffset: plan.variant < 4 ? 16 : 6, ecn: plan.variant === 5 };
}

function inflict(frame: Uint8Array, { kind, at }: FramePlan['damage']): Uint8Array {
  if (kind === 'cut') return frame.subarray(0, Math.max(1, frame.length - 1 - at));
  if (kind === 'pad') return join(frame, new Uint8Array(at + 1));
  if (kind === 'flip' && frame.length > 0) {
    const hurt = Uint8Array.from(frame);
    const place = at % hurt.length;
    hurt[place] = (hurt[place] ?? 0) ^ (1 << at % 8);
    return hurt;
  }
  return frame;
}
