// Generated from native/telemetry/counters.def by src/table/generate.mjs; edit that file instead.
/** The counters of a port in the order of their cells, each with its sentence. */
export const counterSentences = {
  receivedPackets: 'packets received from the port',
  receivedBytes: 'bytes received from the port',
  forwardedPackets: 'received packets that were offered to a port',
  consumedPackets: 'received packets that the switch itself was the receiver of',
  droppedPackets: 'received packets that died before any port was offered them',
  heldPackets: 'received packets that wait',
  offeredPackets: 'packets offered to the port',
  transmittedPackets: 'packets that the port took',
  transmittedBytes: 'bytes that the port took',
  transmitDroppedPackets: 'packets offered to the port that it did not get',
  copiedPackets: 'additional receivers of packets received from the port',
  originatedPackets: 'packets that the switch itself offered to the port',
  flowHits: 'received frames whose fate was known',
  flowMisses: 'received frames that took the slow path',
  flowsRefused: 'new flows that were not cached because the port\'s share is used up',
  macsRefused: 'MACs that were not learned because the port\'s share is used up',
  macMovesRefused: 'times that a MAC heard at the port stayed where it was because it, or the port, moved MACs too often',
  macsEvicted: 'MACs of the port that gave way to another because the table was full',
  groupsRefused: 'multicast groups that the port asked for and that found no room, so that it gets all of them',
  answersRefused: 'answers that the switch owed the port and did not give because its share is used up',
  decisionsUntold: 'decisions of rules about the port\'s packets that watchers were not told because the port\'s share is used up',
} as const;

export type CounterName = keyof typeof counterSentences;

export const counterNames = Object.keys(counterSentences) as readonly CounterName[];
