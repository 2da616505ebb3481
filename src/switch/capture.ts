/**
 * A live capture: copies of frames with their fate, as the bytes of a pcapng or pcap file.
 *
 * The workers write to rings that lose rather than wait; this end empties them a few times a second,
 * for as long as somebody takes what comes out. It ends with its signal, its count, its time or the switch.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { bytesOf, parseIp } from '../address/ip.ts';
import { CommitError, type CaptureWish, type Dataplane } from '../dataplane/dataplane.ts';
import { VswError, type ErrorDetail } from '../errors.ts';
import { nearest } from '../intent/suggest.ts';
import { dropReasons } from '../table/drop-reasons.gen.ts';

export interface CaptureOptions {
  /** Only frames of this port; absent: of every port. */
  readonly port?: string | undefined;
  /** As seen from the switch; absent: both. */
  readonly direction?: 'receive' | 'transmit' | 'both' | undefined;
  /** Only frames that died, and of those only the ones that died of `reason`. */
  readonly dropped?: boolean | undefined;
  readonly reason?: string | undefined;
  /** Only frames from or to this address. */
  readonly host?: string | undefined;
  readonly protocol?: string | number | undefined;
  /** Only frames from or to this port of TCP, UDP or SCTP. */
  readonly transportPort?: number | undefined;
  /** Bytes of a frame that are kept; absent: all. */
  readonly snapshotLength?: number | undefined;
  /** It ends after so many frames, or seconds. */
  readonly count?: number | undefined;
  readonly seconds?: number | undefined;
  readonly format?: 'pcapng' | 'pcap' | undefined;
  readonly signal?: AbortSignal | undefined;
}

const protocols: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };
const everyMs = 50;
const chunkFrames = 4096;
const busyBytes = 50_000;   // who gave so much has more
const lastReads = 64;       // frames come on while the last ones are taken
const framesMax = 0xffff_ffff;
export const snapshotLengths = { least: 14, most: 65_557 } as const;

export class Capture implements AsyncIterable<Uint8Array> {
  readonly #dataplane: Dataplane;
  readonly #id: number;
  readonly #left: number;
  readonly #until: number;
  readonly #stopped = new AbortController();
  readonly #endings: readonly AbortSignal[];
  readonly #end = (): void => this.#collect();
  #frames = 0;
  #lost = 0;

  /** It captures from now on. Throws VSW_INVALID with all that is wrong, VSW_LIMIT when there are four already. */
  constructor(dataplane: Dataplane, port: number, options: CaptureOptions, closing: AbortSignal) {
    const wish = readWish(port, options);
    this.#dataplane = dataplane;
    this.#left = options.count ?? framesMax;
    this.#until = performance.now() + (options.seconds ?? Infinity) * 1000;
    try {
      this.#id = dataplane.captureStart(wish);
    } catch (error) {
      if (!(error instanceof CommitError)) throw error;
      throw VswError.of('VSW_LIMIT', [{ path: '', message: error.message, remedy: 'end another capture, or wait for its end' }]);
    }
    this.#endings = options.signal === undefined ? [closing] : [closing, options.signal];
    for (const ending of this.#endings) ending.addEventListener('abort', this.#end);
    if (this.#endings.some(({ aborted }) => aborted)) this.#collect();
  }

  /** Frames that came out so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Frames that the filter let through and that nobody took in time. */
  get lost(): number {
    return this.#lost;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      while (!this.#isStopped) {
        const leftMs = this.#until - performance.now();
        if (leftMs <= 0) {
          this.#collect();
          break;
        }
        const bytes = this.#read();
        if (bytes.length > 0) yield bytes;
        if (this.#frames >= this.#left) break;
        if (bytes.length < busyBytes) await sleep(Math.min(everyMs, leftMs), undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
      yield* this.#last.splice(0);
    } finally {
      this.stop();
    }
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Ends it at once. Who never reads a capture has to; the others may. */
  stop(): void {
    if (this.#isStopped) return;
    this.#stopped.abort();
    // Both may outlive the capture by far, and must not hold it then.
    for (const ending of this.#endings) ending.removeEventListener('abort', this.#end);
    this.#dataplane.captureStop(this.#id);
  }

  /** What was there when the end came, taken while the dataplane was still open. */
  readonly #last: Uint8Array[] = [];
  #collect(): void {
    for (let reads = 0; reads < lastReads && !this.#isStopped && this.#frames < this.#left; reads += 1) {
      const bytes = this.#read();
      if (bytes.length === 0) break;
      this.#last.push(bytes);
    }
    this.stop();
  }

  #read(): Uint8Array {
    const { bytes, frames, lost } = this.#dataplane.captureRead(this.#id, Math.min(chunkFrames, this.#left - this.#frames));
    [this.#frames, this.#lost] = [frames, lost];
    return bytes;
  }
}

function readWish(port: number, options: CaptureOptions): CaptureWish {
  const { direction = 'both', dropped, reason, host, protocol, transportPort, snapshotLength, count, seconds, format = 'pcapng', signal } = options;
  const errors: ErrorDetail[] = [];
  const refuse = (path: string, message: string, remedy: string): void => { errors.push({ path, message, remedy }); };
  const whole = (path: string, value: number | undefined, least: number, most: number): void => {
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) refuse(path, `${path.slice(1)} ${value} is not possible`, `write a whole number from ${least} to ${most}`);
  };
  if (!['receive', 'transmit', 'both'].includes(direction)) refuse('/direction', `${direction} is no direction`, 'write receive, transmit or both');
  if (!['pcapng', 'pcap'].includes(format)) refuse('/format', `${format} is not written here`, 'write pcapng or pcap');
  const reasonNumber = reason === undefined ? 0 : dropReasons.findIndex((known) => known === reason) + 1;
  if (reason !== undefined && reasonNumber === 0) {
    const meant = nearest(reason, [...dropReasons]);
    refuse('/reason', `there is no reason ${JSON.stringify(reason)} to drop a frame`, meant === undefined ? '"vswitchctl get drops" shows reasons' : `did you mean ${meant}?`);
  }
  const address = host === undefined ? undefined : parseIp(host);
  if (host !== undefined && address === undefined) refuse('/host', `${JSON.stringify(host)} is not an IP address`, 'write e.g. 10.77.0.1 or fd00:77::1');
  const protocolNumber = protocol === undefined ? 0 : protocols[String(protocol)] ?? Number(protocol);
  if (protocol !== undefined && !(Number.isInteger(protocolNumber) && protocolNumber > 0 && protocolNumber <= 255)) {
    refuse('/protocol', `${JSON.stringify(protocol)} is no protocol`, 'write tcp, udp, sctp, icmp, icmpv6 or a number from 1 to 255');
  }
  whole('/transportPort', transportPort, 1, 65_535);
  whole('/snapshotLength', snapshotLength, snapshotLengths.least, snapshotLengths.most);
  whole('/count', count, 1, framesMax);
  if (seconds !== undefined && !(seconds > 0 && seconds <= 86_400)) refuse('/seconds', `seconds ${seconds} is not possible`, 'write a number above 0, up to 86400');
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse('/signal', 'signal is no AbortSignal', 'give the signal of an AbortController');
  if (errors.length > 0) throw VswError.of('VSW_INVALID', errors);
  const mapped = address === undefined ? [] : address.family === 4 ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytesOf(address)] : [...bytesOf(address)];
  return {
    port, received: direction !== 'transmit', transmitted: direction !== 'receive', onlyDropped: dropped === true || reason !== undefined, reason: reasonNumber,
    host: Uint8Array.from(mapped), protocol: protocolNumber, transportPort: transportPort ?? 0, etherType: 0,
    snapshotLength: snapshotLength ?? snapshotLengths.most, classic: format === 'pcap',
  };
}
