/**
 * What the HTTP API on the socket speaks: names, limits and the shape of each question and answer.
 *
 * Only data, so that the command line can load it without loading the switch. The shapes of the
 * tables are the switch's own. `ServedSwitch` is what the server needs of a switch;
 * `VirtualSwitch` satisfies it, and so can a test's own.
 */
import { readFileSync } from 'node:fs';
import type { CaptureOptions } from '../switch/capture.ts';
import type {
  ApplyAnswer, CaptureEntry, DropEntry, ExplainQuery as SwitchQuery, Explanation, FaultEntry, FdbEntry, FlowEntry, FlushFilter, GroupEntry,
  LastDrops, NeighborEntry, Reach, ReachQuery, RuleHits, Stats, SwitchEvent, UsageEntry, WatchOptions,
} from '../switch/answers.ts';

export const socketPathDefault = '/run/vswitch/vswitchd.sock';
export const bodyBytesMax = 16 * 1024 * 1024;
export const problemMediaType = 'application/problem+json';
export const captureMediaTypes = { pcapng: 'application/x-pcapng', pcap: 'application/vnd.tcpdump.pcap' } as const;
export const yamlMediaTypes: readonly string[] = [
  'application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml', 'text/plain',
];

/** The collections of resources under /v1, each with its kind. */
export const collections = { networks: 'Network', ports: 'Port', namespaces: 'Namespace', policies: 'Policy', networkpolicies: 'NetworkPolicy' } as const;
/** Whose names are unique in a namespace only. */
export const namespacedKinds: readonly string[] = ['Port', 'NetworkPolicy'];
export type Collection = keyof typeof collections;

/** The tables under /v1 that are read as lists. */
export const tables = ['fdb', 'neighbors', 'flows', 'groups', 'drops', 'rules', 'stats', 'events', 'usage', 'faults', 'captures'] as const;
export type Table = (typeof tables)[number];

/** Which tables a list may be narrowed by, as query parameters. */
export const tableFilters = {
  fdb: ['network', 'port'], neighbors: ['network', 'port'], flows: ['network', 'port'],
  groups: ['network', 'port'], drops: ['port'], rules: ['policy'], stats: ['port'], events: ['network', 'port'], usage: ['port'], faults: ['port'],
  captures: ['port'],
} as const satisfies Record<Table, readonly string[]>;

export type {
  ApplyAnswer, CaptureEntry, Change, DropEntry, EventSelector, Explanation, FaultEntry, FdbEntry, FlowEntry, FlushFilter, GroupEntry, LastDrops,
  NeighborEntry, PolicyStatus, PortStats, Reach, RuleHits, Stats, SwitchEvent, UsageEntry, WatchOptions,
} from '../switch/answers.ts';
export type { CaptureOptions } from '../switch/capture.ts';
export { dropReasonSentences } from '../table/drop-reasons.gen.ts';
export { eventGroups, eventSentences, eventTypes, type EventFilter } from '../switch/event-filter.ts';

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

export interface Reference {
  readonly kind: string;
  readonly name: string;
}

export interface FieldError {
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

/** What `POST /v1/explain` takes: a frame by its bytes, or by its fields, or the port's last drops, or who reaches whom. */
export interface ExplainQuery {
  readonly port?: string;
  readonly frame?: string;
  readonly to?: string;
  readonly from?: string;
  readonly network?: string;
  readonly protocol?: string | number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly last?: number;
  readonly reach?: ReachQuery['reach'];
  readonly with?: readonly unknown[];
}

export interface DaemonVersion {
  readonly name: 'vswitchd';
  readonly version: string;
  readonly pid: number;
  readonly node: string;
}

/** A live capture: bytes of a file, and how many frames came out or were lost so far. */
export interface LiveCapture extends AsyncIterable<Uint8Array> {
  readonly frames: number;
  readonly lost: number;
}

/** What the server needs of a switch. */
export interface ServedSwitch {
  readonly generation: number;
  apply(resources: readonly unknown[] | string, options?: { dryRun?: boolean }): Promise<ApplyAnswer>;
  delete(references: readonly Reference[]): Promise<ApplyAnswer>;
  get(kind: string, name?: string): readonly Resource[];
  explain(query: SwitchQuery): Explanation | LastDrops | Reach;
  /** Throws VSW_INVALID for types that there are not. */
  watch(options?: WatchOptions): AsyncIterableIterator<SwitchEvent>;
  events(): readonly SwitchEvent[];
  fdb(): readonly FdbEntry[];
  neighbors(): readonly NeighborEntry[];
  flows(): readonly FlowEntry[];
  groups(): readonly GroupEntry[];
  drops(): readonly DropEntry[];
  rules(): readonly RuleHits[];
  connectionStates(): Readonly<Record<string, number>>;
  usage(): readonly UsageEntry[];
  /** Throws for what cannot be captured. */
  capture(options?: CaptureOptions): LiveCapture;
  faults(): readonly FaultEntry[];
  captures(): readonly CaptureEntry[];
  stats(): Stats;
  flush(table: 'fdb' | 'flows', filter?: FlushFilter): number;
}

/** The path of a resource: `/v1/ports/shop%2Fweb-1`. */
export function resourcePath(collection: Collection, name?: string): string {
  return name === undefined ? `/v1/${collection}` : `/v1/${collection}/${encodeURIComponent(name)}`;
}

/** A resource's name as commands and answers spell it: `namespace/name`, `default/` left out. */
export function nameOf(metadata: { readonly name: string; readonly namespace?: string | undefined }): string {
  const { name, namespace } = metadata;
  return namespace === undefined || namespace === '' || namespace === 'default' ? name : `${namespace}/${name}`;
}

/** The version in the package's own package.json, beside which both programs are installed. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
