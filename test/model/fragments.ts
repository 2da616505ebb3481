/**
 * Datagrams in fragments, slowly: a list of those that are on their way, each with the bytes of it that were seen.
 *
 * From RFC 791 and RFC 8200, 4.5 (what a fragment is of), RFC 1858 and RFC 3128 (tiny ones), RFC 5722 (overlaps), and DESIGN's
 * "fragments are judged by their datagram". Nothing is put together: the first fragment is judged, the others fare like it, and those
 * that come before it wait. What is said of a datagram, and what waits, is the caller's.
 */
import { read16, read32 } from '../harness/frames.ts';
import type { Reading } from './reading.ts';

const timeoutMs = 30_000;
const datagramsMax = 1024;
const datagramsOfPortMax = 64;
const waitingMax = 128;
const waitingOfPortMax = 48;
const waitingOfDatagramMax = 32;
const piecesMax = 128;

/** Which bytes of which datagram a fragment holds. */
export interface Piece {
  readonly datagram: string;
  readonly from: number;
  readonly to: number;
  readonly isLast: boolean;
  readonly isTiny: boolean;
}

/** Of a frame that was read as a fragment, in a network and by a port. */
export function readPiece(frame: Uint8Array, reading: Reading, network: string, port: string): Piece {
  const { network: at, end, transport, protocol, source, destination } = reading;
  const isWide = reading.kind === 'ipv6';
  const header = isWide ? findFragmentHeader(frame, at) : at + 4;
  const word = read16(frame, header + 2);
  const from = isWide ? word & 0xfff8 : (word & 0x1fff) * 8;
  const isLast = (word & (isWide ? 1 : 0x2000)) === 0;
  const length = end - (isWide ? header + 8 : transport);
  // Of IPv6 the addresses and the identification say it all; what a later fragment states as protocol is nobody's to believe.
  const name = isWide ? `v6 ${read32(frame, header + 4)}` : `v4 ${read16(frame, header)} ${protocol}`;
  const headerLength = { 6: 20, 132: 12 }[protocol] ?? 0;
  const isTiny = length === 0 || (!isLast && length % 8 !== 0) || (from > 0 && from < headerLength);
  return { datagram: [network, port, source, destination, name].join(' '), from, to: from + length, isLast, isTiny };
}

function findFragmentHeader(frame: Uint8Array, start: number): number {
  let next = frame[start + 6];
  let at = start + 40;
  while (next !== 44) {
    const units = frame[at + 1] ?? 0;
    const length = next === 51 ? (units + 2) * 4 : (units + 1) * 8;
    next = frame[at];
    at += length;
  }
  return at;
}

export interface Datagram<Waiting, Verdict> {
  readonly name: string;
  readonly port: string;
  readonly beganMs: number;
  pieces: { from: number; to: number; isLast: boolean }[];
  waiting: Waiting[];
  judged: { readonly verdict: Verdict } | undefined;
  overlapped: boolean;
}

export type PieceFate<Waiting, Verdict> =
  | { fate: 'judge'; datagram: Datagram<Waiting, Verdict> } // the first one: whatever is said of it is said by `judged`
  | { fate: 'judged'; verdict: Verdict }
  | { fate: 'waits' }
  | { fate: 'dies'; reason: string };

/** What waited, and why it did so in vain. */
export interface Vain<Waiting> {
  readonly waiting: Waiting;
  readonly reason: string;
}

export class ModelFragments<Waiting, Verdict> {
  #datagrams: Datagram<Waiting, Verdict>[] = []; // the oldest first
  readonly #vain: Vain<Waiting>[] = [];

  get waiting(): number {
    return this.#datagrams.reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** Those that waited in vain since this was last asked. */
  takeVain(): readonly Vain<Waiting>[] {
    return this.#vain.splice(0);
  }

  /** `canWait`: there is room for a copy of its frame. */
  take(piece: Piece, port: string, waiting: Waiting, nowMs: number, canWait = true): PieceFate<Waiting, Verdict> {
    const dies = (reason: string): PieceFate<Waiting, Verdict> => ({ fate: 'dies', reason });
    if (piece.isTiny) return dies('fragment_tiny');
    this.expire(nowMs);
    const datagram = this.#datagrams.find(({ name }) => name === piece.datagram) ?? this.#begin(piece.datagram, port, nowMs);
    if (datagram.overlapped) return dies('fragment_overlap');
    if (datagram.pieces.some(({ from, to, isLast }) => from === piece.from && to === piece.to && isLast === piece.isLast)) return dies('fragment_overlap');
    if (contradicts(datagram.pieces, piece)) {
      datagram.overlapped = true;
      this.#endWaiting(datagram, 'fragment_overlap');
      return dies('fragment_overlap');
    }
    const waits = piece.from > 0 && datagram.judged === undefined;
    if (datagram.pieces.length >= piecesMax || (waits && !(canWait && this.#findRoom(datagram)))) return dies('fragments_exhausted');
    datagram.pieces.push({ from: piece.from, to: piece.to, isLast: piece.isLast });
    if (waits) datagram.waiting.push(waiting);
    if (waits) return { fate: 'waits' };
    if (piece.from === 0) return { fate: 'judge', datagram };
    this.#forgetIfWhole(datagram);
    return { fate: 'judged', verdict: datagram.judged!.verdict };
  }

  /** The first fragment was judged: what waited for it may be told, in this order. */
  judged(datagram: Datagram<Waiting, Verdict>, verdict: Verdict): readonly Waiting[] {
    datagram.judged = { verdict };
    const waiting = datagram.waiting.splice(0);
    this.#forgetIfWhole(datagram);
    return waiting;
  }

  expire(nowMs: number): void {
    for (const datagram of [...this.#datagrams]) if (nowMs - datagram.beganMs >= timeoutMs) this.#end(datagram, 'fragment_expired');
  }

  forgetPort(port: string): void {
    for (const datagram of [...this.#datagrams]) if (datagram.port === port) this.#end(datagram, 'port_not_active');
  }

  #begin(name: string, port: string, nowMs: number): Datagram<Waiting, Verdict> {
    const ofPort = (one: string): Datagram<Waiting, Verdict>[] => this.#datagrams.filter((datagram) => datagram.port === one);
    if (ofPort(port).length >= datagramsOfPortMax) this.#end(ofPort(port)[0]!, 'fragments_exhausted');
    else if (this.#datagrams.length >= datagramsMax) {
      const most = this.#datagrams.reduce((best, { port: one }) => (ofPort(one).length > ofPort(best).length ? one : best), this.#datagrams[0]!.port);
      this.#end(ofPort(most)[0]!, 'fragments_exhausted');
    }
    const datagram = { name, port, beganMs: nowMs, pieces: [], waiting: [], judged: undefined, overlapped: false };
    this.#datagrams.push(datagram);
    return datagram;
  }

  /** Where no more may wait, the oldest makes room: of the port itself when it has its share, otherwise of whoever has most. */
  #findRoom(datagram: Datagram<Waiting, Verdict>): boolean {
    const { port, waiting } = datagram;
    if (waiting.length >= waitingOfDatagramMax) return false;
    const ofPort = (one: string): number => this.#datagrams.filter((other) => other.port === one).reduce((sum, other) => sum + other.waiting.length, 0);
    const hasShare = ofPort(port) >= waitingOfPortMax;
    if (!hasShare && this.waiting < waitingMax) return true;
    const most = hasShare ? port : this.#datagrams.reduce((best, { port: one }) => (ofPort(one) > ofPort(best) ? one : best), port);
    const oldest = this.#datagrams.find((other) => other.port === most && other.waiting.length > 0 && other !== datagram);
    if (oldest !== undefined) this.#end(oldest, 'fragments_exhausted');
    return oldest !== undefined;
  }

  /** All of it was seen: its name may be used again. */
  #forgetIfWhole(datagram: Datagram<Waiting, Verdict>): void {
    const last = datagram.pieces.find(({ isLast }) => isLast);
    // They do not overlap, so bytes as many as there are to the end are all of them; only the last one's length is no multiple of 8.
    const seen = datagram.pieces.reduce((sum, { from, to }) => sum + to - from, 0);
    if (datagram.judged !== undefined && last !== undefined && seen === last.to) this.#datagrams = this.#datagrams.filter((one) => one !== datagram);
  }

  #end(datagram: Datagram<Waiting, Verdict>, reason: string): void {
    this.#endWaiting(datagram, reason);
    this.#datagrams = this.#datagrams.filter((one) => one !== datagram);
  }

  #endWaiting(datagram: Datagram<Waiting, Verdict>, reason: string): void {
    for (const waiting of datagram.waiting.splice(0)) this.#vain.push({ waiting, reason });
  }
}

/** Whether it covers what another one covers, or they disagree about where the datagram ends. */
function contradicts(pieces: readonly { from: number; to: number; isLast: boolean }[], { from, to, isLast }: Piece): boolean {
  return pieces.some((other) => (from < other.to && other.from < to) || (other.isLast && to > other.from) || (isLast && other.to > from));
}
