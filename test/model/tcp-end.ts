/**
 * An honest end of a TCP connection, as RFC 9293 describes one: what it says when its program wants something, and what it answers.
 *
 * Bytes have no values here, only numbers. It keeps to the other's window (one byte of probe aside), acknowledges what came in order,
 * answers what does not fit with where it is (RFC 5961), and never takes back a window that it offered.
 */
import type { Segment } from './tcp.ts';

type State = 'closed' | 'listening' | 'asked' | 'answered' | 'open' | 'waiting';

const wrapped = (number: number): number => ((number % 2 ** 32) + 2 ** 32) % 2 ** 32;
const near = (bits: number, reference: number): number => reference + ((bits - reference) | 0);

export interface EndPlan {
  readonly first: number;
  readonly buffer: number;
  readonly scale?: number | undefined;
}

export class TcpEnd {
  state: State = 'closed';
  readonly #plan: EndPlan;
  #lives = 0;
  // What its connection began with: its own number, and the other's once that was heard.
  #first = 0;
  #otherFirst: number | undefined;
  // What it sends: the first number that is not acknowledged, the next, behind the last that the other lets it, and its FIN's.
  #unacknowledged = 0;
  #next = 0;
  #allowed = 0;
  #fin: number | undefined;
  // What it gets: the next number that it waits for, behind the last that it ever offered, what came too early, and what is not read.
  #wanted = 0;
  #offered = 0;
  #early: { from: number; to: number }[] = [];
  #otherFin: number | undefined;
  #unread = 0;
  #ownScale = 0;
  #otherScale = 0;

  constructor(plan: EndPlan) {
    this.#plan = plan;
  }

  /** Whether both ends have the same connection, as far as this one knows the other's number. */
  isWith(other: TcpEnd): boolean {
    if (other.state === 'closed' || other.state === 'listening' || this.#otherFirst !== wrapped(other.#first)) return false;
    return other.#otherFirst === undefined || other.#otherFirst === wrapped(this.#first);
  }

  listen(): void {
    this.state = 'listening';
  }

  /** It forgets everything and tells nobody. */
  crash(): void {
    this.state = 'listening';
  }

  open(): Segment[] {
    if (this.state !== 'closed' && this.state !== 'listening' && this.state !== 'waiting') return [];
    this.#begin();
    this.state = 'asked';
    return [this.#syn()];
  }

  send(size: number): Segment[] {
    if (this.state !== 'open' || this.#fin !== undefined) return [];
    const room = this.#allowed - this.#next;
    const length = room > 0 ? Math.min(size, room) : this.#next === this.#unacknowledged ? 1 : 0; // a probe
    if (length === 0) return [];
    const segment = this.#say('PA', this.#next, length);
    this.#next += length;
    return [segment];
  }

  close(): Segment[] {
    if (this.state !== 'open' || this.#fin !== undefined || this.#next > this.#allowed) return [];
    this.#fin = this.#next;
    this.#next += 1;
    return [this.#say('FA', this.#fin, 0)];
  }

  abort(): Segment[] {
    if (this.state === 'closed' || this.state === 'listening' || this.state === 'waiting') return [];
    const segment = this.state === 'asked' ? this.#say('R', this.#next, 0) : this.#say('RA', this.#next, 0);
    this.state = 'closed';
    return [segment];
  }

  /** What was sent and is not acknowledged, from its start. */
  repeat(size: number): Segment[] {
    if (this.state === 'asked' || this.state === 'answered') return [this.#syn()];
    if (this.state !== 'open' || this.#unacknowledged === this.#next) return [];
    const end = this.#fin ?? this.#next;
    const length = Math.min(size, end - this.#unacknowledged);
    if (length <= 0) return [this.#say('FA', this.#fin!, 0)];
    return [this.#say('PA', this.#unacknowledged, length)];
  }

  /** Asks whether the other is still there, with a number that it has had. */
  keepAlive(): Segment[] {
    return this.state === 'open' ? [this.#say('A', this.#next - 1, 0)] : [];
  }

  /** Its program reads, so that there is room again. */
  read(): Segment[] {
    this.#unread = 0;
    return this.state === 'open' ? [this.#acknowledge()] : [];
  }

  hear(segment: Segment): Segment[] {
    if (this.state === 'closed' || this.state === 'listening') return this.#hearAsNobody(segment);
    if (this.state === 'asked') return this.#hearAnswer(segment);
    const from = near(segment.sequence, this.#wanted);
    const has = (flag: string): boolean => segment.flags.includes(flag);
    if (this.state === 'waiting' && has('S') && !has('A') && from > this.#wanted) return this.#hearAsNobody(segment); // TIME-WAIT ends
    const last = from + segment.length + (has('S') ? 1 : 0) + (has('F') ? 1 : 0);
    const isWanted = last === from ? from >= this.#wanted && from <= this.#offered : from < this.#offered && last > this.#wanted;
    if (has('R')) {
      if (from === this.#wanted) this.state = 'closed';
      return from !== this.#wanted && isWanted ? [this.#acknowledge()] : [];
    }
    if (this.state === 'answered' && has('S') && !has('A') && from === this.#wanted - 1) return [this.#syn()]; // its SYN once more
    if (this.state === 'answered' && has('S') && has('A') && from === this.#wanted - 1) return this.#hearAcknowledgement(segment) ? [this.#acknowledge()] : [];
    if (!isWanted || has('S')) return [this.#acknowledge()];
    if (!has('A')) return [];
    if (!this.#hearAcknowledgement(segment)) return this.state === 'answered' ? [this.#reset(segment)] : [this.#acknowledge()];
    if (has('F')) this.#otherFin = last - 1;
    if (segment.length > 0) this.#take(from, from + segment.length);
    if (this.#otherFin === this.#wanted) this.#wanted += 1;
    if (this.#fin !== undefined && this.#unacknowledged > this.#fin && this.#otherFin !== undefined && this.#wanted > this.#otherFin) this.state = 'waiting';
    return last === from ? [] : [this.#acknowledge()];
  }

  #begin(): void {
    // Each life begins beyond the last one's numbers.
    const first = this.#lives === 0 ? this.#plan.first : this.#next + 100_000;
    this.#lives += 1;
    this.#first = first;
    this.#otherFirst = undefined;
    this.#unacknowledged = first;
    this.#next = first + 1;
    this.#allowed = first + 1;
    this.#fin = this.#otherFin = undefined;
    this.#early = [];
    this.#unread = this.#ownScale = this.#otherScale = this.#wanted = this.#offered = 0;
  }

  #hearAsNobody(segment: Segment): Segment[] {
    if (segment.flags.includes('R')) return [];
    const isListening = this.state !== 'closed';
    if (!isListening || segment.flags.includes('A') || !segment.flags.includes('S')) return [this.#reset(segment)];
    this.#begin();
    this.#greet(segment);
    this.state = 'answered';
    return [this.#syn()];
  }

  #hearAnswer(segment: Segment): Segment[] {
    const has = (flag: string): boolean => segment.flags.includes(flag);
    const acknowledged = near(segment.acknowledgment, this.#next);
    const isAboutIt = has('A') && acknowledged > this.#unacknowledged && acknowledged <= this.#next;
    if (has('A') && !isAboutIt) return has('R') ? [] : [this.#reset(segment)];
    if (has('R')) {
      if (isAboutIt) this.state = 'closed';
      return [];
    }
    if (!has('S')) return [];
    this.#greet(segment);
    this.state = isAboutIt ? 'open' : 'answered';
    if (!isAboutIt) return [this.#syn()];
    this.#unacknowledged = acknowledged;
    return [this.#acknowledge()];
  }

  /** The other's SYN: its numbers, its window, and whether windows are scaled. */
  #greet({ sequence, window, scale }: Segment): void {
    this.#otherFirst = sequence;
    this.#wanted = sequence + 1;
    this.#offered = this.#wanted + Math.min(this.#plan.buffer, 0xffff);
    const isScaled = scale !== undefined && this.#plan.scale !== undefined;
    this.#ownScale = isScaled ? this.#plan.scale! : 0;
    this.#otherScale = isScaled ? scale : 0;
    this.#allowed = this.#unacknowledged + 1 + window;
  }

  #hearAcknowledgement(segment: Segment): boolean {
    const number = near(segment.acknowledgment, this.#next);
    if (number > this.#next || (this.state === 'answered' && number <= this.#unacknowledged)) return false;
    if (this.state === 'answered') this.state = 'open';
    if (number < this.#unacknowledged) return true; // an old one
    this.#unacknowledged = number;
    const scale = segment.flags.includes('S') ? 0 : this.#otherScale;
    this.#allowed = Math.max(this.#allowed, number + segment.window * 2 ** scale);
    return true;
  }

  #take(from: number, to: number): void {
    this.#early.push({ from, to: Math.min(to, this.#offered) });
    for (let next = this.#findNext(); next !== undefined; next = this.#findNext()) {
      this.#unread += next - this.#wanted;
      this.#wanted = next;
    }
  }

  #findNext(): number | undefined {
    return this.#early.find(({ from, to }) => from <= this.#wanted && to > this.#wanted)?.to;
  }

  #syn(): Segment {
    const isAnswer = this.state === 'answered';
    const window = Math.min(this.#plan.buffer, 0xffff);
    const canScale = this.#plan.scale !== undefined && (!isAnswer || this.#ownScale > 0 || this.#otherScale > 0);
    return {
      flags: isAnswer ? 'SA' : 'S', sequence: wrapped(this.#unacknowledged), acknowledgment: isAnswer ? wrapped(this.#wanted) : 0, window, length: 0,
      ...(canScale ? { scale: this.#plan.scale } : {}),
    };
  }

  #acknowledge(): Segment {
    return this.state === 'answered' ? this.#syn() : this.#say('A', this.#next, 0);
  }

  #say(flags: string, sequence: number, length: number): Segment {
    const isAcknowledging = flags.includes('A');
    const unit = 2 ** this.#ownScale;
    const room = Math.max(this.#offered - this.#wanted, this.#plan.buffer - this.#unread, 0);
    const window = Math.min(Math.floor(room / unit), 0xffff);
    this.#offered = Math.max(this.#offered, this.#wanted + window * unit);
    return { flags, sequence: wrapped(sequence), acknowledgment: isAcknowledging ? wrapped(this.#wanted) : 0, window, length };
  }

  #reset({ flags, sequence, acknowledgment, length }: Segment): Segment {
    if (flags.includes('A')) return { flags: 'R', sequence: acknowledgment, acknowledgment: 0, window: 0, length: 0 };
    const last = sequence + length + (flags.includes('S') ? 1 : 0) + (flags.includes('F') ? 1 : 0);
    return { flags: 'RA', sequence: 0, acknowledgment: wrapped(last), window: 0, length: 0 };
  }
}
