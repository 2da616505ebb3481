/**
 * What happened between two looks at a switch, a second: of ports, of drops, of flows.
 *
 * Counters only grow, so a smaller one was counted by another daemon: between two daemons there is no
 * rate, and zero is said instead of nonsense.
 */
import type { DropEntry, FlowEntry, PortStats, UsageEntry } from '../api/protocol.ts';

/** One look; `timeMs` is monotonic, `flows` is undefined when there were too many to compare. */
export interface Sample {
  readonly timeMs: number;
  readonly time: string;
  readonly generation: number;
  readonly stats: readonly PortStats[];
  readonly drops: readonly DropEntry[];
  readonly flows: readonly FlowEntry[] | undefined;
  readonly usage: readonly UsageEntry[];
}

export interface PortRate {
  readonly port: string;
  readonly receivedPackets: number;
  readonly receivedBits: number;
  readonly transmittedPackets: number;
  readonly transmittedBits: number;
  readonly droppedPackets: number;
  readonly kernelDroppedPackets: number;
}

export interface DropRate {
  readonly port: string;
  readonly direction: DropEntry['direction'];
  readonly reason: string;
  readonly packets: number;
}

export type FlowRate = Pick<FlowEntry, 'id' | 'network' | 'protocol' | 'source' | 'sourcePort' | 'destination' | 'destinationPort' | 'port' | 'receiver' | 'state' | 'verdict'> & {
  readonly packets: number;
  readonly bits: number;
};

/** Everything a second. Drops and flows hold only what moved. */
export interface Rates {
  readonly time: string;
  readonly seconds: number;
  readonly generation: number;
  readonly totals: Omit<PortRate, 'port'>;
  readonly ports: readonly PortRate[];
  readonly drops: readonly DropRate[];
  readonly flows: readonly FlowRate[] | undefined;
  readonly usage: readonly UsageEntry[];
}

export const sortKeys = ['traffic', 'received', 'transmitted', 'drops', 'name'] as const;
export type SortKey = (typeof sortKeys)[number];

export function ratesBetween(before: Sample, after: Sample, sort: SortKey): Rates {
  const seconds = Math.max(0.001, (after.timeMs - before.timeMs) / 1000);
  const a = (now: number, then: number | undefined): number => Math.max(0, now - (then ?? 0)) / seconds;
  const earlier = new Map(before.stats.map((row) => [row.port, row]));
  const ports = after.stats.map((row): PortRate => {
    // A port that was not there before has been counting for less than this time.
    const then = earlier.get(row.port);
    return {
      port: row.port,
      receivedPackets: a(row.receivedPackets, then?.receivedPackets),
      receivedBits: 8 * a(row.receivedBytes, then?.receivedBytes),
      transmittedPackets: a(row.transmittedPackets, then?.transmittedPackets),
      transmittedBits: 8 * a(row.transmittedBytes, then?.transmittedBytes),
      droppedPackets: a(row.droppedPackets + row.transmitDroppedPackets, (then?.droppedPackets ?? 0) + (then?.transmitDroppedPackets ?? 0)),
      kernelDroppedPackets: a(row.kernelDroppedPackets, then?.kernelDroppedPackets),
    };
  });
  const deaths = new Map(before.drops.map((row) => [keyOfDrop(row), row.packets]));
  const drops = after.drops
    .map((row): DropRate => ({ port: row.port, direction: row.direction, reason: row.reason, packets: a(row.packets, deaths.get(keyOfDrop(row))) }))
    .filter(({ packets }) => packets > 0)
    .sort((one, other) => other.packets - one.packets);
  const sorted = [...ports].sort(orders[sort]);
  return {
    time: after.time, seconds, generation: after.generation, totals: sum(ports), ports: sorted, drops, flows: flowRates(before, after, a), usage: after.usage,
  };
}

function flowRates(before: Sample, after: Sample, a: (now: number, then: number | undefined) => number): FlowRate[] | undefined {
  if (after.flows === undefined) return undefined;
  const earlier = new Map(before.flows?.map((flow) => [keyOfFlow(flow), flow]));
  return after.flows
    // Without an earlier look there is nothing to compare with, unless the flow is younger than that look.
    .filter((flow) => before.flows !== undefined || flow.ageSeconds * 1000 <= after.timeMs - before.timeMs)
    .map((flow): FlowRate => {
      const { id, network, protocol, source, sourcePort, destination, destinationPort, port, receiver, state, verdict } = flow;
      const then = earlier.get(keyOfFlow(flow));
      return {
        id, network, protocol, source, sourcePort, destination, destinationPort, port, receiver, state, verdict,
        packets: a(flow.packets, then?.packets), bits: 8 * a(flow.bytes, then?.bytes),
      };
    })
    .filter(({ packets }) => packets > 0)
    .sort((one, other) => other.bits - one.bits);
}

const byName = (one: PortRate, other: PortRate): number => (one.port < other.port ? -1 : one.port > other.port ? 1 : 0);
const falling = (value: (rate: PortRate) => number) => (one: PortRate, other: PortRate): number => value(other) - value(one) || byName(one, other);
const orders: Readonly<Record<SortKey, (one: PortRate, other: PortRate) => number>> = {
  traffic: falling((rate) => rate.receivedBits + rate.transmittedBits),
  received: falling((rate) => rate.receivedBits),
  transmitted: falling((rate) => rate.transmittedBits),
  drops: falling((rate) => rate.droppedPackets + rate.kernelDroppedPackets),
  name: byName,
};

function sum(ports: readonly PortRate[]): Omit<PortRate, 'port'> {
  const of = (field: Exclude<keyof PortRate, 'port'>): number => ports.reduce((total, rate) => total + rate[field], 0);
  return {
    receivedPackets: of('receivedPackets'), receivedBits: of('receivedBits'), transmittedPackets: of('transmittedPackets'),
    transmittedBits: of('transmittedBits'), droppedPackets: of('droppedPackets'), kernelDroppedPackets: of('kernelDroppedPackets'),
  };
}

function keyOfDrop({ port, direction, reason }: DropEntry): string {
  return `${port} ${direction} ${reason}`;
}

/** An id is given to another flow when its own is forgotten. */
function keyOfFlow({ id, source, sourcePort, destination, destinationPort, port }: FlowEntry): string {
  return `${id} ${source} ${sourcePort} ${destination} ${destinationPort} ${port}`;
}
