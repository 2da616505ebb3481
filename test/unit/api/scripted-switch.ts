/**
 * A switch without frames for the tests of the ways in: it keeps resources, answers tables as the test
 * sets them, and can be told to refuse.
 */
import { VswError } from '../../../src/errors.ts';
import { parseDocuments } from '../../../src/intent/documents.ts';
import { eventMatcher, type EventFilter } from '../../../src/switch/event-filter.ts';
import {
  nameOf, type ApplyAnswer, type CaptureEntry, type CaptureOptions, type Change, type DropEntry, type Explanation, type FaultEntry, type FdbEntry, type FlowEntry, type FlushFilter, type GroupEntry,
  type LastDrops, type LiveCapture, type NeighborEntry, type Reach, type PortStats, type Reference, type Resource, type ServedSwitch, type SwitchEvent,
  type RuleHits, type UsageEntry,
} from '../../../src/api/protocol.ts';

export function portStats(port: string, counts: Partial<PortStats> = {}): PortStats {
  return {
    port, receivedPackets: 0, receivedBytes: 0, forwardedPackets: 0, consumedPackets: 0, droppedPackets: 0, heldPackets: 0,
    offeredPackets: 0, transmittedPackets: 0, transmittedBytes: 0, transmitDroppedPackets: 0, kernelDroppedPackets: 0,
    flowsRefused: 0, macsRefused: 0, macMovesRefused: 0, macsEvicted: 0, groupsRefused: 0, answersRefused: 0, decisionsUntold: 0,
    ...counts,
  };
}

export const network: Resource = { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'dev' }, spec: { subnets: ['10.77.0.0/24'] } };
export function port(name: string, spec: object = {}): Resource {
  const [namespace, short] = name.includes('/') ? name.split('/') as [string, string] : [undefined, name];
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: short, ...(namespace === undefined ? {} : { namespace }) },
    spec: { network: 'dev', type: 'memory', ...spec },
  };
}

export class ScriptedSwitch implements ServedSwitch {
  generation = 7;
  readonly resources = new Map<string, Resource>();
  readonly asked: unknown[] = [];
  /** Thrown by the next call that could be refused. */
  refusal: Error | undefined;
  explanation: Explanation | LastDrops | Reach = {
    verdict: 'drop', stage: 'acl_ingress', reason: 'ingress_denied', port: 'web-2', network: 'dev', tier: '', policy: 'Network/dev', rule: 'default',
    generation: 7, path: [{ stage: 'admit', port: 'web-1', verdict: 'continue' }], receivers: [], frame: 'a frame', notes: [],
  };
  tables = {
    rules: [] as RuleHits[],
    fdb: [] as FdbEntry[], neighbors: [] as NeighborEntry[], flows: [] as FlowEntry[], groups: [] as GroupEntry[], drops: [] as DropEntry[],
    stats: [] as PortStats[], events: [] as SwitchEvent[], usage: [] as UsageEntry[],
    faults: [] as FaultEntry[], captures: [] as CaptureEntry[],
  };
  isClosed = false;
  #watchers = new Set<(event: SwitchEvent) => void>();

  async apply(resources: readonly unknown[] | string, options: { dryRun?: boolean } = {}): Promise<ApplyAnswer> {
    this.asked.push({ apply: resources, ...options });
    this.#refuse();
    const given = (typeof resources === 'string' ? parseDocuments(resources).values : resources) as Resource[];
    const changes: Change[] = [];
    for (const [index, one] of given.entries()) {
      if (typeof one.kind !== 'string') throw VswError.of('VSW_INVALID', [{ path: `/${index}/kind`, message: 'kind is missing', remedy: 'add kind' }]);
      const key = `${one.kind} ${nameOf(one.metadata)}`;
      const old = this.resources.get(key);
      if (JSON.stringify(old) === JSON.stringify(one)) continue;
      changes.push({ action: old === undefined ? 'create' : 'update', kind: one.kind as Change['kind'], name: nameOf(one.metadata) });
      if (options.dryRun !== true) this.resources.set(key, one);
    }
    if (options.dryRun !== true && changes.length > 0) this.generation += 1;
    return { generation: this.generation, changes };
  }

  async delete(references: readonly Reference[]): Promise<ApplyAnswer> {
    this.asked.push({ delete: references });
    this.#refuse();
    for (const [index, { kind, name }] of references.entries()) {
      if (this.resources.has(`${kind} ${name}`)) continue;
      throw VswError.of('VSW_NOT_FOUND', [{ path: `/${index}`, message: `there is no ${kind} ${name}`, remedy: 'see get' }]);
    }
    for (const { kind, name } of references) this.resources.delete(`${kind} ${name}`);
    this.generation += 1;
    return { generation: this.generation, changes: references.map(({ kind, name }) => ({ action: 'delete', kind: kind as Change['kind'], name })) };
  }

  get(kind: string, name?: string): Resource[] {
    const found = [...this.resources.values()].filter((one) => one.kind === kind && (name === undefined || nameOf(one.metadata) === name));
    if (name !== undefined && found.length === 0) {
      throw VswError.of('VSW_NOT_FOUND', [{ path: '', message: `there is no ${kind} ${name}`, remedy: `list them: vswitchctl get ${kind}` }]);
    }
    return found.map((one) => (kind === 'Port'
      ? { ...one, status: { state: 'ready', generation: 7, mac: '02:00:00:00:00:01', addresses: ['10.77.0.1/24'], message: '' } } : one));
  }

  explain(query: unknown): Explanation | LastDrops | Reach {
    this.asked.push({ explain: query });
    this.#refuse();
    return this.explanation;
  }

  watch({ signal, ...filter }: { signal?: AbortSignal | undefined } & EventFilter = {}): AsyncGenerator<SwitchEvent> {
    return this.#watch(eventMatcher(filter), signal);
  }

  async *#watch(wants: (event: SwitchEvent) => boolean, signal: AbortSignal | undefined): AsyncGenerator<SwitchEvent> {
    const waiting: SwitchEvent[] = [];
    let wake = (): void => {};
    const take = (event: SwitchEvent): void => {
      if (!wants(event)) return;
      waiting.push(event);
      wake();
    };
    this.#watchers.add(take);
    signal?.addEventListener('abort', () => wake());
    try {
      while (signal?.aborted !== true) {
        const event = waiting.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => { wake = resolve; });
      }
    } finally {
      this.#watchers.delete(take);
    }
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  tell(event: SwitchEvent): void {
    for (const take of this.#watchers) take(event);
  }

  /** What a capture gives out, and what it was asked for with. */
  captured: readonly Uint8Array[] = [];
  capture(options: CaptureOptions = {}): LiveCapture {
    const { signal, ...asked } = options;
    this.asked.push({ capture: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) });
    this.#refuse();
    const { captured } = this;
    return {
      frames: captured.length, lost: 2,
      async *[Symbol.asyncIterator]() {
        yield* captured;
        if (options.count === undefined) await new Promise<void>((resolve) => { signal?.addEventListener('abort', () => resolve()); });
      },
    };
  }

  faults(): FaultEntry[] { return this.tables.faults; }
  captures(): CaptureEntry[] { return this.tables.captures; }
  usage(): UsageEntry[] { return this.tables.usage; }
  events(): SwitchEvent[] { return this.tables.events; }
  fdb(): FdbEntry[] { return this.tables.fdb; }
  neighbors(): NeighborEntry[] { return this.tables.neighbors; }
  flows(): FlowEntry[] { return this.tables.flows; }
  groups(): GroupEntry[] { return this.tables.groups; }
  drops(): DropEntry[] { return this.tables.drops; }
  rules(): RuleHits[] { return this.tables.rules; }
  connectionStates(): Readonly<Record<string, number>> { return { established: this.tables.flows.length }; }
  stats(): { items: PortStats[]; totals: { copiedPackets: number; originatedPackets: number } } {
    return { items: this.tables.stats, totals: { copiedPackets: 3, originatedPackets: 2 } };
  }

  flush(table: 'fdb' | 'flows', filter: FlushFilter = {}): number {
    this.asked.push({ flush: table, ...filter });
    this.#refuse();
    return 4;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #refuse(): void {
    const { refusal } = this;
    this.refusal = undefined;
    if (refusal !== undefined) throw refusal;
  }
}
