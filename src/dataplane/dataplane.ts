/**
 * Dataplane: the seam between what was decided and the machine.
 *
 * Four doors and no fifth: commit (edits in), trace (a frame in, steps out), counters (memory both
 * sides see) and events (a bounded channel out); the rest reads or empties what traffic taught.
 * `NativeDataplane` is the product; tests of the control layer bring their own.
 */
import type { Edit } from '../table/edits.gen.ts';

/** What a super-frame or a partial checksum still needs done (virtio_net_hdr in plain words). */
export interface Offload {
  readonly gso: 'none' | 'tcp4' | 'tcp6' | 'udp';
  readonly gsoSize: number;
  readonly needsChecksum: boolean;
  readonly checksumStart: number;
  readonly checksumOffset: number;
  readonly ecn?: boolean;
  readonly checksumValid?: boolean;
}

export interface CommitAnswer {
  readonly generation: number;
  /** Every port that the transaction put or closed. */
  readonly ports: readonly { readonly port: number; readonly state: 'ready' | 'waiting'; readonly message: string }[];
}

export type CommitErrorCode =
  | 'malformed'
  | 'invalid'
  | 'namespace_absent'
  | 'device_clash'
  | 'permission'
  | 'unsupported'
  | 'limit'
  | 'system';

/** Why a commit was refused; nothing changed. `subject` is the id of a port, 0 for none. */
export class CommitError extends Error {
  readonly code: CommitErrorCode;
  readonly subject: number;
  constructor(code: CommitErrorCode, message: string, subject: number) {
    super(message);
    this.name = 'CommitError';
    this.code = code;
    this.subject = subject;
  }
}

export type TraceVerdict = 'allow' | 'drop' | 'reject';

/** Rules stand as numbers (ruleNames of the tables say what they mean); 1 is the network's defaultPolicy, 0 none. */
export interface TraceStep {
  readonly stage: string;
  readonly port: number;
  readonly verdict: 'continue' | TraceVerdict;
  readonly rule: number;
}

/** What rules are asked: the first packet of a connection. For ICMP the destination port is type << 8 | code. */
export interface JudgedPacket {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** What the rules of one direction of a port say of it now; `audited…` where a policy that is not enforced would have a say, and what would be decided then. */
export interface TraceRuling {
  readonly direction: 'egress' | 'ingress';
  readonly port: number;
  readonly action: TraceVerdict;
  readonly rule: number;
  readonly auditedAction?: TraceVerdict;
  readonly auditedRule?: number;
}

/** A rule that did not match, and which of its fields did. `protocol`: it is about the packet's protocol, whatever the ports. */
export interface NearRule {
  readonly rule: number;
  readonly source: boolean;
  readonly destination: boolean;
  readonly service: boolean;
  readonly sourcePort: boolean;
  readonly protocol: boolean;
}

export interface Trace {
  readonly verdict: TraceVerdict;
  readonly stage: string;
  /** The name of a drop reason, or forwarded, flooded, answered, consumed. */
  readonly reason: string;
  readonly port: number;
  /** The network that the frame is in; 0 when it is in none. */
  readonly network: number;
  readonly rule: number;
  readonly generation: number;
  /** What the connection table says of it, where the network has one. */
  readonly connection?: { readonly standing: 'new' | 'established' | 'related' | 'invalid' | 'denied'; readonly state: string; readonly ofInitiator: boolean };
  /** Where rules judge such a frame. */
  readonly judged?: JudgedPacket;
  /** It is judged by the first one of its datagram, and here as if that were not known. */
  readonly laterFragment?: true;
  readonly rulings: readonly TraceRuling[];
  /** From the nearest on, of the direction that decided. */
  readonly nearest: readonly NearRule[];
  readonly path: readonly TraceStep[];
  readonly receivers: readonly number[];
  /** The frame as one readable line. */
  readonly line: string;
}

/** A frame that a port sends, as it is asked about among many. */
export interface TracedFrame {
  readonly port: number;
  readonly frame: Uint8Array;
}

/** Shared memory: [worker][port][row]; the layout of a row is native/telemetry/counters.hpp's. */
export interface CounterCells {
  readonly cells: BigUint64Array;
  readonly workers: number;
  readonly ports: number;
  readonly rowLength: number;
}

/** Shared memory: [worker][rule][row]; the layout of a row is native/telemetry/rule_counters.hpp's. */
export interface RuleCounterCells {
  readonly cells: BigUint64Array;
  readonly workers: number;
  readonly rules: number;
  readonly rowLength: number;
}

export interface LearnedMac {
  readonly network: number;
  readonly mac: string;
  readonly port: number;
  readonly ageSeconds: number;
}

/** A port that gets frames of a multicast group: as member, as router, or all of them for want of room. */
export interface GroupMembership {
  readonly network: number;
  /** Of routers and of who gets everything: 0.0.0.0 or ::, for their family. */
  readonly group: string;
  readonly port: number;
  readonly role: 'member' | 'router' | 'everything';
  readonly expiresSeconds: number;
}

/** Who asks for memberships in a network that snoops: an address, `self`, or '' for nobody. */
export interface QuerierState {
  readonly network: number;
  readonly family: 4 | 6;
  readonly querier: string;
  /** Whether frames are kept from those who did not ask. */
  readonly filters: boolean;
}

export interface FlowRecord {
  readonly id: number;
  readonly network: number;
  readonly protocol: number;
  readonly etherType: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Ids of the ports of the switch at both ends; 0 when the receiver is a flood. */
  readonly sourceNativePort: number;
  readonly destinationNativePort: number;
  /** As native/state/connection_states.def names it; `new` or `established` where connections are not tracked. */
  readonly state: string;
  readonly verdict: 'allow' | 'drop' | 'reject';
  /** The number of the rule that decides about it. */
  readonly rule: number;
  readonly packets: number;
  readonly bytes: number;
  readonly ageSeconds: number;
  readonly generation: number;
}

/** What native/telemetry/events.hpp names. */
export type NativeEventType = 'mac_learned' | 'mac_moved' | 'mac_aged' | 'mac_flap' | 'mac_evicted' | 'storm' | 'loop_detected' | 'port_released' | 'group_joined' | 'group_left'
  | 'policy_log' | 'policy_drop' | 'policy_audit';

export type RuleAction = 'allow' | 'drop' | 'reject' | 'pass';

/** What rules said of a packet, in one direction. For ICMP the destination port is type << 8 | code. */
export interface RuleDecision {
  readonly rule: number;
  readonly direction: 'ingress' | 'egress';
  readonly verdict: RuleAction;
  /** What an audited rule would have said. */
  readonly wouldBe: RuleAction;
  readonly protocol: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** One form for all types: a type leaves 0 (or the MAC of zeros) what it has no use for. */
export interface NativeEvent {
  readonly type: NativeEventType;
  readonly network: number;
  readonly mac: string;
  readonly group: string;
  readonly port: number;
  readonly fromPort: number;
  readonly count: number;
  readonly limit: number;
  /** Of the types of policies. */
  readonly decision?: RuleDecision;
}

export type DataplaneEvent = NativeEvent | { readonly type: 'events_lost'; readonly count: number };

/** Which frames a live capture is about; 0, false and no bytes mean any. */
export interface CaptureWish {
  readonly port: number;
  readonly received: boolean;
  readonly transmitted: boolean;
  readonly onlyDropped: boolean;
  /** The number of a drop reason. */
  readonly reason: number;
  /** 16 bytes, IPv4 as IPv4-mapped. */
  readonly host: Uint8Array;
  readonly protocol: number;
  readonly transportPort: number;
  readonly etherType: number;
  readonly snapshotLength: number;
  readonly classic: boolean;
}

/** What the ports around a device did so far. */
export interface FaultCounts {
  readonly seen: number;
  readonly lost: number;
  readonly repeated: number;
  readonly corrupted: number;
  readonly delayed: number;
  readonly waiting: number;
  readonly overflowed: number;
}

export interface WrapperCounts {
  readonly fault?: { readonly received: FaultCounts; readonly transmitted: FaultCounts };
  readonly capture?: { readonly file: string; readonly frames: number; readonly bytes: number; readonly missed: number };
}

/** How full a table is. */
export interface Fill {
  readonly used: number;
  readonly limit: number;
}

export interface DroppedFrame {
  readonly timeMs: number;
  readonly reason: string;
  readonly frame: Uint8Array;
  /** The frame's length before it was cut for keeping. */
  readonly length: number;
  /** It died on its way out of the port. */
  readonly transmitted: boolean;
  /** Where a transmitted one came from; 0: the switch made it, or that port is gone. */
  readonly ingress: number;
  /** That the frame stood for. */
  readonly packets: number;
}

/** Something about a port's device that somebody in its container changed. */
export interface DeviceChange {
  readonly field: 'name' | 'mac' | 'mtu' | 'link';
  readonly seen: string;
  readonly wanted: string;
  /** It is as wanted again. */
  readonly putBack: boolean;
  /** Why it could not be put back; empty when it was, or is left as it is. */
  readonly trouble: string;
}

export interface DeviceFinding {
  readonly place: 'here' | 'moved' | 'deleted';
  readonly changes: readonly DeviceChange[];
}

export interface Dataplane {
  commit(edits: readonly Edit[]): Promise<CommitAnswer>;
  /** Traces through the running generation, or with edits through the candidate that they make. */
  trace(frame: Uint8Array, port: number, edits?: readonly Edit[]): Trace;
  /** The verdicts alone, about many frames at once. */
  traceVerdicts(frames: readonly TracedFrame[], edits?: readonly Edit[]): readonly TraceVerdict[];
  counters(): CounterCells;
  ruleCounters(): RuleCounterCells;
  /** The clock by which rules were last hit. */
  nowMs(): number;
  /** How many tracked connections are in each state; `denied` are those that rules forbade since they began. */
  connectionStates(): Readonly<Record<string, number>>;
  kernelDropped(port: number): number;
  /** Whether the port's device went away under the switch. */
  gone(port: number): boolean;
  /** Ports whose devices somebody else changed since the last call. */
  changedDevices(): readonly number[];
  /** What was changed at the port's device, put back where that is right. */
  inspect(port: number): Promise<DeviceFinding>;
  fdb(): readonly LearnedMac[];
  flows(): readonly FlowRecord[];
  groups(): readonly GroupMembership[];
  queriers(): readonly QuerierState[];
  flushFdb(network: number, port: number, mac: string): number;
  flushFlows(port: number): number;
  drainEvents(): readonly DataplaneEvent[];
  wrappers(port: number): WrapperCounts;
  /** The number of a live capture; throws a CommitError when there are too many. */
  captureStart(wish: CaptureWish): number;
  /** The bytes of what came since the last call, and the counts since the start. */
  captureRead(id: number, framesMax: number): { readonly bytes: Uint8Array; readonly frames: number; readonly lost: number };
  captureStop(id: number): void;
  /** How full the tables are that all ports share. */
  usage(): { readonly ipv4Flows: Fill; readonly otherFlows: Fill; readonly macs: Fill };
  /** What one port holds of them. */
  portUsage(port: number): { readonly flows: number; readonly macs: number; readonly isHeldDown: boolean; readonly isTracked: boolean };
  /** The ports that hold at least so many percent of one of their shares. */
  filling(percent: number): readonly number[];
  lastDrops(port: number): readonly DroppedFrame[];
  memorySend(port: number, frame: Uint8Array, offload?: Offload): boolean;
  memoryReceive(port: number): { frame: Uint8Array; offload?: Offload } | undefined;
  run(): number;
  advance(ms: number): void;
  close(): Promise<void>;
}

export interface DataplaneOptions {
  readonly workers: number;
  readonly portsMax: number;
  readonly flowsMax: number;
  readonly macsMax: number;
  readonly virtualClock: boolean;
  readonly firstGeneration: number;
}

/** Opens a dataplane: `NativeDataplane.open` but in tests. */
export type OpenDataplane = (options: DataplaneOptions) => Dataplane;
