/**
 * What a sender is told about a packet that is too large for its receiver, and how often, slowly.
 *
 * From RFC 792, 1191, 1812 (4.3.2) and 4443 (2.4, 3.2): who may be answered, what is quoted, what the
 * answer says. The quoted packet is the one that a wire would have carried.
 */
import { be16, be32, icmp, icmpv6, ipv4, ipv6, join } from '../harness/frames.ts';
import type { Reading } from './reading.ts';
import { completeChecksum, cutSegments, type ModelOffload } from './super-frame.ts';

const answersASecond = 100; // and as many at once
const ipv6MtuMin = 1280;

/** Tokens that come back one by one: a whole bucket at first. */
export class Allowance {
  #spentMs: number[] = []; // when each token that is still away will be back

  take(nowMs: number): boolean {
    this.#spentMs = this.#spentMs.filter((backMs) => backMs > nowMs);
    if (this.#spentMs.length >= answersASecond) return false;
    this.#spentMs.push((this.#spentMs.at(-1) ?? nowMs) + 1000 / answersASecond);
    return true;
  }
}

function isOneHost(address: string): boolean {
  if (address.includes(':')) return address !== '::' && !address.startsWith('ff');
  const first = Number(address.split('.')[0]);
  return first > 0 && first !== 127 && first < 224;
}

/** Whether RFCs let anybody answer this with an error. */
function mayBeAnswered(frame: Uint8Array, reading: Reading): boolean {
  const { kind, protocol, fragment, source, destination, transport } = reading;
  if ((kind !== 'ipv4' && kind !== 'ipv6') || fragment === 'later' || ((frame[0] ?? 0) & 1) === 1) return false;
  if (!isOneHost(source) || !isOneHost(destination)) return false;
  const type = frame[transport] ?? 0;
  if (kind === 'ipv4') return protocol !== 1 || [0, 8, 9, 10, 13, 14, 15, 16, 17, 18, 42, 43].includes(type);
  return protocol !== 58 || (type >= 128 && type !== 137);
}

/** The answer as a frame, undefined where silence is right; `mtu` is the receiver's, `ownMtu` the sender's. */
export function tellTooBig(frame: Uint8Array, reading: Reading, offload: ModelOffload | undefined, mtu: number, ownMtu: number): Uint8Array | undefined {
  if (!mayBeAnswered(frame, reading) || (reading.kind === 'ipv6' && mtu < ipv6MtuMin)) return undefined;
  const { network, end } = reading;
  const isPlain = offload?.needsChecksum !== true;
  const isSuper = !isPlain && offload.gso !== 'none' && end - reading.payload > offload.gsoSize;
  const wire = isPlain ? frame.subarray(0, end) : isSuper ? (cutSegments(frame, reading, offload)[0] ?? frame) : completeChecksum(frame, reading).subarray(0, end);
  const ends = { source: reading.destination, destination: reading.source };
  const link = join(frame.subarray(6, 12), frame.subarray(0, 6), frame.subarray(12, network));
  if (reading.kind === 'ipv6') {
    const quoted = wire.subarray(network, network + Math.min(1280, ownMtu) - 48);
    return join(link, ipv6({ ...ends, next: 58, payload: icmpv6(ends, 2, 0, join(be32(mtu), quoted)) }));
  }
  const quoted = wire.subarray(network, network + Math.min(576, ownMtu) - 28);
  return join(link, ipv4({ ...ends, protocol: 1, payload: icmp(3, 4, join([0, 0], be16(mtu), quoted)), serviceType: 0xc0, dontFragment: true, identification: 0 }));
}
