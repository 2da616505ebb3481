/**
 * The outside of a memory port: what a program sends into the switch, and takes out of it.
 *
 * It stands for the port of that name, and asks for its number each time: a number is given to another
 * port when its own is deleted, and nobody may speak in the name of that one.
 */
import type { Dataplane } from '../dataplane/dataplane.ts';
import type { Offload, ReceivedFrame } from './answers.ts';

export class MemoryPort {
  readonly name: string;
  readonly #dataplane: Dataplane;
  readonly #idOf: () => number;

  constructor(name: string, dataplane: Dataplane, idOf: () => number) {
    this.name = name;
    this.#dataplane = dataplane;
    this.#idOf = idOf;
  }

  /** Gives a frame (from its destination MAC on, without checksum) to the switch; false: the queue is full. */
  send(frame: Uint8Array, offload?: Offload): boolean {
    return this.#dataplane.memorySend(this.#idOf(), frame, offload);
  }

  /** The next frame that the switch transmitted; undefined when there is none. */
  receive(): ReceivedFrame | undefined {
    return this.#dataplane.memoryReceive(this.#idOf());
  }

  receiveAll(): ReceivedFrame[] {
    const frames: ReceivedFrame[] = [];
    for (let frame = this.receive(); frame !== undefined; frame = this.receive()) frames.push(frame);
    return frames;
  }
}
