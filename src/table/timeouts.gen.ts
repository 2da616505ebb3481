// Generated from native/wire/timeouts.def by src/table/generate.mjs; edit that file instead.
/** How long a connection lives after its last frame, by its state: in the order of the edits, each with its sentence. */
export const timeoutSentences = {
  tcpSynSent: 'a SYN was sent and nothing came back',
  tcpSynReceived: 'the SYN was answered, but the answer not yet',
  tcpEstablished: 'both ends are connected',
  tcpFinWait: 'one end has closed',
  tcpCloseWait: 'one end has closed and the other knows',
  tcpLastAck: 'both ends have closed and the last acknowledgement is due',
  tcpTimeWait: 'both ends have closed and know; old segments may still arrive',
  tcpClose: 'a reset ended the connection',
  tcpUnacknowledged: 'both ends are connected, but what was sent last was not acknowledged',
  udp: 'nothing has answered yet',
  udpStream: 'both ends have sent',
  icmp: 'an ICMP echo and its replies',
  icmpv6: 'an ICMPv6 echo and its replies',
  sctpCookieWait: 'an INIT was sent',
  sctpCookieEchoed: 'the cookie came back',
  sctpEstablished: 'both ends are associated',
  sctpShutdownSent: 'the end that opened the association shuts it down',
  sctpShutdownReceived: 'the other end shuts the association down',
  sctpShutdownAckSent: 'the shutdown was acknowledged',
  sctpClosed: 'an ABORT or a completed shutdown ended the association',
  sctpHeartbeatSent: 'a heartbeat asks whether this path belongs to an association',
  generic: 'any other protocol over IP',
} as const;

export type TimeoutName = keyof typeof timeoutSentences;

export const timeoutNames = Object.keys(timeoutSentences) as readonly TimeoutName[];

/** Seconds, where a network does not say otherwise. */
export const defaultTimeouts: Readonly<Record<TimeoutName, number>> = {
  tcpSynSent: 120,
  tcpSynReceived: 60,
  tcpEstablished: 432000,
  tcpFinWait: 120,
  tcpCloseWait: 60,
  tcpLastAck: 30,
  tcpTimeWait: 120,
  tcpClose: 10,
  tcpUnacknowledged: 300,
  udp: 30,
  udpStream: 120,
  icmp: 30,
  icmpv6: 30,
  sctpCookieWait: 3,
  sctpCookieEchoed: 3,
  sctpEstablished: 210,
  sctpShutdownSent: 3,
  sctpShutdownReceived: 3,
  sctpShutdownAckSent: 3,
  sctpClosed: 10,
  sctpHeartbeatSent: 30,
  generic: 600,
};

/** Seconds: ages are kept modulo 2^32 milliseconds. */
export const timeoutMax = 2_000_000;
