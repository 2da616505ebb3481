/**
 * A dataplane that moves no frame: it holds tables, answers as it is told, and remembers its commits.
 *
 * A port whose namespace is no file waits, as with the real one.
 */
import { existsSync } from 'node:fs';
import { counterNames } from '../../../src/table/counters.gen.ts';
import { dropReasons } from '../../../src/table/drop-reasons.gen.ts';
import {
  CommitError, type CaptureWish, type CommitAnswer, type CommitErrorCode, type CounterCells, type Dataplane, type DataplaneEvent, type DataplaneOptions,
  type DeviceFinding,
  type DroppedFrame, type FlowRecord, type GroupMembership, type LearnedMac, type QuerierState, type RuleCounterCells, type Trace, type TracedFrame, type TraceVerdict, type WrapperCounts,
} from '../../../src/dataplane/dataplane.ts';
import type { Edit } from '../../../src/table/edits.gen.ts';
import { emptyTableSet, type TableSet } from '../../../src/table/table-set.ts';
import { applyEdits } from '../dataplane/played-tables.ts';

const rowLength = counterNames.length + 4 * (dropReasons.length + 1);

export class ScriptedDataplane implements Dataplane {
  readonly options: DataplaneOptions;
  readonly commits: (readonly Edit[])[] = [];
  tables: TableSet = emptyTableSet;
  generation: number;
  closed = false;
  /** What happens around the switch while it commits. */
  during: (() => void) | undefined;
  /** Names of ports whose next opening fails, with the code of the failure. */
  readonly failing = new Map<string, CommitErrorCode>();
  readonly heldDown = new Set<number>();
  readonly goneDevices = new Set<number>();
  readonly changed: number[] = [];
  readonly events: DataplaneEvent[] = [];
  learned: LearnedMac[] = [];
  flowRecords: FlowRecord[] = [];
  memberships: GroupMembership[] = [];
  asking: QuerierState[] = [];
  dead: DroppedFrame[] = [];
  readonly flushed: unknown[] = [];
  readonly traced: { frame: Uint8Array; port: number; edits: readonly Edit[] | undefined }[] = [];
  answer: Partial<Trace> = {};
  readonly #cells: CounterCells;
  /** One worker's, for a few rules. */
  readonly ruleCells: RuleCounterCells = { cells: new BigUint64Array(new SharedArrayBuffer(64 * 4 * 8)), workers: 1, rules: 64, rowLength: 4 };
  clockMs = 1000;
  states: Record<string, number> = {};
  readonly tracked = new Set<number>();
  /** Ports whose shares fill, and what was asked about them. */
  full: readonly number[] = [];
  readonly filledTo: number[] = [];

  constructor(options: DataplaneOptions) {
    this.options = options;
    this.generation = options.firstGeneration;
    const ports = options.portsMax;
    this.#cells = { cells: new BigUint64Array(new SharedArrayBuffer(ports * rowLength * 8)), workers: 1, ports, rowLength };
  }

  commit(edits: readonly Edit[]): Promise<CommitAnswer> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          this.during?.();
          resolve(this.#take(edits));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  #take(edits: readonly Edit[]): CommitAnswer {
    const ports: { port: number; state: 'ready' | 'waiting'; message: string }[] = [];
    for (const edit of edits) {
      if (edit.edit === 'ClosePort') ports.push({ port: edit.port, state: 'waiting', message: 'closed' });
      if (edit.edit !== 'PutPort') continue;
      const code = this.failing.get(edit.name);
      if (code !== undefined) throw new CommitError(code, `${edit.device} cannot be opened`, edit.port);
      const isAbsent = edit.netns !== '' && !existsSync(edit.netns);
      ports.push({ port: edit.port, state: isAbsent ? 'waiting' : 'ready', message: isAbsent ? `there is no network namespace at ${edit.netns}` : '' });
      this.goneDevices.delete(edit.port);
    }
    this.tables = applyEdits(this.tables, edits);
    this.commits.push(edits);
    this.generation += 1;
    return { generation: this.generation, ports };
  }

  count(port: number, counter: (typeof counterNames)[number], amount: number): void {
    this.#cells.cells[port * rowLength + counterNames.indexOf(counter)]! += BigInt(amount);
  }

  countDrop(port: number, reason: (typeof dropReasons)[number], packets: number, bytes: number): void {
    const at = port * rowLength + counterNames.length + 2 * (1 + dropReasons.indexOf(reason));
    this.#cells.cells[at]! += BigInt(packets);
    this.#cells.cells[at + 1]! += BigInt(bytes);
    this.count(port, 'droppedPackets', packets);
  }

  traceVerdicts(frames: readonly TracedFrame[], edits?: readonly Edit[]): readonly TraceVerdict[] {
    return frames.map(({ port, frame }) => this.trace(frame, port, edits).verdict);
  }
  trace(frame: Uint8Array, port: number, edits?: readonly Edit[]): Trace {
    this.traced.push({ frame, port, edits });
    return { verdict: 'allow', stage: 'deliver', reason: 'forwarded', port, network: 0, rule: 0, generation: this.generation, path: [], rulings: [], nearest: [], receivers: [port], line: 'a frame', ...this.answer };
  }

  counters(): CounterCells {
    return this.#cells;
  }

  ruleCounters(): RuleCounterCells {
    return this.ruleCells;
  }

  nowMs(): number {
    return this.clockMs;
  }

  connectionStates(): Readonly<Record<string, number>> {
    return this.states;
  }

  kernelDropped(port: number): number {
    return port * 10;
  }

  gone(port: number): boolean {
    return this.goneDevices.has(port);
  }

  changedDevices(): readonly number[] {
    return this.changed.splice(0);
  }

  inspect(): Promise<DeviceFinding> {
    return Promise.resolve({ place: 'here', changes: [] });
  }

  fdb(): readonly LearnedMac[] {
    return this.learned;
  }

  groups(): readonly GroupMembership[] {
    return this.memberships;
  }

  queriers(): readonly QuerierState[] {
    return this.asking;
  }

  flows(): readonly FlowRecord[] {
    return this.flowRecords;
  }

  flushFdb(network: number, port: number, mac: string): number {
    this.flushed.push(['fdb', network, port, mac]);
    return 1;
  }

  flushFlows(port: number): number {
    this.flushed.push(['flows', port]);
    return 1;
  }

  drainEvents(): readonly DataplaneEvent[] {
    return this.events.splice(0);
  }

  readonly captures: CaptureWish[] = [];
  readonly stopped: number[] = [];
  /** What the next reads of a capture give, one after the other. */
  captured: Uint8Array[] = [];
  #frames = 0;
  captureStart(wish: CaptureWish): number {
    return this.captures.push(wish) - 1;
  }

  captureRead(): { bytes: Uint8Array; frames: number; lost: number } {
    const bytes = this.captured.shift() ?? new Uint8Array();
    this.#frames += bytes.length > 0 ? 1 : 0;
    return { bytes, frames: this.#frames, lost: 0 };
  }

  captureStop(id: number): void {
    this.stopped.push(id);
  }

  /** By the port's number. */
  readonly wrapped = new Map<number, WrapperCounts>();
  wrappers(port: number): WrapperCounts {
    return this.wrapped.get(port) ?? {};
  }

  usage(): ReturnType<Dataplane['usage']> {
    const { flowsMax, macsMax } = this.options;
    return { ipv4Flows: { used: this.flowRecords.length, limit: flowsMax }, otherFlows: { used: 0, limit: flowsMax }, macs: { used: this.learned.length, limit: macsMax } };
  }

  portUsage(port: number): ReturnType<Dataplane['portUsage']> {
    return {
      flows: this.flowRecords.filter((flow) => flow.sourceNativePort === port).length, macs: this.learned.filter((entry) => entry.port === port).length,
      isHeldDown: this.heldDown.has(port), isTracked: this.tracked.has(port),
    };
  }

  filling(percent: number): readonly number[] {
    this.filledTo.push(percent);
    return this.full;
  }

  lastDrops(): readonly DroppedFrame[] {
    return this.dead;
  }

  memorySend(): boolean {
    return true;
  }

  memoryReceive(): { frame: Uint8Array } | undefined {
    return undefined;
  }

  run(): number {
    return 0;
  }

  advance(): void {
    this.generation += 0;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
