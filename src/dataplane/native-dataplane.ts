/**
 * The dataplane in native/, as the control layer sees it: the only file that loads the addon.
 *
 * The addon is looked for where a checkout builds it: by cmake-js in build/release, by node-gyp in
 * build/Release.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VswError, messageOf } from '../errors.ts';
import type { Edit } from '../table/edits.gen.ts';
import {
  CommitError, type CaptureWish, type CommitAnswer, type CommitErrorCode, type CounterCells, type Dataplane, type DataplaneEvent,
  type DataplaneOptions, type DeviceFinding, type DroppedFrame, type FlowRecord, type GroupMembership, type LearnedMac, type Offload, type QuerierState, type RuleCounterCells, type Trace,
  type TracedFrame, type TraceVerdict, type WrapperCounts,
} from './dataplane.ts';
import { encodeEdits } from './encode.ts';

type NativeDroppedFrame = Omit<DroppedFrame, 'timeMs'> & { readonly ageMs: number };

/** native/binding/switch_object.hpp. */
interface NativeSwitch {
  commit(edits: Uint8Array): Promise<CommitAnswer>;
  trace(frame: Uint8Array, port: number, edits: Uint8Array | undefined): Trace;
  traceVerdicts(frames: Uint8Array, places: Uint32Array, edits: Uint8Array | undefined): Uint8Array;
  counters(): CounterCells;
  ruleCounters(): RuleCounterCells;
  nowMs(): number;
  connectionStates(): Record<string, number>;
  kernelDropped(port: number): number;
  gone(port: number): boolean;
  changedDevices(): number[];
  inspect(port: number): Promise<DeviceFinding>;
  fdb(): LearnedMac[];
  flows(): FlowRecord[];
  groups(): GroupMembership[];
  queriers(): QuerierState[];
  flushFdb(network: number, port: number, mac: string): number;
  flushFlows(port: number): number;
  drainEvents(): DataplaneEvent[];
  wrappers(port: number): WrapperCounts;
  captureStart(wish: CaptureWish): number;
  captureRead(id: number, framesMax: number): ReturnType<Dataplane['captureRead']>;
  captureStop(id: number): void;
  usage(): ReturnType<Dataplane['usage']>;
  portUsage(port: number): ReturnType<Dataplane['portUsage']>;
  filling(percent: number): number[];
  lastDrops(port: number): NativeDroppedFrame[];
  memorySend(port: number, frame: Uint8Array, offload: Offload | undefined): boolean;
  memoryReceive(port: number): { frame: Uint8Array; offload?: Offload } | undefined;
  run(): number;
  advance(ms: number): void;
  close(): Promise<void>;
}

interface Addon {
  Switch: new (options: DataplaneOptions) => NativeSwitch;
}

/** By native/commit/trace.hpp's TraceVerdict. */
const traceVerdicts = ['drop', 'allow', 'reject'] as const;

const addonPlaces = ['build/release/Release/vswitch.node', 'build/release/vswitch.node', 'build/Release/vswitch.node'];

/** The folder that holds package.json, above this file wherever it was compiled to. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function loadAddon(): Addon {
  const root = packageRoot();
  const place = addonPlaces.map((relative) => join(root, relative)).find((path) => existsSync(path));
  if (place === undefined) {
    throw new VswError('VSW_UNAVAILABLE', `the native dataplane is not built: run "npm run build" in ${root}`);
  }
  try {
    return createRequire(import.meta.url)(place) as Addon;
  } catch (error) {
    throw new VswError(
      'VSW_UNAVAILABLE',
      `the native dataplane cannot be loaded: ${messageOf(error)}; run "npm run build" again with this version of Node`,
      [],
      { cause: error },
    );
  }
}

/** A refusal of the native side, which is an Error with a code and a subject. */
function asCommitError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('subject' in error)) return error;
  return new CommitError(error.code as CommitErrorCode, error.message, error.subject as number);
}

export class NativeDataplane implements Dataplane {
  readonly #native: NativeSwitch;
  #closing: Promise<void> | undefined;

  private constructor(native: NativeSwitch) {
    this.#native = native;
  }

  get #open(): NativeSwitch {
    if (this.#closing !== undefined) throw new VswError('VSW_UNAVAILABLE', 'the switch is closed');
    return this.#native;
  }

  static open(options: DataplaneOptions): NativeDataplane {
    return new NativeDataplane(new (loadAddon().Switch)(options));
  }

  async commit(edits: readonly Edit[]): Promise<CommitAnswer> {
    try {
      return await this.#open.commit(encodeEdits(edits));
    } catch (error) {
      throw asCommitError(error);
    }
  }

  trace(frame: Uint8Array, port: number, edits?: readonly Edit[]): Trace {
    try {
      return this.#open.trace(frame, port, edits && encodeEdits(edits));
    } catch (error) {
      throw asCommitError(error);
    }
  }

  traceVerdicts(frames: readonly TracedFrame[], edits?: readonly Edit[]): readonly TraceVerdict[] {
    const places = new Uint32Array(2 * frames.length);
    let end = 0;
    frames.forEach(({ port, frame }, index) => {
      end += frame.length;
      places[2 * index] = port;
      places[2 * index + 1] = end;
    });
    const bytes = Buffer.concat(frames.map(({ frame }) => frame), end);
    try {
      return Array.from(this.#open.traceVerdicts(bytes, places, edits && encodeEdits(edits)), (verdict) => traceVerdicts[verdict]!);
    } catch (error) {
      throw asCommitError(error);
    }
  }

  counters(): CounterCells {
    return this.#open.counters();
  }

  ruleCounters(): RuleCounterCells {
    return this.#open.ruleCounters();
  }

  nowMs(): number {
    return this.#open.nowMs();
  }

  connectionStates(): Readonly<Record<string, number>> {
    return this.#open.connectionStates();
  }

  kernelDropped(port: number): number {
    return this.#open.kernelDropped(port);
  }

  gone(port: number): boolean {
    return this.#open.gone(port);
  }

  changedDevices(): readonly number[] {
    return this.#open.changedDevices();
  }

  inspect(port: number): Promise<DeviceFinding> {
    return this.#open.inspect(port);
  }

  fdb(): readonly LearnedMac[] {
    return this.#open.fdb();
  }

  flows(): readonly FlowRecord[] {
    return this.#open.flows();
  }

  groups(): readonly GroupMembership[] {
    return this.#native.groups();
  }

  queriers(): readonly QuerierState[] {
    return this.#native.queriers();
  }

  flushFdb(network: number, port: number, mac: string): number {
    return this.#open.flushFdb(network, port, mac);
  }

  flushFlows(port: number): number {
    return this.#open.flushFlows(port);
  }

  drainEvents(): readonly DataplaneEvent[] {
    return this.#open.drainEvents();
  }

  captureStart(wish: CaptureWish): number {
    try {
      return this.#native.captureStart(wish);
    } catch (error) {
      throw asCommitError(error);
    }
  }

  captureRead(id: number, framesMax: number): ReturnType<Dataplane['captureRead']> {
    return this.#native.captureRead(id, framesMax);
  }

  captureStop(id: number): void {
    this.#native.captureStop(id);
  }

  wrappers(port: number): WrapperCounts {
    return this.#native.wrappers(port);
  }

  usage(): ReturnType<Dataplane['usage']> {
    return this.#open.usage();
  }

  portUsage(port: number): ReturnType<Dataplane['portUsage']> {
    return this.#open.portUsage(port);
  }

  filling(percent: number): readonly number[] {
    return this.#open.filling(percent);
  }

  lastDrops(port: number): readonly DroppedFrame[] {
    const now = Date.now();
    return this.#open.lastDrops(port).map(({ ageMs, ...frame }) => ({ timeMs: now - ageMs, ...frame }));
  }

  memorySend(port: number, frame: Uint8Array, offload?: Offload): boolean {
    return this.#open.memorySend(port, frame, offload);
  }

  memoryReceive(port: number): { frame: Uint8Array; offload?: Offload } | undefined {
    return this.#open.memoryReceive(port);
  }

  run(): number {
    return this.#open.run();
  }

  advance(ms: number): void {
    this.#open.advance(ms);
  }

  close(): Promise<void> {
    this.#closing ??= this.#native.close();
    return this.#closing;
  }
}
