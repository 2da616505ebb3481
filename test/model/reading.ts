/**
 * A frame read slowly: what its bytes say, or the reason why they say nothing.
 *
 * The twin's own reader, from RFC 791, 8200, 826 and 802.3; it shares no code and no shape with
 * native/wire. Reasons are those of native/telemetry/drop_reasons.def.
 */
import { internetChecksum, ipText, read16 } from '../harness/frames.ts';

export interface Reading {
  type: number; // the EtherType, 0 for LLC
  kind: 'ipv4' | 'ipv6' | 'arp' | 'llc' | 'other';
  tags: number;
  network: number; // where the EtherType's payload begins
  transport: number; // where the IP payload begins
  payload: number; // where the transport's payload begins
  end: number; // where the datagram ends; padding follows
  protocol: number;
  source: string;
  destination: string;
  fragment: 'none' | 'first' | 'later';
  isWhole: boolean; // the transport header is all there and known
  hopLimit: number;
}

export type ReadOutcome = { ok: true; reading: Reading } | { ok: false; reason: string };

const dead = (reason: string): ReadOutcome => ({ ok: false, reason });
const tagTypes = [0x8100, 0x88a8];
const datagramMax = 65_535;
const extensionsMax = 8;

export function readFrame(frame: Uint8Array, isSuper: boolean): ReadOutcome {
  if (frame.length < 14) return dead('frame_too_short');
  let at = 12;
  let tags = 0;
  while (tagTypes.includes(read16(frame, at))) {
    if (++tags > 2) return dead('too_many_tags');
    at += 4;
    if (at + 2 > frame.length) return dead('frame_too_short');
  }
  const type = read16(frame, at);
  const reading: Reading = {
    type, kind: 'other', tags, network: at + 2, transport: 0, payload: 0, end: frame.length, protocol: 0,
    source: '', destination: '', fragment: 'none', isWhole: false, hopLimit: 0,
  };
  if (type === 0x0800) return readIpv4(frame, reading);
  if (type === 0x86dd) return readIpv6(frame, reading, isSuper);
  if (type === 0x0806) return readArp(frame, reading);
  if (type >= 1536) return { ok: true, reading };
  if (type > 1500 || reading.network + type > frame.length) return dead('llc_malformed');
  return { ok: true, reading: { ...reading, kind: 'llc', type: 0, end: reading.network + type } };
}

function readArp(frame: Uint8Array, reading: Reading): ReadOutcome {
  const { network: at } = reading;
  const isEthernetIpv4 = read16(frame, at) === 1 && read16(frame, at + 2) === 0x0800 && frame[at + 4] === 6 && frame[at + 5] === 4;
  if (frame.length - at < 28 || !isEthernetIpv4) return dead('arp_malformed');
  return { ok: true, reading: { ...reading, kind: 'arp', end: at + 28 } };
}

function readIpv4(frame: Uint8Array, reading: Reading): ReadOutcome {
  const { network: at } = reading;
  const available = frame.length - at;
  const headerLength = ((frame[at] ?? 0) & 15) * 4;
  const totalLength = read16(frame, at + 2);
  if (available < 20 || (frame[at] ?? 0) >> 4 !== 4 || headerLength < 20 || headerLength > available) return dead('ipv4_malformed');
  if (totalLength < headerLength || totalLength > available) return dead('ipv4_malformed');
  if (internetChecksum(frame.subarray(at, at + headerLength)) !== 0) return dead('ipv4_malformed');
  const offset = (read16(frame, at + 6) & 0x1fff) * 8;
  const more = (read16(frame, at + 6) & 0x2000) !== 0;
  // The whole datagram, header and all, must fit what a total length can say.
  if ((offset > 0 || more) && offset + totalLength > datagramMax) return dead('fragment_malformed');
  return readTransport(frame, {
    ...reading, kind: 'ipv4', transport: at + headerLength, payload: at + headerLength, end: at + totalLength, protocol: frame[at + 9] ?? 0,
    source: ipText(frame.subarray(at + 12, at + 16)), destination: ipText(frame.subarray(at + 16, at + 20)),
    fragment: offset > 0 ? 'later' : more ? 'first' : 'none', hopLimit: frame[at + 8] ?? 0,
  });
}

function readIpv6(frame: Uint8Array, reading: Reading, isSuper: boolean): ReadOutcome {
  const { network: start } = reading;
  const payloadLength = read16(frame, start + 4);
  if (frame.length - start < 40 || (frame[start] ?? 0) >> 4 !== 6 || start + 40 + payloadLength > frame.length) return dead('ipv6_malformed');
  if (isSuper && payloadLength === 0) return dead('ipv6_malformed');
  const end = start + 40 + payloadLength;
  let next = frame[start + 6] ?? 0;
  let at = start + 40;
  let fragment: Reading['fragment'] = 'none';
  let sawFragment = false;
  for (let count = 0; fragment !== 'later' && [0, 43, 44, 51, 60].includes(next); ++count) {
    if (count === extensionsMax || at + 8 > end) return dead('ipv6_extensions');
    if ((next === 0 && count > 0) || (next === 44 && sawFragment)) return dead('ipv6_extensions');
    const stated = frame[at + 1] ?? 0;
    const length = next === 44 ? 8 : next === 51 ? (stated + 2) * 4 : (stated + 1) * 8;
    // RFC 4302: an authentication header has at least its 12 fixed bytes.
    if (next === 51 && length < 12) return dead('ipv6_extensions');
    if (next === 44) {
      sawFragment = true;
      const offset = read16(frame, at + 2) & 0xfff8;
      const more = (read16(frame, at + 2) & 1) !== 0;
      // RFC 8200, 4.5: the length of what is put together again must not exceed 65,535.
      if ((offset > 0 || more) && at - (start + 40) + offset + (end - at - 8) > datagramMax) return dead('fragment_malformed');
      fragment = offset > 0 ? 'later' : more ? 'first' : 'none';
    }
    if (at + length > end) return dead('ipv6_extensions');
    next = frame[at] ?? 0;
    at += length;
  }
  return readTransport(frame, {
    ...reading, kind: 'ipv6', transport: at, payload: at, end, protocol: next, fragment, hopLimit: frame[start + 7] ?? 0,
    source: ipText(frame.subarray(start + 8, start + 24)), destination: ipText(frame.subarray(start + 24, start + 40)),
  });
}

function readTransport(frame: Uint8Array, reading: Reading): ReadOutcome {
  const { kind, transport: at, end, protocol, fragment } = reading;
  const name = protocol === 6 ? 'tcp' : protocol === 17 ? 'udp' : protocol === 132 ? 'sctp' : protocol === (kind === 'ipv4' ? 1 : 58) ? 'icmp' : '';
  if (fragment === 'later' || name === '') return { ok: true, reading };
  const malformed = dead(`${name}_malformed`);
  const cutShort = fragment === 'first' ? dead('fragment_malformed') : malformed;
  const available = end - at;
  if (available < { tcp: 20, udp: 8, sctp: 12, icmp: 8 }[name]) return cutShort;
  let length = { tcp: 20, udp: 8, sctp: 12, icmp: 8 }[name];
  if (name === 'tcp') {
    length = ((frame[at + 12] ?? 0) >> 4) * 4;
    if (length < 20) return malformed;
    if (length > available) return cutShort;
  } else if (name === 'udp') {
    const stated = read16(frame, at + 4);
    // A first fragment states the length of all fragments together.
    if (stated < 8 || (fragment === 'none' && stated > available)) return malformed;
  }
  return { ok: true, reading: { ...reading, payload: at + length, isWhole: true } };
}
