/** Timeouts of a network: how long its connections live after their last packet, by their state. */
import Type from 'typebox';

/** In the order in which the dataplane has them. */
const known = {
  tcpSynSent: [120, 'a SYN was sent and nothing came back'],
  tcpSynReceived: [60, 'the SYN was answered, but the answer not yet'],
  tcpEstablished: [432_000, 'both ends are connected'],
  tcpFinWait: [120, 'one end has closed'],
  tcpCloseWait: [60, 'one end has closed and the other knows'],
  tcpLastAck: [30, 'both ends have closed and the last acknowledgement is due'],
  tcpTimeWait: [120, 'both ends have closed and know; old segments may still arrive'],
  tcpClose: [10, 'a reset ended the connection'],
  tcpUnacknowledged: [300, 'both ends are connected, but what was sent last was not acknowledged'],
  udp: [30, 'nothing has answered yet'],
  udpStream: [120, 'both ends have sent'],
  icmp: [30, 'an ICMP echo and its replies'],
  icmpv6: [30, 'an ICMPv6 echo and its replies'],
  sctpCookieWait: [3, 'an INIT was sent'],
  sctpCookieEchoed: [3, 'the cookie came back'],
  sctpEstablished: [210, 'both ends are associated'],
  sctpShutdownSent: [3, 'the end that opened the association shuts it down'],
  sctpShutdownReceived: [3, 'the other end shuts the association down'],
  sctpShutdownAckSent: [3, 'the shutdown was acknowledged'],
  sctpClosed: [10, 'an ABORT or a completed shutdown ended the association'],
  sctpHeartbeatSent: [30, 'a heartbeat asks whether this path belongs to an association'],
  generic: [600, 'any other protocol over IP'],
} as const satisfies Readonly<Record<string, readonly [seconds: number, sentence: string]>>;

export type TimeoutName = keyof typeof known;
/** Seconds. */
export type Timeouts = Readonly<Partial<Record<TimeoutName, number>>>;

const timeoutNames = Object.keys(known) as readonly TimeoutName[];
/** Seconds: ages are kept modulo 2^32 milliseconds. */
const timeoutMax = 2_000_000;

const fields = Object.fromEntries(timeoutNames.map((name) => {
  const [seconds, sentence] = known[name];
  return [name, Type.Optional(Type.Integer({ minimum: 1, maximum: timeoutMax, description: `seconds while ${sentence}; absent: ${seconds}` }))];
}));

export const TimeoutsSchema = Type.Object(fields, { additionalProperties: false, description: 'how long connections live after their last packet' });

/** Seconds in the order of the dataplane, none when nothing is said. */
export function timeoutSeconds(timeouts: Timeouts | undefined): readonly number[] {
  return timeouts === undefined ? [] : timeoutNames.map((name) => timeouts[name] ?? known[name][0]);
}
