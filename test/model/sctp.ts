/**
 * An SCTP association as it looks from between its ends, slowly: the tags that packets must carry, and how far it has come.
 *
 * From RFC 9260: 3.3 (chunks), 4.3 and 6.10 (which stand alone), 5.1 (how one begins), 5.2 (INITs that cross, and one that finds an
 * association), 8.3 (heartbeats), 8.5 (whose tag a packet carries), 9 (how it ends).
 */
import type { End, Hearing } from './tcp.ts';

export interface SctpPacket {
  readonly tag: number;
  readonly chunks: readonly SctpChunk[];
}

export interface SctpChunk {
  readonly name: ChunkName;
  /** Of INIT and INIT ACK: what its receiver's packets shall carry. */
  readonly tag?: number;
  /** The T bit: the packet carries its receiver's tag. */
  readonly isReflected?: boolean;
}

export const chunkTypes = {
  data: 0, init: 1, initAck: 2, sack: 3, heartbeat: 4, heartbeatAck: 5, abort: 6, shutdown: 7, shutdownAck: 8, error: 9, cookieEcho: 10, cookieAck: 11, shutdownComplete: 14,
} as const;
export type ChunkName = keyof typeof chunkTypes;

const passes: Hearing = { what: 'passes' };
const isChallenge: Hearing = { what: 'passes', provesNothing: true };
const dies: Hearing = { what: 'dies' };

const alone: readonly ChunkName[] = ['init', 'initAck', 'shutdownComplete'];

/** Data come last (6.10): nobody looks behind them. */
function readable({ tag, chunks }: SctpPacket): SctpPacket {
  const at = chunks.findIndex(({ name }) => name === 'data');
  return { tag, chunks: at < 0 ? chunks : chunks.slice(0, at + 1) };
}

function isNonsense({ chunks }: SctpPacket): boolean {
  return chunks.length === 0 || (chunks.length > 1 && chunks.some(({ name }) => alone.includes(name)));
}

export class ModelSctp {
  state: 'cookie_wait' | 'cookie_echoed' | 'established' | 'shutdown_sent' | 'shutdown_received' | 'shutdown_ack_sent' | 'closed' | 'heartbeat_sent';
  #initiator: End;
  /** What each end's packets carry, as the other asked in its INIT or INIT ACK; and what they would, if it began anew. */
  #tags: [number | undefined, number | undefined] = [undefined, undefined];
  #anew: [number | undefined, number | undefined] = [undefined, undefined];

  static mayBegin(whole: SctpPacket): boolean {
    const packet = readable(whole);
    const [first] = packet.chunks;
    if (isNonsense(packet) || first === undefined) return false;
    if (first.name === 'init') return packet.tag === 0 && first.tag !== 0;
    return first.name === 'heartbeat' && packet.tag !== 0; // of an association that is known from another path
  }

  constructor(end: End, { tag, chunks: [first] }: SctpPacket) {
    this.#initiator = end;
    this.state = first!.name === 'init' ? 'cookie_wait' : 'heartbeat_sent';
    if (first!.name === 'init') this.#tags[end ^ 1] = first!.tag;
    else this.#tags[end] = tag;
  }

  get timeout(): string {
    return {
      cookie_wait: 'sctpCookieWait', cookie_echoed: 'sctpCookieEchoed', established: 'sctpEstablished', shutdown_sent: 'sctpShutdownSent',
      shutdown_received: 'sctpShutdownReceived', shutdown_ack_sent: 'sctpShutdownAckSent', closed: 'sctpClosed', heartbeat_sent: 'sctpHeartbeatSent',
    }[this.state];
  }

  hear(end: End, whole: SctpPacket): Hearing {
    const packet = readable(whole);
    const [first] = packet.chunks;
    if (isNonsense(packet) || first === undefined) return dies;
    if (first.name === 'init') return this.#hearInit(end, packet, first);
    if (first.name === 'initAck') return this.#hearInitAck(end, packet, first);
    if (this.state === 'heartbeat_sent') return this.#hearHeartbeat(end, packet, first);
    if (!this.#isOwn(end, packet)) {
      const [own, other] = [this.#anew[end], this.#anew[end ^ 1]];
      if (first.name !== 'cookieEcho' || own === undefined || own !== packet.tag || other === undefined) return dies;
      // The cookie of an INIT that found an association comes back: it begins anew (5.2.4).
      this.#tags = this.#anew;
      this.#anew = [undefined, undefined];
      this.#initiator = end;
      this.state = 'cookie_wait';
    }
    for (const { name } of packet.chunks) this.#follow(end, name);
    return passes;
  }

  #isOwn(end: End, { tag, chunks }: SctpPacket): boolean {
    const isReflected = chunks.some(({ name, isReflected: is }) => is === true && (name === 'abort' || name === 'shutdownComplete'));
    const wanted = this.#tags[isReflected ? end ^ 1 : end];
    return wanted !== undefined && tag === wanted;
  }

  #hearInit(end: End, { tag }: SctpPacket, init: SctpChunk): Hearing {
    const other = end ^ 1;
    if (tag !== 0 || init.tag === 0) return dies;
    if (this.state === 'closed') return { what: 'reopens' };
    if (this.state === 'cookie_wait') {
      this.#tags[other] = init.tag; // once more, or both at once
      return passes;
    }
    this.#anew[other] = init.tag;
    this.#anew[end] = undefined;
    return isChallenge;
  }

  #hearInitAck(end: End, { tag }: SctpPacket, answer: SctpChunk): Hearing {
    const other = end ^ 1;
    if (tag === 0 || answer.tag === 0 || this.state === 'heartbeat_sent') return dies;
    if (tag === this.#tags[end]) {
      if (this.state === 'cookie_wait') this.#tags[other] = answer.tag;
      return passes;
    }
    if (tag !== this.#anew[end]) return dies;
    this.#anew[other] = answer.tag;
    return isChallenge;
  }

  /** Nothing but heartbeats until one was answered: only an end that has the association answers. */
  #hearHeartbeat(end: End, packet: SctpPacket, first: SctpChunk): Hearing {
    if (packet.tag === 0) return dies;
    const isKnown = this.#tags[end] !== undefined;
    const isAborted = packet.chunks.some(({ name }) => name === 'abort');
    if (isAborted) {
      if (!this.#isOwn(end, packet)) return dies;
      this.state = 'closed';
      return passes;
    }
    if (isKnown) return first.name === 'heartbeat' && this.#isOwn(end, packet) ? passes : dies;
    if (first.name !== 'heartbeatAck') return dies;
    this.#tags[end] = packet.tag;
    this.state = 'established';
    return passes;
  }

  #follow(end: End, name: ChunkName): void {
    const { state } = this;
    if (name === 'abort') this.state = 'closed';
    if (name === 'cookieEcho' && state === 'cookie_wait') this.state = 'cookie_echoed';
    if (name === 'cookieAck' && state === 'cookie_echoed') this.state = 'established';
    if (name === 'shutdown' && state === 'established') this.state = end === this.#initiator ? 'shutdown_sent' : 'shutdown_received';
    if (name === 'shutdownAck' && (state === 'shutdown_sent' || state === 'shutdown_received')) this.state = 'shutdown_ack_sent';
    if (name === 'shutdownComplete' && state === 'shutdown_ack_sent') this.state = 'closed';
  }
}
