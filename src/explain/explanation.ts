/** What can be asked about a frame, and what is answered: the JSON of `explain`. */
import type { Resource } from '../intent/intent.ts';

interface Asked {
  readonly port: string;
  /** Resources of a candidate: the frame is judged as if they were applied. */
  readonly with?: readonly unknown[];
}

/** A frame as bytes or hex. */
export interface FrameQuery extends Asked {
  readonly frame: string | Uint8Array;
}

/** A frame by its fields; the switch builds it. */
export interface FieldsQuery extends Asked {
  readonly to: string;
  readonly from?: string;
  /** The network that the frame is in; a trunk without a native one needs it. */
  readonly network?: string;
  readonly protocol?: string | number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** The last frames that died on their way in from the port, or out to it. */
export interface LastDropsQuery extends Asked {
  readonly last: number;
}

/** Who reaches whom with a new connection; without a word TCP to port 80, over all networks. */
export interface ReachQuery {
  readonly reach: { readonly protocol?: string | number; readonly destinationPort?: number; readonly network?: string };
  readonly with?: readonly unknown[];
}

export type ExplainQuery = FrameQuery | FieldsQuery | LastDropsQuery | ReachQuery;

export interface ExplanationStep {
  readonly stage: string;
  readonly port: string;
  readonly verdict: string;
  readonly tier?: string;
  readonly policy?: string;
  readonly rule?: string;
}

/** The rule that failed on the fewest fields: one of those, what the rule wants there, and what the frame has. */
export interface NearestRule {
  readonly policy: string;
  readonly rule: string;
  readonly field: string;
  readonly wanted: string;
  readonly seen: string;
}

/** Resources that, applied, give this frame the other verdict. */
export interface Flip {
  readonly resources: readonly Resource[];
}

/** `state` is the connection's; `ofInitiator`: the frame goes the way of its first packet. */
export interface ConnectionStanding {
  readonly standing: 'new' | 'established' | 'related' | 'invalid' | 'denied';
  readonly state: string;
  readonly ofInitiator: boolean;
}

/** Texts are empty where nothing of that kind took part: an anti-spoof drop has no policy. */
export interface Explanation {
  readonly verdict: 'allow' | 'drop' | 'reject';
  readonly stage: string;
  readonly reason: string;
  readonly port: string;
  /** The network that the frame is in. */
  readonly network: string;
  readonly tier: string;
  readonly policy: string;
  readonly rule: string;
  readonly generation: number;
  /** What the connection table says of the frame, where the network has one. */
  readonly connection?: ConnectionStanding;
  readonly path: readonly ExplanationStep[];
  readonly nearest?: NearestRule;
  readonly flip?: Flip;
  /** The ports that would get the frame. */
  readonly receivers: readonly string[];
  /** The frame as one readable line. */
  readonly frame: string;
  /** The reason as a sentence, and what else a reader should know. */
  readonly notes: readonly string[];
}

/**
 * A row for each port as a sender, in it a character for each port as a receiver, both in the order of `ports`: `.` may,
 * `X` may not, `-` the port itself.
 */
export interface Reach {
  readonly protocol: string;
  /** Absent where the protocol has none. */
  readonly destinationPort?: number;
  /** Absent: all. */
  readonly network?: string;
  readonly ports: readonly string[];
  readonly rows: readonly string[];
}

export interface LastDrops {
  readonly items: readonly LastDrop[];
}

/** A frame that died, how it died, and how it would fare now. */
export interface LastDrop {
  readonly time: string;
  readonly reason: string;
  readonly frame: string;
  readonly length: number;
  /** As seen from the switch. */
  readonly direction?: 'receive' | 'transmit';
  /** The port that a frame came from which died on its way out; absent: the switch made it, or that port is gone. */
  readonly from?: string;
  readonly now: Explanation;
}
