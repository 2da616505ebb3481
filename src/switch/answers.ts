/**
 * What the switch answers: the shapes that the library, the API and `vswitchctl -o json` share.
 *
 * Packets are counted as on a wire, so a super-frame counts its segments. Names of ports leave out
 * `default/`.
 */
import type { Offload } from '../dataplane/dataplane.ts';
import type { Change } from '../intent/changes.ts';
import type { StormLimit } from '../intent/network.ts';

export type { Change } from '../intent/changes.ts';
export type {
  Explanation, ExplainQuery, FieldsQuery, FrameQuery, LastDrops, LastDropsQuery, NearestRule, Reach, ReachQuery,
} from '../explain/explanation.ts';
export type { Offload } from '../dataplane/dataplane.ts';

/** What an apply or delete did; `changes` holds only what really changed. */
export interface ApplyAnswer {
  readonly generation: number;
  readonly changes: readonly Change[];
}

/** What an attach resolves with: the port is active in this generation. */
export interface Attachment {
  readonly name: string;
  readonly generation: number;
  readonly mac: string;
  readonly addresses: readonly string[];
}

export interface FdbEntry {
  readonly network: string;
  readonly mac: string;
  readonly port: string;
  readonly type: 'static' | 'learned';
  readonly ageSeconds: number;
}

export interface NeighborEntry {
  readonly network: string;
  readonly address: string;
  readonly mac: string;
  readonly port: string;
  readonly source: 'declared';
}

/** A port that gets frames of a multicast group. */
export interface GroupEntry {
  readonly network: string;
  /** '' for routers, and for ports that get all groups because what they asked for found no room. */
  readonly group: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly port: string;
  readonly type: 'member' | 'router' | 'everything';
  /** Until it ends, unless it is renewed; 0 for a router that was declared. */
  readonly expiresSeconds: number;
}

/** Of one family in a network that looks after its multicast groups. */
export interface MulticastStatus {
  /** Who asks for members: an address, `self` for the switch, '' for nobody. */
  readonly querier: string;
  /** Whether frames are kept from those who did not ask. */
  readonly filtering: boolean;
}

/** Of a Policy or NetworkPolicy. */
export interface PolicyStatus {
  /** How many declared ports it selects; 0: it does nothing. */
  readonly selectedPorts: number;
  /** The first of them by name, at most 20; only where the policy was asked for by its name. */
  readonly firstPorts?: readonly string[];
}

export interface FlowEntry {
  readonly id: number;
  readonly network: string;
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** The port of the switch that the first packet came by, and its receiver ('' when it was flooded). */
  readonly port: string;
  readonly receiver: string;
  /** `new` or `established`; where connections are tracked, that of the protocol, e.g. `syn_sent`. */
  readonly state: string;
  /** Otherwise rules forbade it since it began. */
  readonly verdict: 'allow' | 'drop' | 'reject';
  /** `(deleted)`: the rule that decided is gone; '' where policies judge nothing. */
  readonly policy: string;
  readonly rule: string;
  readonly generation: number;
  readonly packets: number;
  readonly bytes: number;
  readonly ageSeconds: number;
}

export interface DropEntry {
  readonly port: string;
  readonly direction: 'receive' | 'transmit';
  readonly reason: string;
  readonly packets: number;
  readonly bytes: number;
}

export interface PortStats {
  readonly port: string;
  readonly receivedPackets: number;
  readonly receivedBytes: number;
  readonly forwardedPackets: number;
  readonly consumedPackets: number;
  readonly droppedPackets: number;
  readonly heldPackets: number;
  readonly offeredPackets: number;
  readonly transmittedPackets: number;
  readonly transmittedBytes: number;
  readonly transmitDroppedPackets: number;
  readonly kernelDroppedPackets: number;
  /** What a bound of the tables cost the port; no packets, and no part of the law. */
  readonly flowsRefused: number;
  readonly macsRefused: number;
  readonly macMovesRefused: number;
  readonly macsEvicted: number;
  readonly groupsRefused: number;
  readonly answersRefused: number;
  readonly decisionsUntold: number;
}

/** What a rule did so far. */
export interface RuleHits {
  /** `Policy/name`, `NetworkPolicy/namespace/name` or `Network/name`; `Network/*` for the default policies of all networks. */
  readonly policy: string;
  readonly rule: string;
  readonly tier: string;
  readonly direction: 'ingress' | 'egress' | '';
  readonly action: 'allow' | 'drop' | 'reject' | 'pass' | '';
  /** false: its policy is audited, and it decides nothing. */
  readonly enforced: boolean;
  /** Decisions: about new connections, and about packets that made none. null: there are too many rules to count this one. */
  readonly hits: number | null;
  /** Decisions that it would have made, and of these those in which something else was decided. */
  readonly audited: number | null;
  readonly differing: number | null;
  /** ISO 8601: when it last decided, or would have. */
  readonly lastHit: string | null;
}

export interface Stats {
  readonly items: readonly PortStats[];
  readonly totals: { readonly copiedPackets: number; readonly originatedPackets: number };
}

/** A frame that a memory port got from the switch. */
export interface ReceivedFrame {
  readonly frame: Uint8Array;
  readonly offload?: Offload;
}

export interface FlushFilter {
  readonly network?: string;
  readonly port?: string;
  readonly mac?: string;
}

/** What a port's `spec.fault` did to frames of one direction. */
export interface FaultEntry {
  readonly port: string;
  readonly direction: 'receive' | 'transmit';
  /** Frames that met the fault; a super-frame is one. */
  readonly seen: number;
  readonly lost: number;
  readonly repeated: number;
  readonly corrupted: number;
  readonly delayed: number;
  /** Of the delayed ones, those that still wait. */
  readonly waiting: number;
  /** Those that found no room to wait in. */
  readonly overflowed: number;
}

/** What a port's `spec.capture` wrote. */
export interface CaptureEntry {
  readonly port: string;
  readonly file: string;
  readonly frames: number;
  readonly bytes: number;
  /** Frames that came after the file was full, or that the disk did not take. */
  readonly missed: number;
}

/** How full a table is. `port` is whose share it is; '' stands for the table that all ports share. */
export interface UsageEntry {
  readonly table: 'ipv4_flows' | 'other_flows' | 'flows' | 'connections' | 'macs' | 'ports';
  readonly port: string;
  readonly used: number;
  readonly limit: number;
}

/**
 * What happened, as `watch` tells it: a union told apart by `type`. `time` is ISO 8601.
 * What each type means stands in event-filter.ts; a new one is added here and there.
 */
export type SwitchEvent = { readonly time: string } & EventBody;
export type EventType = EventBody['type'];

export type EventBody =
  | { readonly type: 'port_ready'; readonly port: string; readonly generation: number }
  | { readonly type: 'port_waiting'; readonly port: string; readonly message: string }
  | { readonly type: 'port_failed'; readonly port: string; readonly message: string }
  | { readonly type: 'port_removed'; readonly port: string }
  /** Somebody changed the port's device inside its namespace, or what he had changed is as declared again. */
  | {
      readonly type: 'device_changed';
      readonly port: string;
      readonly field: 'name' | 'mac' | 'mtu' | 'link';
      readonly seen: string;
      readonly wanted: string;
      /** The switch put back what is wanted. */
      readonly putBack: boolean;
      readonly message: string;
    }
  | { readonly type: 'generation'; readonly generation: number; readonly changes: readonly Change[] }
  | { readonly type: 'mac_learned'; readonly network: string; readonly mac: string; readonly port: string }
  | { readonly type: 'mac_aged'; readonly network: string; readonly mac: string; readonly port: string }
  | { readonly type: 'mac_moved'; readonly network: string; readonly mac: string; readonly port: string; readonly fromPort: string }
  /** It moved too often, and stays at `fromPort`. */
  | { readonly type: 'mac_flap'; readonly network: string; readonly mac: string; readonly port: string; readonly fromPort: string }
  /** The table was full: the MAC of `port` gave way to one of `fromPort`. */
  | { readonly type: 'mac_evicted'; readonly network: string; readonly mac: string; readonly port: string; readonly fromPort: string }
  /** The port sends more frames a second to many receivers than the limit; told once in ten seconds. */
  | { readonly type: 'storm'; readonly network: string; readonly port: string; readonly kind: keyof StormLimit; readonly limit: number }
  /** A probe of `fromPort` came back by `port`, which is held down for so long. */
  | { readonly type: 'loop_detected'; readonly network: string; readonly port: string; readonly fromPort: string; readonly holdSeconds: number }
  | { readonly type: 'port_released'; readonly port: string }
  | { readonly type: 'group_joined' | 'group_left'; readonly network: string; readonly group: string; readonly port: string }
  | PolicyEvent
  | ({ readonly type: 'pressure'; readonly percent: 70 | 90 } & UsageEntry)
  | ({ readonly type: 'relief'; readonly percent: 70 | 90 } & UsageEntry)
  | { readonly type: 'events_lost'; readonly count: number }
  | { readonly type: 'warning'; readonly message: string };

/** What rules of `port` said of a packet, in one direction. */
export interface PolicyEvent {
  /** By a rule with `log: true`; a packet that was denied; a rule of an audited policy would have decided otherwise. */
  readonly type: 'policy_log' | 'policy_drop' | 'policy_audit';
  readonly network: string;
  readonly port: string;
  /** The port at the other end, where it is known. */
  readonly peer?: string;
  readonly direction: 'ingress' | 'egress';
  /** `pass` where a rule with `log: true` left it to the next tier. */
  readonly verdict: 'allow' | 'drop' | 'reject' | 'pass';
  /** Of `policy_audit`: what would have become of it by the rule, had its policy been enforced. */
  readonly wouldBe?: 'allow' | 'drop' | 'reject';
  readonly policy: string;
  readonly rule: string;
  readonly tier: string;
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Of ICMP and ICMPv6: `type/code`. */
  readonly icmp?: string;
  /** How many events of this type about packets of the same sender were not told before this one. */
  readonly suppressed?: number;
}

/** What `watch` may be narrowed by: a type, or the first word of several (`port`, `mac`). */
export type EventSelector = EventType | (EventType extends infer T ? (T extends `${infer Word}_${string}` ? Word : never) : never);

/** The events that a selector lets through. `events_lost` always comes: it says that others did not. */
export type EventOf<Selector extends EventSelector> = Extract<SwitchEvent, { readonly type: Selector | `${Selector}_${string}` | 'events_lost' }>;

export interface WatchOptions<Selector extends EventSelector = EventSelector> {
  readonly signal?: AbortSignal | undefined;
  readonly types?: readonly Selector[] | undefined;
  /** Only what is about one of these ports. */
  readonly ports?: readonly string[] | undefined;
  /** Only what is about one of these networks. */
  readonly networks?: readonly string[] | undefined;
}
