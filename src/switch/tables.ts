/**
 * The dataplane's tables as answers with names: what `vswitchctl get` and the library's readers show.
 *
 * Reading only. Ports that left between two reads are shown as `(deleted)`, as are their counters, and the policies of rules that are gone.
 */
import { formatIp } from '../address/ip.ts';
import { Counters } from '../dataplane/counters.ts';
import type { Dataplane } from '../dataplane/dataplane.ts';
import { RuleCounters } from '../dataplane/rule-counters.ts';
import { portName } from '../intent/intent.ts';
import { nameOfRule, type RuleNames } from '../table/rule-names.ts';
import type { PutPort } from '../table/edits.gen.ts';
import { addressesOfEntry, networksOfEntry, type TableSet } from '../table/table-set.ts';
import type {
  CaptureEntry, DropEntry, FaultEntry, FdbEntry, FlowEntry, GroupEntry, MulticastStatus, NeighborEntry, PortStats, RuleHits, Stats, UsageEntry,
} from './answers.ts';
import { protocolName } from './protocol-names.ts';
import { ruleHits } from './rule-hits.ts';
import { WallClock } from './wall-clock.ts';

export const deletedName = '(deleted)';

const countersOfStats = [
  'receivedPackets', 'receivedBytes', 'forwardedPackets', 'consumedPackets', 'droppedPackets', 'heldPackets',
  'offeredPackets', 'transmittedPackets', 'transmittedBytes', 'transmitDroppedPackets',
  'flowsRefused', 'macsRefused', 'macMovesRefused', 'macsEvicted', 'groupsRefused', 'answersRefused', 'decisionsUntold',
] as const;

export class TableReader {
  readonly #dataplane: Dataplane;
  readonly #counters: Counters;
  readonly #ruleCounters: RuleCounters;
  readonly #wallClock: WallClock;
  readonly #tables: () => TableSet;
  #filling: ReadonlySet<number> = new Set();

  constructor(dataplane: Dataplane, tables: () => TableSet) {
    this.#dataplane = dataplane;
    this.#counters = new Counters(dataplane.counters());
    this.#ruleCounters = new RuleCounters(dataplane.ruleCounters());
    this.#wallClock = new WallClock(() => dataplane.nowMs());
    this.#tables = tables;
  }

  portNameOf(id: number): string {
    return this.#tables().ports.get(id)?.name ?? deletedName;
  }

  networkNameOf(id: number): string {
    return this.#tables().networks.get(id)?.name ?? deletedName;
  }

  /** What the numbers of rules mean. */
  get ruleNames(): RuleNames {
    return this.#tables().ruleNames;
  }

  fdb(): FdbEntry[] {
    const { ports, staticMacs } = this.#tables();
    const own = [...ports.values()].flatMap((port) => networksOfEntry(port).map((network) => ({ network, mac: port.mac, port: port.port })));
    const declared = [...own, ...staticMacs.values()].map(
      ({ network, mac, port }): FdbEntry => ({ network: this.networkNameOf(network), mac, port: this.portNameOf(port), type: 'static', ageSeconds: 0 }),
    );
    const learned = this.#dataplane.fdb().map(
      ({ network, mac, port, ageSeconds }): FdbEntry => ({ network: this.networkNameOf(network), mac, port: this.portNameOf(port), type: 'learned', ageSeconds }),
    );
    return [...declared, ...learned].sort((a, b) => compare(a.network, b.network) || compare(a.mac, b.mac));
  }

  neighbors(): NeighborEntry[] {
    return [...this.#tables().ports.values()]
      .flatMap((port) =>
        addressesOfEntry(port).map(({ network, prefix: { address } }): NeighborEntry => ({
          network: this.networkNameOf(network), address: formatIp(address), mac: port.mac, port: port.name, source: 'declared',
        })))
      .sort((a, b) => compare(a.network, b.network) || compare(a.port, b.port));
  }

  flows(): FlowEntry[] {
    const { ruleNames } = this;
    return this.#dataplane.flows().map((flow): FlowEntry => {
      const network = this.networkNameOf(flow.network);
      const isJudged = flow.etherType === 0 && flow.rule !== 0;
      const { policy, rule } = isJudged ? nameOfRule(ruleNames, flow.rule, network) : { policy: '', rule: '' };
      return {
        id: flow.id,
        network,
        protocol: flow.etherType === 0 ? protocolName(flow.protocol) : `0x${flow.etherType.toString(16).padStart(4, '0')}`,
        source: flow.source,
        sourcePort: flow.sourcePort,
        destination: flow.destination,
        destinationPort: flow.destinationPort,
        port: this.portNameOf(flow.sourceNativePort),
        receiver: flow.destinationNativePort === 0 ? '' : this.portNameOf(flow.destinationNativePort),
        state: flow.state,
        verdict: flow.verdict,
        policy: isJudged && policy === '' ? deletedName : policy,
        rule,
        generation: flow.generation,
        packets: flow.packets,
        bytes: flow.bytes,
        ageSeconds: flow.ageSeconds,
      };
    });
  }

  groups(): GroupEntry[] {
    const { ports, networks } = this.#tables();
    const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');
    const declared = [...ports.values()]
      .filter(({ multicastRouter }) => multicastRouter === 1)
      .flatMap((port) => networksOfEntry(port).filter((network) => networks.get(network)?.snooping === 1).map((network) => ({ network, name: port.name })))
      .flatMap(({ network, name }) => (['ipv4', 'ipv6'] as const).map((family): GroupEntry => (
        { network: this.networkNameOf(network), group: '', family, port: name, type: 'router', expiresSeconds: 0 })));
    const learned = this.#dataplane.groups().map(({ network, group, port, role, expiresSeconds }): GroupEntry => ({
      network: this.networkNameOf(network), group: role === 'member' ? group : '', family: familyOf(group), port: this.portNameOf(port), type: role, expiresSeconds,
    }));
    return [...declared, ...learned].sort((a, b) => compare(a.network, b.network) || compare(a.family, b.family) || compare(a.group, b.group) || compare(a.port, b.port));
  }

  /** By family, of a network that snoops; undefined for others. */
  multicastOf(network: string): Readonly<Record<'ipv4' | 'ipv6', MulticastStatus>> | undefined {
    const states = this.#dataplane.queriers().filter((state) => this.networkNameOf(state.network) === network);
    const of = (family: number): MulticastStatus => {
      const state = states.find((one) => one.family === family);
      return { querier: state?.querier ?? '', filtering: state?.filters ?? false };
    };
    return states.length === 0 ? undefined : { ipv4: of(4), ipv6: of(6) };
  }

  drops(): DropEntry[] {
    return this.#rows().flatMap(({ id, name }) => this.#counters.drops(id).map((count): DropEntry => ({ port: name, ...count })));
  }

  rules(): RuleHits[] {
    return ruleHits(this.ruleNames, this.#ruleCounters, this.#wallClock.apartMs());
  }

  stats(): Stats {
    let copiedPackets = 0;
    let originatedPackets = 0;
    const items: PortStats[] = [];
    for (const { id, name } of this.#rows()) {
      const row = this.#counters.read(id);
      copiedPackets += row.copiedPackets;
      originatedPackets += row.originatedPackets;
      const counted = Object.fromEntries(countersOfStats.map((counter) => [counter, row[counter]])) as Omit<PortStats, 'port' | 'kernelDroppedPackets'>;
      if (id === 0 && countersOfStats.every((counter) => row[counter] === 0)) continue;
      items.push({ port: name, ...counted, kernelDroppedPackets: id === 0 ? 0 : this.#dataplane.kernelDropped(id) });
    }
    return { items, totals: { copiedPackets, originatedPackets } };
  }

  faults(): FaultEntry[] {
    return this.#rows().flatMap(({ id, name }): FaultEntry[] => {
      const fault = id === 0 ? undefined : this.#dataplane.wrappers(id).fault;
      if (fault === undefined) return [];
      return [{ port: name, direction: 'receive', ...fault.received }, { port: name, direction: 'transmit', ...fault.transmitted }];
    });
  }

  captures(): CaptureEntry[] {
    return this.#rows().flatMap(({ id, name }): CaptureEntry[] => {
      const capture = id === 0 ? undefined : this.#dataplane.wrappers(id).capture;
      return capture === undefined ? [] : [{ port: name, ...capture }];
    });
  }

  /**
   * As `usage`, of the ports that hold at least so many percent of a share, and of those of `told` that did at an earlier call: nothing
   * is asked of thousands of others.
   */
  usageOfFilling(percent: number, portsMax: number, told: ReadonlySet<string>): UsageEntry[] {
    this.#filling = new Set([...this.#dataplane.filling(percent), ...[...this.#filling].filter((port) => told.has(this.portNameOf(port)))]);
    return this.usage(portsMax, [...this.#filling].flatMap((port) => this.#tables().ports.get(port) ?? []));
  }

  /** The tables that all share, then each port's shares. */
  usage(portsMax: number, ofPorts: Iterable<PutPort> = this.#tables().ports.values()): UsageEntry[] {
    const { ipv4Flows, otherFlows, macs } = this.#dataplane.usage();
    const { ports } = this.#tables();
    const shares = [...ofPorts].sort((a, b) => compare(a.name, b.name)).flatMap(({ port, name, flowsMax, macsMax, connectionsMax }): UsageEntry[] => {
      const held = this.#dataplane.portUsage(port);
      // What is tracked is all of what the port began, and has the smaller of both shares.
      const connections: UsageEntry[] = held.isTracked ? [{ table: 'connections', port: name, used: held.flows, limit: Math.min(flowsMax, connectionsMax) }] : [];
      return [{ table: 'flows', port: name, used: held.flows, limit: flowsMax }, ...connections, { table: 'macs', port: name, used: held.macs, limit: macsMax }];
    });
    return [
      { table: 'ipv4_flows', port: '', ...ipv4Flows }, { table: 'other_flows', port: '', ...otherFlows }, { table: 'macs', port: '', ...macs },
      { table: 'ports', port: '', used: ports.size, limit: portsMax }, ...shares,
    ];
  }

  /** Every port by its name, then the sum of those that are gone. */
  #rows(): { id: number; name: string }[] {
    const ports = [...this.#tables().ports.values()].map(({ port, name }) => ({ id: port, name }));
    return [...ports.sort((a, b) => compare(portName(a.name), portName(b.name))), { id: 0, name: deletedName }];
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
