/**
 * The switch's counters and table sizes as Prometheus text.
 *
 * Nothing is counted here: at each question the metrics are set from what the switch counted, so they
 * say the same as `vswitchctl get stats` and cost nothing in between. A port that is gone leaves its
 * sums under the name `(deleted)`, so sums over ports never fall.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import type { DropEntry, FdbEntry, NeighborEntry, PortStats, RuleHits, Stats, UsageEntry } from '../switch/answers.ts';
import { counterSentences } from '../table/counters.gen.ts';
import { dropReasonSentences } from '../table/drop-reasons.gen.ts';

/** What is read of a switch. */
export interface MeasuredSwitch {
  readonly generation: number;
  get(kind: string): readonly { readonly status?: unknown }[];
  stats(): Stats;
  drops(): readonly DropEntry[];
  fdb(): readonly FdbEntry[];
  neighbors(): readonly NeighborEntry[];
  rules(): readonly RuleHits[];
  usage(): readonly UsageEntry[];
  connectionStates(): Readonly<Record<string, number>>;
}

const kinds = ['Network', 'Port', 'Namespace', 'Policy', 'NetworkPolicy'] as const;
/** Series of rules; when more of them did something, they are told by policy alone. */
const ruleSeriesMax = 2_000;
const portStates = ['ready', 'waiting', 'failed'] as const;
const portCounters = Object.keys({
  receivedPackets: 0, receivedBytes: 0, forwardedPackets: 0, consumedPackets: 0, droppedPackets: 0, heldPackets: 0,
  offeredPackets: 0, transmittedPackets: 0, transmittedBytes: 0, transmitDroppedPackets: 0, kernelDroppedPackets: 0,
  flowsRefused: 0, macsRefused: 0, macMovesRefused: 0, macsEvicted: 0, groupsRefused: 0, answersRefused: 0, decisionsUntold: 0,
} satisfies Record<Exclude<keyof PortStats, 'port'>, 0>) as Exclude<keyof PortStats, 'port'>[];

/** A metric as it is set at each question. */
interface Settable<Label extends string> {
  reset(): void;
  add(labels: Partial<Record<Label, string | number>>, value: number): void;
}

export class SwitchMetrics {
  readonly #registry = new Registry();
  readonly #ports: ReadonlyMap<(typeof portCounters)[number], Settable<'port'>>;
  readonly #copied = this.#counter('vswitch_copied_packets_total', sentence('copiedPackets'), []);
  readonly #originated = this.#counter('vswitch_originated_packets_total', sentence('originatedPackets'), []);
  readonly #dropPackets = this.#counter('vswitch_drop_packets_total',
    'packets that died, by the port, by the direction as seen from the switch, and by reason',
    ['port', 'direction', 'reason']);
  readonly #dropBytes = this.#counter('vswitch_drop_bytes_total', 'bytes of the packets that died',
    ['port', 'direction', 'reason']);
  readonly #reasons = this.#gauge('vswitch_drop_reason_info', 'every reason that a packet may die of, with its sentence',
    ['reason', 'sentence']);
  readonly #ruleHits = this.#counter('vswitch_rule_hits_total', 'decisions of a rule, about new connections and about packets that made none',
    ['policy', 'rule', 'direction']);
  readonly #ruleAudited = this.#counter('vswitch_rule_audited_total', 'decisions that a rule of an audited policy would have made; differs: something else was decided',
    ['policy', 'rule', 'direction', 'differs']);
  readonly #connections = this.#gauge('vswitch_connections', 'tracked connections, by state; denied: rules forbade them since they began', ['state']);
  readonly #entries = this.#gauge('vswitch_table_entries', 'entries of a table', ['table']);
  readonly #resources = this.#gauge('vswitch_resources', 'declared resources, by kind', ['kind']);
  readonly #states = this.#gauge('vswitch_ports', 'ports, by state', ['state']);
  readonly #generation = this.#gauge('vswitch_generation', 'the generation that is active', []);
  readonly #build = this.#gauge('vswitch_build_info', 'always 1: the version is in the labels', ['version', 'node']);
  readonly #version: string;

  constructor(version: string) {
    this.#version = version;
    this.#ports = new Map(portCounters.map((name) => [
      name, this.#counter(`vswitch_port_${snake(name)}_total`, sentence(name), ['port']),
    ]));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text for this moment. */
  async text(measured: MeasuredSwitch): Promise<string> {
    this.#set(measured);
    return await this.#registry.metrics();
  }

  #set(measured: MeasuredSwitch): void {
    for (const metric of [
      ...this.#ports.values(), this.#copied, this.#originated, this.#dropPackets, this.#dropBytes, this.#reasons,
      this.#ruleHits, this.#ruleAudited, this.#connections, this.#entries, this.#resources, this.#states, this.#generation, this.#build,
    ]) metric.reset();
    const { items, totals } = measured.stats();
    for (const item of items) {
      for (const [name, metric] of this.#ports) metric.add({ port: item.port }, item[name]);
    }
    this.#copied.add({}, totals.copiedPackets);
    this.#originated.add({}, totals.originatedPackets);
    for (const { port, direction, reason, packets, bytes } of measured.drops()) {
      this.#dropPackets.add({ port, direction, reason }, packets);
      this.#dropBytes.add({ port, direction, reason }, bytes);
    }
    for (const [reason, text] of Object.entries(dropReasonSentences)) this.#reasons.add({ reason, sentence: text }, 1);
    this.#entries.add({ table: 'fdb' }, measured.fdb().length);
    this.#entries.add({ table: 'neighbors' }, measured.neighbors().length);
    const flowTables = measured.usage().filter(({ table }) => table === 'ipv4_flows' || table === 'other_flows');
    this.#entries.add({ table: 'flows' }, flowTables.reduce((sum, { used }) => sum + used, 0));
    this.#setRules(measured.rules());
    for (const [state, count] of Object.entries(measured.connectionStates())) this.#connections.add({ state }, count);
    for (const kind of kinds) this.#resources.add({ kind }, measured.get(kind).length);
    const states = measured.get('Port').map(({ status }) => (status as { state?: string } | undefined)?.state);
    for (const state of portStates) this.#states.add({ state }, states.filter((one) => one === state).length);
    this.#generation.add({}, measured.generation);
    this.#build.add({ version: this.#version, node: process.versions.node }, 1);
  }

  #setRules(rules: readonly RuleHits[]): void {
    const busy = rules.filter(({ lastHit }) => lastHit !== null);
    for (const { policy, rule, direction, enforced, hits, audited, differing } of busy) {
      const labels = { policy, rule: busy.length > ruleSeriesMax ? '' : rule, direction };
      this.#ruleHits.add(labels, hits ?? 0);
      if (enforced) continue;
      this.#ruleAudited.add({ ...labels, differs: 'true' }, differing ?? 0);
      this.#ruleAudited.add({ ...labels, differs: 'false' }, (audited ?? 0) - (differing ?? 0));
    }
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Settable<Label> {
    const counter = new Counter<Label>({ name, help, labelNames, registers: [this.#registry] });
    return { reset: () => counter.reset(), add: (labels, value) => counter.inc(labels, value) };
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Settable<Label> {
    const gauge = new Gauge<Label>({ name, help, labelNames, registers: [this.#registry] });
    return { reset: () => gauge.reset(), add: (labels, value) => gauge.set(labels, value) };
  }
}

function sentence(name: string): string {
  if (name === 'kernelDroppedPackets') return 'packets that the kernel dropped at the port\'s device';
  return (counterSentences as Readonly<Record<string, string>>)[name] ?? name;
}

/** `receivedPackets` as Prometheus spells it: `received_packets`. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
