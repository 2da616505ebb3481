/**
 * VirtualSwitch: the library's one class, and what vswitchd serves.
 *
 * It owns the wish and makes it run: validate, allocate, compile, plan, commit, in one queue, all or
 * nothing. A change is written beside the stored state before the dataplane is touched, and put in its
 * place after the new generation is active; so whatever fails, what ran before still runs and is still
 * what is stored.
 */
import { allocate, heldBy, type Allocations } from '../compile/allocations.ts';
import { compile } from '../compile/compile.ts';
import { CommitError, type CommitAnswer, type Dataplane, type OpenDataplane } from '../dataplane/dataplane.ts';
import { NativeDataplane } from '../dataplane/native-dataplane.ts';
import { messageOf, VswError, type ErrorDetail } from '../errors.ts';
import { Explainer } from '../explain/explainer.ts';
import type { Explanation, ExplainQuery, FieldsQuery, FrameQuery, LastDrops, LastDropsQuery } from '../explain/explanation.ts';
import { changesBetween, type Change } from '../intent/changes.ts';
import { parseDocuments } from '../intent/documents.ts';
import { keyOfPort, portKey, portName, type Intent, type Resource, type ResourceKind } from '../intent/intent.ts';
import { nearest } from '../intent/suggest.ts';
import { intentWith, intentWithout, resourceKind, type Reference } from '../intent/validate.ts';
import { plan } from '../plan/plan.ts';
import { FileStore } from '../store/file-store.ts';
import { MemoryStore, type Store } from '../store/store.ts';
import { emptyTableSet, type TableSet } from '../table/table-set.ts';
import type {
  ApplyAnswer, Attachment, DropEntry, FdbEntry, FlowEntry, FlushFilter, NeighborEntry, Stats, SwitchEvent,
} from './answers.ts';
import { EventLog } from './event-log.ts';
import { MemoryPort } from './memory-port.ts';
import { namespaceIdentity, processBehind } from './namespace-identity.ts';
import { PortWatch } from './port-watch.ts';
import { RunningPorts } from './running-ports.ts';
import { dumpState, readState, type State } from './state.ts';
import { TableReader } from './tables.ts';

export interface SwitchOptions {
  /** Where everything declared is kept; absent: in memory, for the life of the switch. */
  readonly stateDir?: string;
  /** Threads that move frames; 0: frames move only in `run()`. Absent: 1, and 0 with a virtual clock. */
  readonly workers?: number;
  /** `virtual`: time moves only by `advance()`, which needs 0 workers. */
  readonly clock?: 'real' | 'virtual';
  readonly limits?: { readonly ports?: number; readonly flows?: number; readonly macs?: number };
  /** Another dataplane than the native one, for tests of the control layer. */
  readonly openDataplane?: OpenDataplane;
}

const portsDefault = 4095;
const flowsDefault = 262_144;
const macsDefault = 65_536;
/** How far the stored mark of generations runs ahead, so that not every commit has to write. */
const generationReserve = 1000;
const eventsWatchedMs = 100;
const eventsUnwatchedMs = 1000;

export class VirtualSwitch implements AsyncDisposable {
  readonly #dataplane: Dataplane;
  readonly #store: Store;
  readonly #events = new EventLog();
  readonly #running = new RunningPorts(this.#events);
  readonly #reader: TableReader;
  readonly #explainer: Explainer;
  readonly #portIdsEnd: number;
  readonly #eventTimer: NodeJS.Timeout;
  #watch: PortWatch | undefined;
  #state: State;
  /** What the dataplane holds: everything compiled but the ports that failed. */
  #tables: TableSet = emptyTableSet;
  #generation: number;
  #queue: Promise<unknown> = Promise.resolve();
  #looking = false;
  #eventsDueMs = 0;
  #closing: Promise<void> | undefined;

  private constructor(dataplane: Dataplane, store: Store, state: State, portIdsEnd: number) {
    this.#dataplane = dataplane;
    this.#store = store;
    this.#state = state;
    this.#generation = state.generationMax;
    this.#portIdsEnd = portIdsEnd;
    this.#reader = new TableReader(dataplane, () => this.#tables);
    this.#explainer = new Explainer(dataplane);
    this.#eventTimer = setInterval(() => this.#drainEvents(), eventsWatchedMs).unref();
  }

  /** Opens a switch with everything that its state directory holds. Throws VswError. */
  static async open(options: SwitchOptions = {}): Promise<VirtualSwitch> {
    const isVirtual = options.clock === 'virtual';
    const workers = options.workers ?? (isVirtual ? 0 : 1);
    if (isVirtual && workers !== 0) throw new VswError('VSW_INVALID', 'a virtual clock needs workers: 0, because threads cannot be told when time moves');
    const store = options.stateDir === undefined ? new MemoryStore() : await FileStore.open(options.stateDir);
    let opened: VirtualSwitch | undefined;
    try {
      const { value, warnings } = await store.load();
      const state = readState(value);
      const portIdsEnd = (options.limits?.ports ?? portsDefault) + 1;
      const open = options.openDataplane ?? ((wanted) => NativeDataplane.open(wanted));
      const dataplane = open({
        workers,
        portsMax: portIdsEnd,
        flowsMax: options.limits?.flows ?? flowsDefault,
        macsMax: options.limits?.macs ?? macsDefault,
        virtualClock: isVirtual,
        firstGeneration: state.generationMax,
      });
      opened = new VirtualSwitch(dataplane, store, state, portIdsEnd);
      for (const message of warnings) opened.#events.push({ type: 'warning', message });
      await opened.#bringUp();
      return opened;
    } catch (error) {
      if (opened !== undefined) await opened.close();
      else await store.close();
      throw error;
    }
  }

  /** The number of the generation that every worker judges by. It only grows, over restarts too. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Creates or replaces the resources, all or none, and removes nothing else. Resolves once the
   * generation that contains them is active. Takes resources, or YAML or JSON text.
   */
  async apply(resources: readonly unknown[] | string, options: { readonly dryRun?: boolean } = {}): Promise<ApplyAnswer> {
    const values = typeof resources === 'string' ? parseDocuments(resources).values : resources;
    return await this.#enqueue(async () => {
      const pathOf = pathsOf(values);
      return await this.#change(intentWith(values, this.#state.intent, heldBy(this.#state.allocations)), options.dryRun === true, pathOf);
    });
  }

  /** Removes the resources, all or none, and with ports their devices. */
  async delete(references: readonly Reference[]): Promise<ApplyAnswer> {
    return await this.#enqueue(async () => await this.#change(intentWithout(references, this.#state.intent), false, () => undefined));
  }

  /**
   * Applies one port (a resource, or `{name, …spec}`) and resolves once it is active, which may be when
   * its namespace appears. Rejects when it fails, is removed, or the signal aborts.
   */
  async attach(port: unknown, options: { readonly signal?: AbortSignal } = {}): Promise<Attachment> {
    const resource = asPortResource(port);
    const watched = this.#events.watch(options.signal);
    try {
      await this.apply([resource]);
      const key = keyOfPort(this.#state.intent.ports.get(portKeyOf(resource))!);
      for (;;) {
        const status = this.#statusOf(key);
        if (status === undefined) throw new VswError('VSW_NOT_FOUND', `port ${portName(key)} was removed before it was ready`);
        if (status.state === 'ready') return { name: portName(key), generation: status.generation, mac: status.mac, addresses: status.addresses };
        if (status.state === 'failed') throw new VswError('VSW_DEVICE', `port ${portName(key)}: ${status.message}`);
        if ((await watched.next()).done === true) {
          throw new VswError('VSW_UNAVAILABLE', `port ${portName(key)} is not ready: ${status.message}`, [], { cause: options.signal?.reason });
        }
      }
    } finally {
      await watched.return?.();
    }
  }

  /** Removes the port and its device. */
  async detach(name: string): Promise<void> {
    await this.delete([{ kind: 'Port', name }]);
  }

  /** The resources of a kind, or the one of that name, in the order of their names; ports with status. */
  get(kind: string, name?: string): Resource[] {
    const known = resourceKind(kind);
    if (known === undefined) throw VswError.of('VSW_NOT_FOUND', [{ path: '/kind', message: `there is no kind ${kind}`, remedy: 'ask for Network, Port or Namespace' }]);
    const { networks, namespaces, ports } = this.#state.intent;
    const byName = new Map<string, Resource>(
      known === 'Network' ? networks
      : known === 'Namespace' ? namespaces
      : [...ports].map(([key, port]): [string, Resource] => [portName(key), { ...port, status: this.#statusOf(key)! }]),
    );
    if (name === undefined) return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource);
    const wanted = known === 'Port' ? portName(portKey(name)) : name;
    const found = byName.get(wanted);
    if (found === undefined) throw notFound(known, wanted, [...byName.keys()], '');
    return [found];
  }

  /** What would become of a frame, and why; or how the port's last frames died. Changes nothing. */
  explain(query: LastDropsQuery): LastDrops;
  explain(query: FrameQuery | FieldsQuery): Explanation;
  explain(query: ExplainQuery): Explanation | LastDrops;
  explain(query: ExplainQuery): Explanation | LastDrops {
    if (query.with === undefined) return this.#explainer.explain(query, { tables: this.#tables, edits: undefined });
    let next: Intent;
    try {
      next = intentWith(query.with, this.#state.intent, heldBy(this.#state.allocations));
    } catch (error) {
      throw error instanceof VswError ? error.under('/with') : error;
    }
    const tables = compile(next, allocate(next, this.#state.allocations, this.#portIdsEnd));
    return this.#explainer.explain(query, { tables, edits: plan(this.#tables, tables) });
  }

  /** What happens from now on. Ends with the signal, with `return`, or with the switch. */
  watch(options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<SwitchEvent> {
    return this.#events.watch(options.signal);
  }

  /** The most recent events, oldest first. */
  events(): readonly SwitchEvent[] {
    this.#drainEvents(true);
    return this.#events.recent();
  }

  fdb(): FdbEntry[] {
    return this.#reader.fdb();
  }

  neighbors(): NeighborEntry[] {
    return this.#reader.neighbors();
  }

  flows(): FlowEntry[] {
    return this.#reader.flows();
  }

  drops(): DropEntry[] {
    return this.#reader.drops();
  }

  stats(): Stats {
    return this.#reader.stats();
  }

  /** Forgets learned MACs or flows; how many. Names that are not there throw. */
  flush(table: 'fdb' | 'flows', filter: FlushFilter = {}): number {
    const port = filter.port === undefined ? 0 : this.#idOfPort(filter.port);
    if (table === 'flows') return this.#dataplane.flushFlows(port);
    const network = filter.network === undefined ? 0 : this.#idOfNetwork(filter.network);
    return this.#dataplane.flushFdb(network, port, filter.mac ?? '');
  }

  /** The outside of a memory port. */
  memoryPort(name: string): MemoryPort {
    const id = this.#idOfPort(name);
    if ((this.#state.intent.ports.get(portKey(name))?.spec.type ?? 'tap') !== 'memory') {
      throw new VswError('VSW_INVALID', `port ${name} is not of type memory`);
    }
    return new MemoryPort(portName(portKey(name)), this.#dataplane, id);
  }

  /** With 0 workers: moves frames until nothing waits; how many. */
  run(): number {
    return this.#dataplane.run();
  }

  /** With a virtual clock: moves time on. */
  advance(ms: number): void {
    this.#dataplane.advance(ms);
  }

  /** Stops moving frames. Persistent devices stay in their namespaces, with addresses and routes. */
  async close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #shutDown(): Promise<void> {
    this.#watch?.close();
    clearInterval(this.#eventTimer);
    await this.#queue.catch(() => undefined);
    try {
      await this.#save({ ...this.#state, generationMax: this.#generation });
    } catch {
      // The mark that was stored before is further ahead, so numbers still only grow.
    }
    await this.#dataplane.close();
    await this.#store.close();
    this.#events.close();
  }

  /** One change at a time, in the order they were asked for. */
  async #enqueue<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.#closing !== undefined) throw new VswError('VSW_UNAVAILABLE', 'the switch is closed');
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return await result;
  }

  async #change(next: Intent, isDryRun: boolean, pathOf: (kind: string, key: string) => string | undefined): Promise<ApplyAnswer> {
    const changes = changesBetween(this.#state.intent, next);
    const allocations = allocate(next, this.#state.allocations, this.#portIdsEnd);
    if (isDryRun || changes.length === 0) return { generation: this.#generation, changes };

    const tables = this.#withoutFailed(compile(next, allocations), allocations, changes);
    const edits = plan(this.#tables, tables);
    const state: State = {
      intent: next, allocations, generationMax: this.#generation + generationReserve, processes: this.#processesOf(next, tables, allocations),
    };
    const prepared = await this.#store.prepare(dumpState(state));
    let answer: CommitAnswer | undefined;
    try {
      if (edits.length > 0) answer = await this.#dataplane.commit(edits);
    } catch (error) {
      await prepared.discard();
      throw this.#refusal(error, allocations, pathOf);
    }
    try {
      await prepared.keep();
    } catch (error) {
      if (answer !== undefined) this.#note(await this.#dataplane.commit(plan(tables, this.#tables)), this.#tables, this.#state);
      throw error;
    }
    const before = this.#state;
    this.#state = state;
    this.#tables = tables;
    for (const key of before.intent.ports.keys()) if (!next.ports.has(key)) this.#running.forget(key);
    if (answer !== undefined) this.#note(answer, tables, state);
    this.#events.push({ type: 'generation', generation: this.#generation, changes });
    return { generation: this.#generation, changes };
  }

  #note(answer: CommitAnswer, tables: TableSet, state: State): void {
    this.#generation = answer.generation;
    const keys = new Map(Object.entries(state.allocations.portIds).map(([key, id]) => [id, key]));
    this.#running.note(answer, tables.ports, (id) => keys.get(id));
  }

  /** Ports that could not be opened stay out of the tables until somebody changes them. */
  #withoutFailed(tables: TableSet, allocations: Allocations, changes: readonly Change[]): TableSet {
    const touched = new Set(changes.filter(({ kind }) => kind === 'Port').map(({ name }) => portKey(name)));
    const failed = new Set(
      Object.entries(allocations.portIds).filter(([key]) => this.#running.get(key)?.state === 'failed' && !touched.has(key)).map(([, id]) => id),
    );
    return failed.size === 0 ? tables : withoutPorts(tables, failed);
  }

  /** The stored wish at the start: a port that cannot be opened is left out, and the others go on. */
  async #bringUp(): Promise<void> {
    const { intent, allocations } = this.#state;
    await this.#reserveGenerations();
    let tables = compile(intent, allocations);
    const keys = new Map(Object.entries(allocations.portIds).map(([key, id]) => [id, key]));
    for (const [id, entry] of tables.ports) {
      const known = this.#state.processes.get(keys.get(id)!);
      if (known === undefined || known === processBehind(entry.netns)) continue;
      this.#running.fails(keys.get(id)!, `the process of ${entry.netns} has ended`);
      tables = withoutPorts(tables, new Set([id]));
    }
    while (tables.networks.size > 0) {
      try {
        const answer = await this.#dataplane.commit(plan(emptyTableSet, tables));
        this.#tables = tables;
        this.#note(answer, tables, this.#state);
        break;
      } catch (error) {
        const key = error instanceof CommitError ? keys.get(error.subject) : undefined;
        if (!(error instanceof CommitError) || key === undefined || !tables.ports.has(error.subject)) throw error;
        this.#running.fails(key, error.message);
        tables = withoutPorts(tables, new Set([error.subject]));
      }
    }
    this.#watch = new PortWatch(() => void this.#look());
  }

  /** Ports whose namespace, process or device is not what it was: closed, and attached again where that is right. */
  async #look(): Promise<void> {
    if (this.#looking || this.#closing !== undefined) return;
    const changed = [...this.#tables.ports.values()].filter((entry) => entry.type === 1 && this.#isChanged(this.#keyOf(entry.port), entry.netns, entry.port));
    if (changed.length === 0) return;
    this.#looking = true;
    try {
      for (const { port } of changed) await this.#enqueue(async () => await this.#reattach(port));
    } catch (error) {
      if (this.#closing === undefined) this.#events.push({ type: 'warning', message: messageOf(error) });
    } finally {
      this.#looking = false;
    }
  }

  #isChanged(key: string | undefined, netns: string, port: number): boolean {
    const running = key === undefined ? undefined : this.#running.get(key);
    if (key === undefined || running === undefined || running.state === 'failed') return false;
    const identity = netns === '' ? undefined : namespaceIdentity(netns);
    if (running.state === 'waiting') return netns !== '' && identity !== undefined && this.#isSameProcess(key, netns);
    return identity !== running.identity || this.#dataplane.gone(port);
  }

  /** A process number that another process has now is not the namespace that was meant. */
  #isSameProcess(key: string, netns: string): boolean {
    const known = this.#state.processes.get(key);
    return known === undefined || known === processBehind(netns);
  }

  async #reattach(port: number): Promise<void> {
    const entry = this.#tables.ports.get(port);
    const key = this.#keyOf(port);
    if (entry === undefined || key === undefined || !this.#isChanged(key, entry.netns, port)) return;
    await this.#reserveGenerations();
    if (this.#running.get(key)?.state === 'ready') {
      const answer = await this.#dataplane.commit([{ edit: 'ClosePort', port }]);
      this.#generation = answer.generation;
      const isThere = entry.netns === '' || namespaceIdentity(entry.netns) !== undefined;
      this.#running.waits(key, isThere ? 'its namespace or device was replaced' : `there is no network namespace at ${entry.netns}`);
    }
    if (entry.netns !== '' && (namespaceIdentity(entry.netns) === undefined || !this.#isSameProcess(key, entry.netns))) return;
    try {
      this.#note(await this.#dataplane.commit([entry]), this.#tables, this.#state);
      const processes = this.#processesOf(this.#state.intent, this.#tables, this.#state.allocations);
      if (processes.size !== this.#state.processes.size) await this.#save({ ...this.#state, processes });
    } catch (error) {
      if (!(error instanceof CommitError)) throw error;
      this.#running.waits(key, error.message);
    }
  }

  /** Keeps the stored mark ahead of the numbers that are given out. */
  async #reserveGenerations(): Promise<void> {
    if (this.#generation + 2 < this.#state.generationMax) return;
    await this.#save({ ...this.#state, generationMax: this.#generation + generationReserve });
  }

  async #save(state: State): Promise<void> {
    const prepared = await this.#store.prepare(dumpState(state));
    await prepared.keep();
    this.#state = state;
  }

  /** When the processes were started whose namespaces ports name by number; once known, it stays. */
  #processesOf(intent: Intent, tables: TableSet, allocations: Allocations): Map<string, string> {
    const processes = new Map<string, string>();
    for (const [key, port] of intent.ports) {
      const netns = tables.ports.get(allocations.portIds[key]!)?.netns ?? '';
      const isSame = this.#state.intent.ports.get(key)?.spec.netns === port.spec.netns;
      const started = (isSame ? this.#state.processes.get(key) : undefined) ?? processBehind(netns);
      if (started !== undefined) processes.set(key, started);
    }
    return processes;
  }

  /** A refusal by the dataplane, told at the resource that it is about. */
  #refusal(error: unknown, allocations: Allocations, pathOf: (kind: string, key: string) => string | undefined): unknown {
    if (!(error instanceof CommitError)) return error;
    const key = Object.entries(allocations.portIds).find(([, id]) => id === error.subject)?.[0];
    const code = error.code === 'permission' ? 'VSW_PERMISSION' : error.code === 'limit' ? 'VSW_LIMIT' : error.code === 'malformed' || error.code === 'invalid' ? 'VSW_BUG' : 'VSW_DEVICE';
    const path = key === undefined ? '' : pathOf('Port', key) ?? '';
    const detail: ErrorDetail = {
      path: path === '' ? '' : `${path}/spec`,
      message: `${key === undefined ? '' : `port ${portName(key)}: `}${error.message}`,
      remedy: remedies[error.code] ?? 'mend what the message names, then apply again; nothing was changed',
    };
    return VswError.of(code, [detail]);
  }

  #statusOf(key: string): ReturnType<RunningPorts['status']> | undefined {
    const id = this.#state.intent.ports.has(key) ? this.#state.allocations.portIds[key] : undefined;
    if (id === undefined) return undefined;
    const entry = this.#tables.ports.get(id) ?? compile(this.#state.intent, this.#state.allocations).ports.get(id)!;
    return this.#running.status(key, entry);
  }

  #keyOf(id: number): string | undefined {
    const name = this.#tables.ports.get(id)?.name;
    return name === undefined ? undefined : portKey(name);
  }

  #idOfPort(name: string): number {
    const id = this.#state.intent.ports.has(portKey(name)) ? this.#state.allocations.portIds[portKey(name)] : undefined;
    if (id === undefined) throw notFound('Port', name, [...this.#state.intent.ports.keys()].map(portName), '/port');
    return id;
  }

  #idOfNetwork(name: string): number {
    const id = this.#state.intent.networks.has(name) ? this.#state.allocations.networkIds[name] : undefined;
    if (id === undefined) throw notFound('Network', name, [...this.#state.intent.networks.keys()], '/network');
    return id;
  }

  /** What the workers noticed; seldom while nobody watches. */
  #drainEvents(now = false): void {
    const timeMs = performance.now();
    if (this.#closing !== undefined || (!now && this.#events.watcherCount === 0 && timeMs < this.#eventsDueMs)) return;
    this.#eventsDueMs = timeMs + eventsUnwatchedMs;
    for (const event of this.#dataplane.drainEvents()) {
      if (event.type === 'events_lost') {
        this.#events.push(event);
        continue;
      }
      const network = this.#reader.networkNameOf(event.network);
      const port = this.#reader.portNameOf(event.port);
      if (event.type === 'mac_moved') this.#events.push({ type: 'mac_moved', network, mac: event.mac, port, fromPort: this.#reader.portNameOf(event.fromPort) });
      else this.#events.push({ type: event.type, network, mac: event.mac, port });
    }
  }
}

const remedies: Readonly<Partial<Record<CommitError['code'], string>>> = {
  permission: 'run the switch as root, or with CAP_NET_ADMIN and CAP_SYS_ADMIN; nothing was changed',
  limit: 'delete some, or open the switch with larger limits; nothing was changed',
  malformed: 'report this with the version of the switch; nothing was changed',
  invalid: 'report this with the version of the switch; nothing was changed',
};

function notFound(kind: ResourceKind, name: string, known: readonly string[], path: string): VswError {
  const meant = nearest(name, known);
  const remedy = meant === undefined ? `"vswitchctl get ${kind.toLowerCase()}s" lists what is there` : `did you mean ${meant}?`;
  return VswError.of('VSW_NOT_FOUND', [{ path, message: `there is no ${kind.toLowerCase()} ${name}`, remedy }]);
}

function withoutPorts(tables: TableSet, ids: ReadonlySet<number>): TableSet {
  return {
    networks: tables.networks,
    ports: new Map([...tables.ports].filter(([id]) => !ids.has(id))),
    staticMacs: new Map([...tables.staticMacs].filter(([, entry]) => !ids.has(entry.port))),
  };
}

/** Where in the request a resource stands. */
function pathsOf(values: readonly unknown[]): (kind: string, key: string) => string | undefined {
  return (kind, key) => {
    const at = values.findIndex((value) => {
      const { kind: itsKind, metadata } = value as { kind: string; metadata: { name: string; namespace?: string } };
      return itsKind === kind && (kind === 'Port' ? `${metadata.namespace ?? 'default'}/${metadata.name}` : metadata.name) === key;
    });
    return at < 0 ? undefined : `/${at}`;
  };
}

/** A port as `attach` takes it: a resource as it is, otherwise a name with the fields of its spec. */
function asPortResource(port: unknown): unknown {
  if (typeof port !== 'object' || port === null || 'metadata' in port || 'kind' in port) return port;
  const { name, namespace, labels, ...spec } = port as Record<string, unknown>;
  const metadata = { name, ...(namespace !== undefined && { namespace }), ...(labels !== undefined && { labels }) };
  return { apiVersion: 'vswitch/v1', kind: 'Port', metadata, spec };
}

function portKeyOf(resource: unknown): string {
  const { metadata } = resource as { metadata: { name: string; namespace?: string } };
  return `${metadata.namespace ?? 'default'}/${metadata.name}`;
}
