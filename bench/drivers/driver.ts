/**
 * Driver: one way to connect containers or to forward in memory, set up as its users would.
 *
 * What a driver cannot do is not there: a scenario asks for one ability and leaves out who lacks it.
 */
import type { Lab } from '../lab.ts';
import type { Piece } from '../peers.ts';

/** A switch that runs and that containers can be attached to. */
export interface RunningSwitch {
  /** The processes whose CPU and memory are the switch's; none for a switch in the kernel. */
  readonly pids: readonly number[];
  /** Connects containers of these numbers, all at once where that is possible; resolves when frames may pass. */
  attach(numbers: readonly number[]): Promise<void>;
  /** Makes and takes back a small change of what the switch was told, once a call; absent: it cannot, or not at such a pace. */
  readonly change?: () => Promise<void>;
  /** Puts the rules that are measured with in force, or takes them away, while traffic runs; absent: it cannot. */
  readonly filter?: (isOn: boolean) => Promise<void>;
}

/** A switch that takes resources of ours. */
export interface ResourceSwitch {
  readonly pids: readonly number[];
  /** Resolves when they are active. */
  apply(resources: readonly object[]): Promise<void>;
}

export interface MemoryWish {
  /** The capture to play over and over, and how many frames it holds. */
  readonly capture: string;
  readonly frames: number;
  readonly antiSpoof: boolean;
  readonly seconds: number;
}

/** Connections in memory, which a filter judges. */
export interface ConversationWish {
  readonly connections: number;
  /** How many rules are asked about a new one, of which the last one allows it; 0: no filter at all, plain switching. */
  readonly rules: number;
  readonly seconds: number;
}

/** Thousands of new connections a second of the forwarding thread's own time, sample by sample. */
export interface OpeningRates {
  /** Only their first frame. */
  readonly opened: readonly number[];
  /** With the answer to it. */
  readonly answered: readonly number[];
}

export interface Driver {
  readonly name: string;
  readonly about: string;
  readonly pieces: readonly Piece[];
  /** The words that print its version. */
  readonly version?: () => Promise<string>;
  /** `atMost`: containers that it will be asked for. */
  open?(lab: Lab, atMost: number): Promise<RunningSwitch>;
  /** Takes resources, with room for so many ports. */
  serve?(lab: Lab, ports: number): Promise<ResourceSwitch>;
  /** Forwards in memory; answers millions of packets per second of the forwarding thread's own time, sample by sample. */
  forward?(lab: Lab, wish: MemoryWish): Promise<readonly number[]>;
  /** Forwards frames of connections that are established, both directions; answers as `forward` does. */
  converse?(lab: Lab, wish: ConversationWish): Promise<readonly number[]>;
  /** Lets so many connections begin. */
  begin?(lab: Lab, wish: Omit<ConversationWish, 'seconds'>): Promise<OpeningRates>;
  /** How many connections it can be asked for in memory. */
  readonly connectionsMax?: number;
  /** How many flows it can be asked for in memory. */
  readonly flowsMax?: number;
  /** It has anti-spoofing, and can be measured without. */
  readonly isGuarded?: boolean;
  /** Connects two containers and no more. */
  readonly isPair?: boolean;
}
