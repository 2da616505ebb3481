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
}

export interface MemoryWish {
  /** The capture to play over and over, and how many frames it holds. */
  readonly capture: string;
  readonly frames: number;
  readonly antiSpoof: boolean;
  readonly seconds: number;
}

export interface Driver {
  readonly name: string;
  readonly about: string;
  readonly pieces: readonly Piece[];
  /** The words that print its version. */
  readonly version?: () => Promise<string>;
  /** `atMost`: containers that it will be asked for. */
  open?(lab: Lab, atMost: number): Promise<RunningSwitch>;
  /** Forwards in memory; answers millions of packets per second of the forwarding thread's own time, sample by sample. */
  forward?(lab: Lab, wish: MemoryWish): Promise<readonly number[]>;
  /** How many flows it can be asked for in memory. */
  readonly flowsMax?: number;
  /** It has anti-spoofing, and can be measured without. */
  readonly isGuarded?: boolean;
  /** Connects two containers and no more. */
  readonly isPair?: boolean;
}
