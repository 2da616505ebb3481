/**
 * VirtualSwitch: the library's one class, and what vswitchd serves.
 *
 * It owns the wish and makes it run: validate, allocate, compile, plan, commit, in one queue, all or
 * nothing. A change is written beside the stored state before the dataplane is touched, and put in its
 * place after the new generation is active; so whatever fails, what ran before still runs and is still
 * what is stored.
 */
import { allocate, heldBy, type Allocations } from '../compile/allocations.ts';
import { compile, portTypes } from '../compile/compile.ts';
import { Selection } from '../compile/selection.ts';
import { CommitError, type Dataplane } from '../dataplane/dataplane.ts';
import { NativeDataplane } from '../dataplane/native-dataplane.ts';
import { messageOf, VswError } from '../errors.ts';
import { Explainer, isReach, type Subject } from '../explain/explainer.ts';
import type { Explanation, ExplainQuery, FieldsQuery, FrameQuery, LastDrops, LastDropsQuery, Reach, ReachQuery } from '../explain/explanation.ts';
import { changesBetween, sameData } from '../intent/changes.ts';
import { claimsAfter, claimsOf, type Claims } from '../intent/claims.ts';
import { parseDocuments } from '../intent/documents.ts';
import { portKey, portName, type Intent, type Resource } from '../intent/intent.ts';
import type { PortStatus } from '../intent/port.ts';
import { intentWith, intentWithout, type Reference } from '../intent/validate.ts';
import { plan } from '../plan/plan.ts';
import { FileStore } from '../store/file-store.ts';
import { MemoryStore, type Prepared, type Store } from '../store/store.ts';
import type { Edit, PutPort } from '../table/edits.gen.ts';
import { emptyTableSet, withoutPorts, type TableSet } from '../table/table-set.ts';
import type {
  ApplyAnswer, Attachment, CaptureEntry, DropEntry, EventOf, EventSelector, FaultEntry, FdbEntry, FlowEntry, FlushFilter, GroupEntry,
  NeighborEntry, RuleHits, Stats, SwitchEvent, UsageEntry, WatchOptions,
} from './answers.ts';
import { Capture, type CaptureOptions } from './capture.ts';
import { tellEvent } from './dataplane-events.ts';
import { EventLog } from './event-log.ts';
import { flushTable } from './flush.ts';
import { MemoryPort } from './memory-port.ts';
import { identityBehind, processBehind } from './namespace-identity.ts';
import { readOptions, type SwitchOptions } from './options.ts';
import { PortLives, processEnded, type Attendance } from './port-lives.ts';
import { PortWatch } from './port-watch.ts';
import { Pressure, pressureFloor } from './pressure.ts';
import { isSameProcess, processesAfter } from './processes.ts';
import { refusal } from './refusal.ts';
import { aboutOnePort, asList, asMilliseconds, asPortResource, pathsOf, portsIn, replacing, type PathOf } from './request.ts';
import { idOfPort, listResources } from './resources.ts';
import { identitiesOf, RunningPorts } from './running-ports.ts';
import { changeBetween, dumpState, readState, type State } from './state.ts';
import { statusesOf } from './statuses.ts';
import { TableReader } from './tables.ts';

export type { SwitchOptions } from './options.ts';

/** How far the stored mark of generations runs ahead, so that not every commit has to write. */
const generationReserve = 1000;
const eventsWatchedMs = 100;
const eventsUnwatchedMs = 1000;

/** What a change was asked for with. */
interface Asked {
  readonly isDryRun: boolean;
  readonly pathOf: PathOf;
  /** Keys of the ports that the request names: those that failed are tried again. */
  readonly named: ReadonlySet<string>;
}

export class VirtualSwitch implements AsyncDisposable {
  readonly #dataplane: Dataplane;
  readonly #store: Store;
  readonly #events = new EventLog();
  readonly #running = new RunningPorts(this.#events);
  readonly #pressure = new Pressure();
  readonly #reader: TableReader;
  readonly #explainer: Explainer;
  readonly #portIdsEnd: number;
  readonly #eventTimer: NodeJS.Timeout;
  readonly #lives: PortLives;
  #watch: PortWatch | undefined;
  #state: State;
  /** Of the ports of the state. */
  #claims: Claims;
  /** Everything compiled, and what of it the dataplane holds: all but the ports that are left out. */
  #desired: TableSet = emptyTableSet;
  #tables: TableSet = emptyTableSet;
  /** Numbers of ports that could not be opened, or whose process has ended. */
  #leftOut: ReadonlySet<number> = new Set();
  #generation: number;
  #queue: Promise<unknown> = Promise.resolve();
  /** Whether the state is what the store holds, as far as we know. */
  #isStored = true;
  #eventsDueMs = 0;
  readonly #ending = new AbortController();
  #closing: Promise<void> | undefined;

  private constructor(dataplane: Dataplane, store: Store, state: State, portIdsEnd: number) {
    this.#dataplane = dataplane;
    this.#store = store;
    this.#state = state;
    this.#claims = claimsOf(state.intent.ports.values(), state.intent.networks, heldBy(state.allocations));
    this.#generation = state.generationMax;
    this.#portIdsEnd = portIdsEnd;
    this.#reader = new TableReader(dataplane, () => this.#tables);
    this.#explainer = new Explainer(dataplane);
    this.#lives = new PortLives(dataplane, this.#running, this.#events, this.#attendance());
    this.#eventTimer = setInterval(() => {
      this.#drainEvents();
      if (this.#closing === undefined) void this.#lives.listen();
    }, eventsWatchedMs).unref();
  }

  /** Opens a switch with everything that its state directory holds. Throws VswError. */
  static async open(options: SwitchOptions = {}): Promise<VirtualSwitch> {
    const wanted = readOptions(options);
    const store = options.stateDir === undefined ? new MemoryStore() : await FileStore.open(options.stateDir);
    let opened: VirtualSwitch | undefined;
    try {
      const { value, changes, warnings } = await store.load();
      const state = readState(value, changes);
      const open = options.openDataplane ?? ((all) => NativeDataplane.open(all));
      const dataplane = open({ ...wanted, firstGeneration: state.generationMax });
      opened = new VirtualSwitch(dataplane, store, state, wanted.portsMax);
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
    const values = typeof resources === 'string' ? parseDocuments(resources).values : asList(resources, 'resources');
    const asked: Asked = { isDryRun: options.dryRun === true, pathOf: pathsOf(values), named: new Set(portsIn(values)) };
    return await this.#enqueue(async () => await this.#change(this.#intentWith(values), asked));
  }

  /** Removes the resources, all or none, and with ports their devices. */
  async delete(references: readonly Reference[]): Promise<ApplyAnswer> {
    const asked: Asked = { isDryRun: false, pathOf: () => undefined, named: new Set() };
    const listed = asList(references, 'references');
    return await this.#enqueue(async () => await this.#change(intentWithout(listed, this.#state.intent), asked));
  }

  /**
   * Applies one port (a resource, or `{name, …spec}`) and resolves once it is active, which may be when
   * its namespace appears. Rejects when it fails, is removed, or the signal aborts.
   */
  async attach(port: unknown, options: { readonly signal?: AbortSignal } = {}): Promise<Attachment> {
    options.signal?.throwIfAborted();
    const { resource, isFlat } = asPortResource(port);
    const watched = this.#events.watch(options.signal);
    try {
      await this.apply([resource]).catch((error: unknown) => {
        throw error instanceof VswError ? aboutOnePort(error, isFlat) : error;
      });
      const key = portsIn([resource])[0]!;
      for (;;) {
        const status = this.#state.intent.ports.has(key) ? this.#statusOf(key) : undefined;
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

  /** The resources of a kind, or the one of that name, in the order of their names; ports, policies, and networks that snoop, with status. */
  get(kind: string, name?: string): Resource[] {
    const { intent, allocations } = this.#state;
    const selection = new Selection(intent, allocations, this.#desired);
    return listResources(intent, statusesOf((key) => this.#statusOf(key), this.#reader, selection, name !== undefined), kind, name);
  }

  /** What would become of a frame, and why; how the port's last frames died; or who reaches whom. Changes nothing. */
  explain(query: LastDropsQuery): LastDrops;
  explain(query: ReachQuery): Reach;
  explain(query: FrameQuery | FieldsQuery): Explanation;
  explain(query: ExplainQuery): Explanation | LastDrops | Reach;
  explain(query: ExplainQuery): Explanation | LastDrops | Reach {
    if (query?.with === undefined) {
      if (!isReach(query)) this.#checkIsHeld(query?.port);
      const running = { intent: this.#state.intent, tables: this.#tables, edits: undefined };
      return this.#explainer.explain(query, { ...running, with: (resources) => this.#subjectWith(resources) });
    }
    return this.#explainer.explain(query, this.#candidate(query.with));
  }

  #candidate(resources: readonly unknown[]): Subject {
    try {
      return this.#subjectWith(asList(resources, 'resources'));
    } catch (error) {
      throw error instanceof VswError ? error.under('/with') : error;
    }
  }

  /** What would be explained if the resources were applied, each in the place of an earlier one of its name. */
  #subjectWith(resources: readonly unknown[]): Subject {
    const intent = this.#intentWith(resources);
    const tables = this.#compile(intent, this.#allocate(intent));
    return { intent, tables, edits: plan(this.#tables, tables), with: (further) => this.#subjectWith(replacing(resources, further)) };
  }

  /** A declared port that could not be opened has no frames; that is told, and not that there is no such port. */
  #checkIsHeld(name: unknown): void {
    const key = portKey(String(name));
    if (!this.#state.intent.ports.has(key) || this.#tables.ports.has(this.#state.allocations.portIds[key]!)) return;
    const { state, message } = this.#statusOf(key);
    throw VswError.of('VSW_DEVICE', [{ path: '/port', message: `port ${portName(key)} is ${state}: ${message}`, remedy: 'mend that, then apply the port again' }]);
  }

  /**
   * What happens from now on, all of it or what the options let through. Ends with the signal, with
   * `return`, or with the switch.
   */
  watch<Selector extends EventSelector = EventSelector>(options: WatchOptions<Selector> = {}): AsyncIterableIterator<EventOf<Selector>> {
    return this.#events.watch(options.signal, options) as AsyncIterableIterator<EventOf<Selector>>;
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

  /** Who gets frames of which multicast groups. */
  groups(): GroupEntry[] {
    return this.#reader.groups();
  }

  drops(): DropEntry[] {
    return this.#reader.drops();
  }

  /** What each rule did so far. */
  rules(): RuleHits[] {
    return this.#reader.rules();
  }

  /** How many tracked connections are in each state. */
  connectionStates(): Readonly<Record<string, number>> {
    return this.#dataplane.connectionStates();
  }

  stats(): Stats {
    return this.#reader.stats();
  }

  /** Frames as they pass and die, as the bytes of a capture file, from now on. Throws VSW_INVALID, VSW_NOT_FOUND, VSW_LIMIT. */
  capture(options: CaptureOptions = {}): Capture {
    if (this.#closing !== undefined) throw new VswError('VSW_UNAVAILABLE', 'the switch is closed');
    const port = options.port === undefined ? 0 : idOfPort(this.#state.intent, this.#state.allocations, options.port, '/port');
    return new Capture(this.#dataplane, port, options, this.#ending.signal);
  }

  /** What the faults of ports did (`spec.fault`). */
  faults(): FaultEntry[] {
    return this.#reader.faults();
  }

  /** What the captures of ports wrote (`spec.capture`). */
  captures(): CaptureEntry[] {
    return this.#reader.captures();
  }

  /** How full the tables are, and each port's share of them. */
  usage(): UsageEntry[] {
    return this.#reader.usage(this.#portIdsEnd - 1);
  }

  /** Forgets learned MACs or flows; how many. Names that are not there throw. */
  flush(table: 'fdb' | 'flows', filter: FlushFilter = {}): number {
    return flushTable(this.#dataplane, this.#state, this.#tables, table, filter);
  }

  /** The outside of a memory port. */
  memoryPort(name: string): MemoryPort {
    const idOf = (): number => {
      const id = idOfPort(this.#state.intent, this.#state.allocations, name, '');
      if (this.#desired.ports.get(id)?.type === portTypes.memory) return id;
      throw VswError.of('VSW_INVALID', [{ path: '', message: `port ${name} is not of type memory`, remedy: 'only a memory port has an outside in this program' }]);
    };
    idOf();
    return new MemoryPort(portName(portKey(name)), this.#dataplane, idOf);
  }

  /** With 0 workers: moves frames until nothing waits; how many. */
  run(): number {
    return this.#dataplane.run();
  }

  /** With a virtual clock: moves time on. */
  advance(ms: number): void {
    this.#dataplane.advance(asMilliseconds(ms));
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
    this.#ending.abort();
    this.#watch?.close();
    this.#lives.close();
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

  async #change(next: Intent, { isDryRun, pathOf, named }: Asked): Promise<ApplyAnswer> {
    const changes = changesBetween(this.#state.intent, next);
    const allocations = this.#allocate(next);
    const retried = new Set([...named].filter((key) => this.#running.get(key)?.state === 'failed').map((key) => allocations.portIds[key]!));
    if (isDryRun || (changes.length === 0 && retried.size === 0 && this.#isStored)) return { generation: this.#generation, changes };
    // A change that is taken back uses up numbers, too, without moving the stored mark.
    await this.#reserveGenerations();

    const desired = this.#compile(next, allocations);
    const state: State = {
      intent: next, allocations, generationMax: this.#generation + generationReserve, processes: processesAfter(this.#state, next, (key) => desired.ports.get(allocations.portIds[key]!)?.netns ?? ''),
    };
    const claims = claimsAfter(this.#claims, { intent: this.#state.intent, held: heldBy(this.#state.allocations) }, { intent: next, held: heldBy(allocations) });
    const { leftOut, ended } = this.#whatToLeaveOut(desired, state, named);
    const tables = withoutPorts(desired, leftOut);
    const edits = plan(withoutPorts(this.#tables, retried), tables);
    const prepared = await this.#prepare(state);
    let note = (): void => undefined;
    try {
      if (edits.length > 0) note = await this.#commit(edits, desired);
    } catch (error) {
      await prepared.discard();
      throw refusal(error, allocations.portIds, pathOf);
    }
    const adopt = (): void => {
      for (const { action, kind, name } of changes) {
        if (action !== 'delete' || kind !== 'Port') continue;
        this.#running.forget(portKey(name));
        this.#lives.forget(portKey(name));
      }
      [this.#state, this.#claims, this.#desired, this.#tables, this.#leftOut] = [state, claims, desired, tables, leftOut];
      note();
      for (const entry of ended) this.#running.waits(portKey(entry.name), processEnded(entry), undefined);
    };
    try {
      await prepared.keep();
      this.#isStored = true;
    } catch (error) {
      this.#isStored = false;
      await this.#takeBack(tables, error, adopt);
      throw error;
    }
    adopt();
    this.#events.push({ type: 'generation', generation: this.#generation, changes });
    return { generation: this.#generation, changes };
  }

  /** The dataplane goes back to what is stored, because what it was given could not be. */
  async #takeBack(given: TableSet, cause: unknown, adopt: () => void): Promise<void> {
    const edits = plan(given, this.#tables);
    try {
      if (edits.length > 0) (await this.#commit(edits, this.#desired))();
    } catch (error) {
      adopt();
      throw new VswError('VSW_STATE', `${messageOf(cause)}; the change is active and could not be taken back (${messageOf(error)}): mend the state directory, then apply again`, [], { cause });
    }
  }

  /** Commits; the answer notes what became of the ports, which are those of `tables`. */
  async #commit(edits: readonly Edit[], tables: TableSet): Promise<() => void> {
    const identities = identitiesOf(edits);
    const answer = await this.#dataplane.commit(edits);
    this.#generation = answer.generation;
    return () => this.#running.note(answer, identities, (id) => keyOf(tables.ports.get(id)));
  }

  /** Ports that failed stay out until somebody names them, and those whose process has ended until they name another. */
  #whatToLeaveOut(desired: TableSet, { processes, allocations: { portIds } }: Pick<State, 'processes' | 'allocations'>, named: ReadonlySet<string>): { leftOut: Set<number>; ended: PutPort[] } {
    const leftOut = new Set<number>();
    const ended: PutPort[] = [];
    for (const key of new Set([...processes.keys(), ...this.#running.failed])) {
      const entry = desired.ports.get(portIds[key] ?? 0);
      if (entry === undefined || sameData(this.#tables.ports.get(entry.port), entry)) continue;
      const hasEnded = !isSameProcess(processes, key, entry.netns);
      const hasFailed = this.#running.failed.has(key) && !named.has(key);
      if (!hasEnded && !hasFailed) continue;
      leftOut.add(entry.port);
      if (hasEnded) ended.push(entry);
    }
    return { leftOut, ended };
  }

  /** The stored wish at the start: a port that cannot be opened is left out, and the others go on. */
  async #bringUp(): Promise<void> {
    await this.#reserveGenerations();
    this.#desired = compile(this.#state.intent, this.#state.allocations);
    const { leftOut, ended } = this.#whatToLeaveOut(this.#desired, this.#state, new Set());
    for (const entry of ended) this.#running.waits(portKey(entry.name), processEnded(entry), undefined);
    for (;;) {
      const tables = withoutPorts(this.#desired, leftOut);
      const edits = plan(emptyTableSet, tables);
      try {
        if (edits.length > 0) (await this.#commit(edits, tables))();
        [this.#tables, this.#leftOut] = [tables, leftOut];
        break;
      } catch (error) {
        const entry = error instanceof CommitError ? tables.ports.get(error.subject) : undefined;
        if (entry === undefined) throw refusal(error, this.#state.allocations.portIds, () => undefined);
        this.#running.fails(portKey(entry.name), messageOf(error), identityBehind(entry.netns));
        leftOut.add(entry.port);
      }
    }
    this.#watch = new PortWatch(() => void this.#lives.look());
  }

  /** What PortLives does with the ports. */
  #attendance(): Attendance {
    return {
      ports: () => this.#desired.ports,
      isSameProcess: ({ name, netns }) => isSameProcess(this.#state.processes, portKey(name), netns),
      enqueue: async (work) => await this.#enqueue(work),
      close: async ({ port }) => {
        await this.#reserveGenerations();
        await this.#commit([{ edit: 'ClosePort', port }], this.#desired);
      },
      open: async (entry) => await this.#reopen(entry),
    };
  }

  async #reopen({ port }: PutPort): Promise<void> {
    await this.#reserveGenerations();
    const leftOut = new Set([...this.#leftOut].filter((id) => id !== port));
    const tables = withoutPorts(this.#desired, leftOut);
    (await this.#commit(plan(withoutPorts(this.#tables, new Set([port])), tables), tables))();
    [this.#tables, this.#leftOut] = [tables, leftOut];
    const entry = this.#desired.ports.get(port);
    const started = entry === undefined ? undefined : processBehind(entry.netns);
    if (entry === undefined || started === undefined || this.#state.processes.has(portKey(entry.name))) return;
    await this.#save({ ...this.#state, processes: new Map(this.#state.processes).set(portKey(entry.name), started) });
  }

  /** Keeps the stored mark ahead of the numbers that are given out. */
  async #reserveGenerations(): Promise<void> {
    if (this.#generation + 2 < this.#state.generationMax) return;
    await this.#save({ ...this.#state, generationMax: this.#generation + generationReserve });
  }

  async #prepare(state: State): Promise<Prepared> {
    return await this.#store.prepare(() => dumpState(state), this.#isStored ? changeBetween(this.#state, state) : undefined);
  }

  async #save(state: State): Promise<void> {
    const prepared = await this.#prepare(state);
    await prepared.keep();
    this.#isStored = true;
    this.#state = state;
  }

  #intentWith(resources: readonly unknown[]): Intent {
    return intentWith(resources, this.#state.intent, heldBy(this.#state.allocations), this.#claims);
  }

  #allocate(next: Intent): Allocations {
    return allocate(next, this.#state.allocations, this.#portIdsEnd, this.#state.intent);
  }

  #compile(next: Intent, allocations: Allocations): TableSet {
    return compile(next, allocations, { intent: this.#state.intent, allocations: this.#state.allocations, tables: this.#desired });
  }

  /** Of a declared port. */
  #statusOf(key: string): PortStatus {
    const entry = this.#desired.ports.get(this.#state.allocations.portIds[key]!)!;
    const status = this.#running.status(key, entry);
    const isHeldDown = status.state === 'ready' && this.#closing === undefined && this.#dataplane.portUsage(entry.port).isHeldDown;
    return isHeldDown ? { ...status, message: heldDown } : status;
  }

  /** What the workers noticed; seldom while nobody watches. */
  #drainEvents(now = false): void {
    const timeMs = performance.now();
    if (this.#closing !== undefined || (!now && this.#events.watcherCount === 0 && timeMs < this.#eventsDueMs)) return;
    this.#eventsDueMs = timeMs + eventsUnwatchedMs;
    for (const event of this.#dataplane.drainEvents()) {
      this.#events.push(event.type === 'events_lost' ? event : tellEvent(event, this.#reader));
    }
    for (const event of this.#pressure.look(this.#reader.usageOfFilling(pressureFloor, this.#portIdsEnd - 1, this.#pressure.ports))) this.#events.push(event);
  }
}

/** The message of a port that is ready and passes nothing for a while. */
const heldDown = 'held down for a while: the switch\'s own frames came back by it, so what is behind it is joined with another port';

function keyOf(entry: PutPort | undefined): string | undefined {
  return entry === undefined ? undefined : portKey(entry.name);
}
