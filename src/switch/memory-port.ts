/** The outside of a memory port: what a program sends into the switch, and takes out of it. */
import type { Dataplane } from '../dataplane/dataplane.ts';
import type { Offload, ReceivedFrame } from './answers.ts';

export class MemoryPort {
  readonly name: string;
  readonly #dataplane: Dataplane;
  readonly #id: number;

  constructor(name: string, dataplane: Dataplane, id: number) {
    this.name = name;
    this.#dataplane = dataplane;
    this.#id = id;
  }

  /** Gives a frame (from its destination MAC on, without checksum) to the switch; false: the queue is full. */
  send(frame: Uint8Array, offload?: Offload): boolean {
    return this.#dataplane.memorySend(this.#id, frame, offload);
  }

  /** The next frame that the switch transmitted; undefined when there is none. */
  receive(): ReceivedFrame | undefined {
    return this.#dataplane.memoryReceive(this.#id);
  }

  receiveAll(): ReceivedFrame[] {
    const frames: ReceivedFrame[] = [];
    for (let frame = this.receive(); frame !== undefined; frame = this.receive()) frames.push(frame);
    return frames;
  }
}
