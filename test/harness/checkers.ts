/**
 * What must hold: the law of the counters, frames byte for byte, and a frame as one readable line.
 */
import type { Test } from 'tap';
import { ethertypes, hex, ipText, macText, protocols, read16, read32 } from './frames.ts';

export interface StatsRow {
  readonly port: string;
  readonly receivedPackets: number;
  readonly forwardedPackets: number;
  readonly consumedPackets: number;
  readonly droppedPackets: number;
  readonly heldPackets: number;
  readonly offeredPackets: number;
  readonly transmittedPackets: number;
  readonly transmitDroppedPackets: number;
}

export interface Ledger {
  readonly items: readonly StatsRow[];
  readonly totals: { readonly copiedPackets: number; readonly originatedPackets: number };
}

export interface DropRow {
  readonly port: string;
  readonly direction: 'receive' | 'transmit';
  readonly reason: string;
  readonly packets: number;
}

/** What breaks the law of conservation, in sentences; empty when it holds. */
export function findImbalances({ items, totals }: Ledger, drops: readonly DropRow[] = []): string[] {
  const wrong: string[] = [];
  for (const row of items) {
    const ended = row.forwardedPackets + row.consumedPackets + row.droppedPackets + row.heldPackets;
    if (row.receivedPackets !== ended) {
      wrong.push(
        `${row.port}: received ${row.receivedPackets} ≠ forwarded ${row.forwardedPackets} + consumed ${row.consumedPackets} + dropped ${row.droppedPackets} + held ${row.heldPackets}`,
      );
    }
    if (row.offeredPackets !== row.transmittedPackets + row.transmitDroppedPackets) {
      wrong.push(`${row.port}: offered ${row.offeredPackets} ≠ transmitted ${row.transmittedPackets} + transmitDropped ${row.transmitDroppedPackets}`);
    }
    for (const [direction, total] of [['receive', row.droppedPackets], ['transmit', row.transmitDroppedPackets]] as const) {
      const named = drops.filter((drop) => drop.port === row.port && drop.direction === direction).reduce((sum, { packets }) => sum + packets, 0);
      if (drops.length > 0 && named !== total) wrong.push(`${row.port}: ${total} ${direction} drops, of which ${named} have a reason`);
    }
  }
  const sum = (pick: (row: StatsRow) => number): number => items.reduce((total, row) => total + pick(row), 0);
  const offered = sum((row) => row.offeredPackets);
  const forwarded = sum((row) => row.forwardedPackets);
  if (offered !== forwarded + totals.copiedPackets + totals.originatedPackets) {
    wrong.push(`all ports: offered ${offered} ≠ forwarded ${forwarded} + copied ${totals.copiedPackets} + originated ${totals.originatedPackets}`);
  }
  return wrong;
}

export function checkLaw(t: Test, ledger: Ledger, drops: readonly DropRow[], name = 'the counters obey the law'): void {
  const wrong = findImbalances(ledger, drops);
  t.same(wrong, [], name);
}

const names = new Map<number, string>([
  [ethertypes.ipv4, 'IPv4'], [ethertypes.arp, 'ARP'], [ethertypes.ipv6, 'IPv6'], [ethertypes.vlan, 'vlan'],
]);
const protocolNames = new Map<number, string>(Object.entries(protocols).map(([name, number]) => [number, name.toUpperCase()]));

/** A frame as one line, as far as it can be read. */
export function describeFrame(frame: Uint8Array): string {
  if (frame.length < 14) return `${frame.length} bytes ${hex(frame)}`;
  let at = 12;
  let line = `${macText(frame, 6)} > ${macText(frame)}`;
  while (read16(frame, at) === ethertypes.vlan && at + 6 <= frame.length) {
    line += `, vlan ${read16(frame, at + 2) & 0xfff}`;
    at += 4;
  }
  const type = read16(frame, at);
  at += 2;
  line += `, ${names.get(type) ?? (type <= 1500 ? `LLC ${type}` : `type 0x${type.toString(16).padStart(4, '0')}`)}`;
  if (type === ethertypes.arp && frame.length >= at + 28) {
    const sender = ipText(frame.subarray(at + 14, at + 18));
    const target = ipText(frame.subarray(at + 24, at + 28));
    const operation = read16(frame, at + 6);
    line += operation === 1 ? ` who-has ${target} tell ${sender}` : ` op ${operation}: ${sender} is-at ${macText(frame, at + 8)}, to ${target}`;
  } else if (type === ethertypes.ipv4 && frame.length >= at + 20) {
    const flags = read16(frame, at + 6);
    line += ` ${ipText(frame.subarray(at + 12, at + 16))} > ${ipText(frame.subarray(at + 16, at + 20))}, id ${read16(frame, at + 4)}, length ${read16(frame, at + 2)}`;
    if ((flags & 0x3fff) !== 0) line += `, fragment ${(flags & 0x1fff) * 8}${(flags & 0x2000) !== 0 ? '+' : ''}`;
    line += describeTransport(frame, at + ((frame[at] ?? 0) & 15) * 4, frame[at + 9] ?? 0);
  } else if (type === ethertypes.ipv6 && frame.length >= at + 40) {
    line += ` ${ipText(frame.subarray(at + 8, at + 24))} > ${ipText(frame.subarray(at + 24, at + 40))}, payload ${read16(frame, at + 4)}`;
    line += describeTransport(frame, at + 40, frame[at + 6] ?? 0);
  }
  return `${line}, ${frame.length} bytes`;
}

function describeTransport(frame: Uint8Array, at: number, protocol: number): string {
  let line = `, ${protocolNames.get(protocol) ?? `protocol ${protocol}`}`;
  if ([protocols.tcp, protocols.udp, protocols.sctp].includes(protocol as 6) && frame.length >= at + 8) {
    line += ` ${read16(frame, at)} > ${read16(frame, at + 2)}`;
    if (protocol === protocols.tcp) line += ` seq ${read32(frame, at + 4)} [${[...'FSRPAUEC'].filter((_, bit) => ((frame[at + 13] ?? 0) >> bit) & 1).join('')}]`;
  } else if ((protocol === protocols.icmp || protocol === protocols.icmpv6) && frame.length >= at + 2) {
    line += ` type ${frame[at]} code ${frame[at + 1]}`;
  }
  return line;
}

/** Where two frames first differ; undefined when they are equal. */
export function findDifference(got: Uint8Array, wanted: Uint8Array): string | undefined {
  const length = Math.min(got.length, wanted.length);
  for (let at = 0; at < length; ++at) {
    if (got[at] !== wanted[at]) {
      const shown = (byte: number | undefined): string => `0x${(byte ?? 0).toString(16).padStart(2, '0')}`;
      return `byte ${at} (${nameField(wanted, at)}) is ${shown(got[at])}, not ${shown(wanted[at])}`;
    }
  }
  return got.length === wanted.length ? undefined : `${got.length} bytes, not ${wanted.length}`;
}

function nameField(frame: Uint8Array, at: number): string {
  if (at < 6) return 'destination MAC';
  if (at < 12) return 'source MAC';
  if (at < 14) return 'EtherType';
  const type = read16(frame, 12);
  const inner = at - 14;
  const pick = (fields: readonly (readonly [number, string])[]): string => fields.filter(([start]) => start <= inner).at(-1)?.[1] ?? 'payload';
  if (type === ethertypes.arp) return pick([[0, 'ARP hardware'], [6, 'ARP operation'], [8, 'ARP sender MAC'], [14, 'ARP sender address'], [18, 'ARP target MAC'], [24, 'ARP target address'], [28, 'padding']]);
  if (type === ethertypes.ipv4) {
    const end = ((frame[14] ?? 0) & 15) * 4;
    const names: [number, string][] = [[0, 'IPv4 version'], [2, 'IPv4 total length'], [4, 'IPv4 identification'], [6, 'IPv4 fragment'], [8, 'TTL'], [9, 'protocol'], [10, 'IPv4 checksum'], [12, 'IPv4 source'], [16, 'IPv4 destination'], [20, 'IPv4 options']];
    return pick([...names, ...transportFields(frame[23] ?? 0, end)]);
  }
  if (type === ethertypes.ipv6) {
    const names: [number, string][] = [[0, 'IPv6 version'], [4, 'IPv6 payload length'], [6, 'next header'], [7, 'hop limit'], [8, 'IPv6 source'], [24, 'IPv6 destination']];
    return pick([...names, ...transportFields(frame[20] ?? 0, 40)]);
  }
  return 'payload';
}

function transportFields(protocol: number, at: number): [number, string][] {
  if (protocol === protocols.tcp) return [[at, 'TCP ports'], [at + 4, 'TCP sequence'], [at + 8, 'TCP acknowledgment'], [at + 12, 'TCP flags'], [at + 14, 'TCP window'], [at + 16, 'TCP checksum'], [at + 18, 'TCP urgent'], [at + 20, 'TCP options or payload']];
  if (protocol === protocols.udp) return [[at, 'UDP ports'], [at + 4, 'UDP length'], [at + 6, 'UDP checksum'], [at + 8, 'UDP payload']];
  return [[at, 'payload']];
}

/** Compares frames in order, and shows the first pair that differs as two lines. */
export function compareFrames(got: readonly Uint8Array[], wanted: readonly Uint8Array[]): string[] {
  for (let index = 0; index < Math.max(got.length, wanted.length); ++index) {
    const one = got[index];
    const other = wanted[index];
    if (one !== undefined && other !== undefined) {
      const difference = findDifference(one, other);
      if (difference === undefined) continue;
      return [`frame ${index + 1}: ${difference}`, `  got    ${describeFrame(one)}`, `  wanted ${describeFrame(other)}`];
    }
    return [
      `${got.length} frames, not ${wanted.length}; frame ${index + 1}:`,
      one === undefined ? '  got    nothing' : `  got    ${describeFrame(one)}`,
      other === undefined ? '  wanted nothing' : `  wanted ${describeFrame(other)}`,
    ];
  }
  return [];
}
