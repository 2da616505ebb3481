/**
 * What a port's `spec.fault` does to its n-th frame, told a second time: by seed, direction and n alone.
 *
 * The words are those of splitmix64, four a frame: lost? repeated? corrupted? which bit?
 */
import type { ModelOffload } from './super-frame.ts';

export interface ModelFault {
  loss?: number;
  repeat?: number;
  corrupt?: number;
  delayMs?: number;
  seed?: number;
  direction?: 'receive' | 'transmit' | 'both';
}

export interface FaultyFrame {
  frame: Uint8Array;
  offload: ModelOffload | undefined;
}

const word64 = (1n << 64n) - 1n;

function mix(seed: bigint): bigint {
  let value = (seed + 0x9e3779b97f4a7c15n) & word64;
  value = ((value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n) & word64;
  value = ((value ^ (value >> 27n)) * 0x94d049bb133111ebn) & word64;
  return value ^ (value >> 31n);
}

export class FaultyWay {
  readonly delayMs: number;
  readonly #fault: ModelFault | undefined;
  readonly #stream: bigint;
  #count = 0n;

  constructor(fault: ModelFault | undefined, direction: 'receive' | 'transmit') {
    const isMeant = fault !== undefined && [undefined, 'both', direction].includes(fault.direction);
    this.#fault = isMeant ? fault : undefined;
    this.delayMs = isMeant ? fault.delayMs ?? 0 : 0;
    this.#stream = mix((BigInt(fault?.seed ?? 0) << 1n) | (direction === 'transmit' ? 1n : 0n));
  }

  /** What comes out where this goes in: nothing, itself, or two of what it has become. */
  pass(frame: Uint8Array, offload: ModelOffload | undefined): FaultyFrame[] {
    if (this.#fault === undefined) return [{ frame, offload }];
    const first = this.#stream + 4n * this.#count;
    this.#count += 1n;
    const word = (what: bigint): bigint => mix((first + what) & word64);
    const happens = (what: bigint, percent = 0): boolean => (((word(what) >> 32n) * 1_000_000n) >> 32n) < BigInt(Math.round(percent * 10_000));
    if (happens(0n, this.#fault.loss)) return [];
    const out: FaultyFrame = { frame, offload };
    if (happens(2n, this.#fault.corrupt)) {
      const where = word(3n);
      out.frame = Uint8Array.from(frame);
      const at = Number((where / 8n) % BigInt(frame.length));
      out.frame[at] = (out.frame[at] ?? 0) ^ (1 << Number(where % 8n));
      if (offload !== undefined) out.offload = { ...offload, needsChecksum: false };
    }
    return happens(1n, this.#fault.repeat) ? [out, out] : [out];
  }
}
