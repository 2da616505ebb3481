/**
 * A TCP connection as it looks from between its ends, slowly: what each end sent, and what it let the other send.
 *
 * After RFC 9293 (handshakes, simultaneous open, half-open connections, resets, TIME-WAIT), RFC 5961 (what a reset and a SYN in a window
 * mean), RFC 7323 (scaled windows) and Guido van Rooij, "Real stateful TCP packet filtering in IP Filter" (2001), with what
 * ARCHITECTURE says where these leave a choice. Numbers are whole ones here: they do not wrap, so that a line reads as in the book.
 */
import type { TcpFacts } from '../harness/frames.ts';

export type End = 0 | 1;

export interface Segment extends TcpFacts {
  readonly flags: string;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly window: number;
  readonly length: number;
  /** Of a SYN's options. */
  readonly scale?: number | undefined;
  readonly hasTimestamps?: boolean | undefined;
}

/** `maybe`: the books leave it open, and whoever decides tells by `then` that it passed, and by `otherwise` that it died. Who proves nothing keeps nothing alive. */
export type Hearing =
  | { readonly what: 'passes'; readonly provesNothing?: boolean }
  | { readonly what: 'dies' }
  | { readonly what: 'reopens' }
  | { readonly what: 'maybe'; readonly then: () => void; readonly otherwise?: () => void };

const passes: Hearing = { what: 'passes' };
const isChallenge: Hearing = { what: 'passes', provesNothing: true };
const dies: Hearing = { what: 'dies' };

const widestScale = 14;
const widest = 0xffff * 2 ** widestScale;
/** An acknowledgement may be as old as this and its sender's largest window. */
const acknowledgementAge = 65_536;
/** A window that is shut lets one byte in, which asks whether it still is. */
const probe = 1;

interface Ends {
  syn?: number | undefined;
  /** Behind the last number that it sent. */
  end: number;
  /** Behind the last number that it let the other end send. */
  edge: number;
  /** The largest window that it offered, in bytes. */
  window: number;
  /** How its SYN offered to scale them, and how it does: from its first segment without a SYN on, if both ends offered that. */
  offered?: number | undefined;
  scale: number;
  isSettled: boolean;
  isPickedUp: boolean;
  acked?: number | undefined;
  hasAckedSyn: boolean;
  hasClosed: boolean;
  hasAckedClose: boolean;
  /** A reset of it passed that was not the exact one: who was meant may have believed it, or asks back. Who begins anew since did not say so. */
  isInDoubt: boolean;
  /** A SYN of it met a living connection, or it said where an older one is: the number that an answer would speak of. */
  challenge?: number | undefined;
}

const silent = (): Ends => ({ end: 0, edge: 0, window: 0, scale: 0, isSettled: false, isPickedUp: false, hasAckedSyn: false, hasClosed: false, hasAckedClose: false, isInDoubt: false });
const has = (segment: Segment, flag: string): boolean => segment.flags.includes(flag);
/** The whole number that is meant by 32 bits of it. */
const near = (bits: number, reference: number): number => reference + ((bits - reference) | 0);
const endOf = (segment: Segment): number => segment.length + (has(segment, 'S') ? 1 : 0) + (has(segment, 'F') ? 1 : 0);

/** What no host ever sends together; PSH and the bits of ECN go with anything. */
function isNonsense({ flags }: Segment): boolean {
  const said = [...'SRFAU'].filter((flag) => flags.includes(flag)).join('');
  return !['S', 'SU', 'SA', 'R', 'RA', 'A', 'AU', 'FA', 'FAU'].includes(said);
}

export class ModelTcp {
  readonly #ends: [Ends, Ends] = [silent(), silent()];
  #isReset = false;

  static mayBegin(segment: Segment, isLoose: boolean): boolean {
    if (isNonsense(segment)) return false;
    if (has(segment, 'S')) return !has(segment, 'A');
    return isLoose && has(segment, 'A') && !has(segment, 'R');
  }

  /** Of a segment that may begin one. */
  constructor(end: End, segment: Segment) {
    if (has(segment, 'S')) this.#open(end, segment);
    else this.#pickUp(end, segment);
  }

  get state(): string {
    const [one, other] = this.#ends;
    if (this.#isReset) return 'closed';
    if (one.syn === undefined || other.syn === undefined) return 'syn_sent';
    if (!one.hasAckedSyn || !other.hasAckedSyn) return 'syn_received';
    if (one.hasClosed && other.hasClosed) return one.hasAckedClose && other.hasAckedClose ? 'time_wait' : 'last_ack';
    if (one.hasClosed || other.hasClosed) return one.hasAckedClose || other.hasAckedClose ? 'close_wait' : 'fin_wait';
    return 'established';
  }

  /** The name of the timeout that it is under. */
  get timeout(): string {
    const { state } = this;
    const [one, other] = this.#ends;
    if (one.isInDoubt || other.isInDoubt || this.#isReset) return 'tcpClose';
    if (state !== 'established') return { syn_sent: 'tcpSynSent', syn_received: 'tcpSynReceived', fin_wait: 'tcpFinWait', close_wait: 'tcpCloseWait', last_ack: 'tcpLastAck', time_wait: 'tcpTimeWait' }[state]!;
    const isQuestioned = one.challenge !== undefined || other.challenge !== undefined;
    return isQuestioned || (one.end === other.acked && other.end === one.acked) ? 'tcpEstablished' : 'tcpUnacknowledged';
  }

  /** Where both ends are: what they sent, acknowledged and let be sent. */
  numbers(end: End): { end: number; edge: number; acked: number; window: number } {
    const own = this.#ends[end];
    return { end: own.end, edge: own.edge, acked: own.acked ?? 0, window: own.window };
  }

  /** Whether it acknowledges the SYN of the other end that met a living connection, or what that one said of an older one. */
  answersChallenge(end: End, { acknowledgment }: Segment): boolean {
    const { challenge } = this.#ends[end ^ 1]!;
    return challenge !== undefined && near(acknowledgment, challenge) === challenge;
  }

  hear(end: End, segment: Segment): Hearing {
    if (isNonsense(segment)) return dies;
    if (has(segment, 'R')) return this.#hearReset(end, segment);
    if (has(segment, 'S')) return has(segment, 'A') ? this.#hearAnswer(end, segment) : this.#hearOpening(end, segment);
    return this.#hearOther(end, segment);
  }

  #open(end: End, segment: Segment): void {
    const { sequence, window, scale } = segment;
    const syn = near(sequence, this.#ends[end].end || sequence);
    this.#ends[end] = { ...silent(), syn, end: syn + endOf(segment), window: Math.max(window, 1), offered: scale === undefined ? undefined : Math.min(scale, widestScale) };
  }

  /**
   * What was said before was not heard, and how windows are scaled neither: they are taken for as wide as they can be, and for 64 KiB at
   * least. What is left of one is rounded down when it is said, so a little more may have been promised.
   */
  #pickUp(end: End, segment: Segment): void {
    const [sequence, acknowledged] = [segment.sequence, segment.acknowledgment];
    const last = sequence + endOf(segment);
    const common = { syn: 0, scale: widestScale, isPickedUp: true, hasAckedSyn: true, hasAckedClose: false, isInDoubt: false };
    this.#ends[end] = { ...common, end: last, edge: acknowledged + promise(segment), window: Math.max(segment.window, 4) * 2 ** widestScale, isSettled: true, acked: acknowledged, hasClosed: has(segment, 'F') };
    this.#ends[end ^ 1] = { ...common, end: acknowledged, edge: last + widest, window: widest, isSettled: false, hasClosed: false };
  }

  /** Van Rooij's I and II: it ends neither beyond what the other end allowed nor before what that one can still want. */
  #fits(end: End, last: number): boolean {
    const [own, other] = this.#pair(end);
    return last <= other.edge + probe && last >= own.end - other.window - probe;
  }

  /** III and IV: it acknowledges neither what was never sent nor what was acknowledged long ago. */
  #mayAcknowledge(end: End, number: number): boolean {
    const [own, other] = this.#pair(end);
    const ahead = other.isPickedUp ? widest : 0; // what was sent before anybody listened
    return number <= other.end + ahead && number >= other.end - own.window - acknowledgementAge;
  }

  #pair(end: End): [Ends, Ends] {
    return [this.#ends[end], this.#ends[end ^ 1]!];
  }

  #hearOpening(end: End, segment: Segment): Hearing {
    const [own, other] = this.#pair(end);
    const { state } = this;
    if (state === 'closed') return { what: 'reopens' };
    if (state === 'syn_sent' || (!own.hasAckedSyn && !other.hasAckedSyn)) {
      this.#open(end, segment); // once more, or both at once; who gave up and asks anew has another number
      return passes;
    }
    const sequence = near(segment.sequence, own.end);
    // RFC 9293, 3.6.1: a greater number; RFC 6191: a younger timestamp, which the other end knows.
    if (state === 'time_wait' && (sequence >= own.end || segment.hasTimestamps === true)) return { what: 'reopens' };
    if (!own.isSettled && sequence + endOf(segment) === own.end) return passes; // the same once more
    own.challenge = sequence + endOf(segment);
    return isChallenge;
  }

  #hearAnswer(end: End, segment: Segment): Hearing {
    const [own, other] = this.#pair(end);
    if (other.syn === undefined || this.#isReset) return dies;
    const acknowledged = near(segment.acknowledgment, other.end);
    // Both ends began anew, the one by a SYN that passed as a challenge: of what was there nothing is left.
    const begunAnew = (): Hearing => {
      if (this.answersChallenge(end, segment)) this.#isReset = true;
      return dies;
    };
    if (own.isSettled) {
      const last = near(segment.sequence, own.end) + endOf(segment);
      if (this.#fits(end, last) && this.#mayAcknowledge(end, acknowledged)) return isChallenge; // once more
      return begunAnew();
    }
    const then = (): void => this.#answer(end, segment, acknowledged);
    if (own.hasAckedSyn && own.challenge !== undefined) return { what: 'maybe', then, otherwise: begunAnew };
    if (own.hasAckedSyn ? acknowledged !== own.acked : acknowledged > other.end) return begunAnew();
    const isStale = acknowledged <= other.syn; // the other end would answer it with a reset
    if (!other.hasAckedSyn) {
      if (isStale) return begunAnew();
      then(); // for cookies' sake an answer to a repeated SYN may have another number
      return passes;
    }
    // The other end knows its number by now: it cannot be another. That one of old comes from a host with none of this is left open.
    const last = near(segment.sequence, own.end) + endOf(segment);
    if (last > own.end || last < own.end - 0xffff) return begunAnew();
    if (last < own.end || isStale) return { what: 'maybe', then, otherwise: begunAnew };
    then();
    return passes;
  }

  #answer(end: End, segment: Segment, acknowledged: number): void {
    if (!this.#ends[end ^ 1]!.hasAckedSyn) {
      this.#open(end, segment);
      const [own, other] = this.#pair(end);
      other.edge = Math.max(own.end - 1, own.syn! + 1 + other.window);
    }
    const [own, other] = this.#pair(end);
    own.edge = Math.max(other.end - 1, acknowledged + segment.window);
    own.acked = acknowledged;
    own.hasAckedSyn = true;
  }

  #hearReset(end: End, segment: Segment): Hearing {
    const [own, other] = this.#pair(end);
    const close = (): Hearing => {
      this.#isReset = true;
      return passes;
    };
    const acknowledged = near(segment.acknowledgment, other.end);
    if (own.syn === undefined) {
      // A host that does not listen.
      const isRefusal = has(segment, 'A') && acknowledged > other.syn! && acknowledged <= other.end;
      return isRefusal ? close() : dies;
    }
    const sequence = near(segment.sequence, own.end);
    if (other.syn === undefined) {
      if (sequence === own.end) return close();
      // The other end has an older connection and said where it is; this ends that one.
      return other.challenge !== undefined && near(segment.sequence, other.challenge) === other.challenge ? isChallenge : dies;
    }
    if (segment.sequence === 0 && has(segment, 'A')) {
      // Of a host that knows of no connection, about a SYN.
      if (this.answersChallenge(end, segment) || (!other.isSettled && acknowledged === other.end)) return close();
    }
    if (sequence === own.end) return close();
    if (!own.hasAckedSyn && !other.hasAckedSyn) return dies;
    if (!this.#fits(end, sequence)) return dies;
    if (other.challenge !== undefined) return { what: 'maybe', then: () => { own.isInDoubt = true; } };
    // RFC 5961, 3.2: exact, it is believed; elsewhere in the window its receiver asks back; behind that nobody listens.
    if (sequence === other.acked) return close();
    if (other.acked !== undefined && sequence < other.acked) return dies;
    own.isInDoubt = true;
    return passes;
  }

  #hearOther(end: End, segment: Segment): Hearing {
    const [own, other] = this.#pair(end);
    if (other.syn === undefined) return dies;
    const acknowledged = near(segment.acknowledgment, other.end);
    if (own.syn === undefined) {
      // The other end's SYN met an older connection: an acknowledgement says where that is (RFC 9293, 3.5.1).
      if (has(segment, 'F') || segment.length > 0) return dies;
      own.challenge = segment.acknowledgment;
      return isChallenge;
    }
    // Both sent a SYN at the same time: each answers the other's first.
    if (!own.hasAckedSyn && !other.hasAckedSyn) return dies;
    const last = near(segment.sequence, own.end) + endOf(segment);
    if (!this.#fits(end, last) || !this.#mayAcknowledge(end, acknowledged)) return dies;
    if (!own.isSettled) this.#settle(end, segment, acknowledged);
    own.end = Math.max(own.end, last);
    const window = segment.window * 2 ** own.scale;
    own.window = Math.max(own.window, window);
    own.edge = Math.max(own.edge, acknowledged + window);
    // A challenge was remembered in its place: what it acknowledged before is not known any more.
    own.acked = own.acked === undefined || own.challenge !== undefined ? acknowledged : Math.max(own.acked, acknowledged);
    own.hasAckedSyn = true;
    if (has(segment, 'F')) own.hasClosed = true;
    if (other.hasClosed && acknowledged === other.end) own.hasAckedClose = true;
    own.challenge = undefined;
    own.isInDoubt = other.isInDoubt = false;
    return passes;
  }

  /** The first segment without a SYN: windows are scaled from here on, if both offered it (RFC 7323, 2.2). */
  #settle(end: End, segment: Segment, acknowledged: number): void {
    const [own, other] = this.#pair(end);
    own.isSettled = true;
    if (own.isPickedUp) {
      own.window = Math.max(segment.window, 4) * 2 ** widestScale;
      own.edge = Math.max(other.end - 1, acknowledged + promise(segment));
      return;
    }
    own.scale = own.offered !== undefined && other.offered !== undefined ? own.offered : 0;
    // What was offered so far, rounded up to what can be said now.
    const unit = 2 ** own.scale;
    own.window = Math.ceil(own.window / unit) * unit;
  }
}

/** How far the sender of the first segment that was heard lets the other end go. */
function promise({ window }: Segment): number {
  return (Math.max(window, 4) + 1) * 2 ** widestScale;
}
