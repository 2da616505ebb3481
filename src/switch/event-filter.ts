/**
 * Which events a watcher wants: by type, by port, by network.
 *
 * A filter stands before a watcher's queue, so nobody loses an event for want of room that others took.
 * `events_lost` passes every filter.
 */
import { VswError, type ErrorDetail } from '../errors.ts';
import { portKey, portName } from '../intent/intent.ts';
import { nearest } from '../intent/suggest.ts';
import type { EventBody, EventType } from './answers.ts';

/** Every type of event, with what it means. */
export const eventSentences: Readonly<Record<EventType, string>> = {
  port_ready: 'the port is active in this generation',
  port_waiting: 'the port waits, and the message says for what',
  port_failed: 'the port cannot be opened, and the message says why',
  port_removed: 'the port was deleted',
  device_changed: 'somebody changed the device in its container, or it is again as declared',
  generation: 'a change is in force',
  mac_learned: 'a MAC that nobody declared was heard at the port',
  mac_moved: 'a learned MAC was heard at another port than before',
  mac_aged: 'a learned MAC was not heard for long, or its place is gone',
  mac_flap: 'a MAC moved too often between ports, and stays where it is',
  mac_evicted: 'the table was full, and a learned MAC gave way to one of a port that holds fewer',
  storm: 'the port sends more frames to many receivers than its network lets through',
  loop_detected: 'a probe of the switch came back: two ports are joined outside, and the one is held down for a while',
  port_released: 'a port that was held down because of a loop is held no more',
  group_joined: 'the port gets frames of a multicast group because it asked for them',
  group_left: 'the port left the group, or was not heard to want it any more',
  policy_log: 'a rule that is to be logged decided about a packet',
  policy_drop: 'a packet died because a rule, or what nothing else decided, denies it',
  policy_audit: 'a rule of an audited policy would have decided otherwise',
  pressure: 'a table, or a port\'s share of one, is filled to 70 or to 90 percent',
  relief: 'it is ten points below that again',
  events_lost: 'so many events came faster than they were taken',
  warning: 'something went wrong that stopped nothing',
};

export const eventTypes = Object.keys(eventSentences) as readonly EventType[];
/** First words of several types: `mac` means `mac_learned`, `mac_moved` and the others. */
export const eventGroups: readonly string[] = [...new Set(eventTypes.filter((type) => type.includes('_')).map((type) => type.slice(0, type.indexOf('_'))))];

export interface EventFilter {
  readonly types?: readonly string[] | undefined;
  readonly ports?: readonly string[] | undefined;
  readonly networks?: readonly string[] | undefined;
}

/** Throws VSW_INVALID for types that there are not. */
export function eventMatcher({ types, ports, networks }: EventFilter): (event: EventBody) => boolean {
  const errors = (types ?? []).flatMap(unknownType);
  if (errors.length > 0) throw VswError.of('VSW_INVALID', errors);
  const wantedTypes = types === undefined ? undefined : new Set(eventTypes.filter((type) => types.some((wanted) => type === wanted || type.startsWith(`${wanted}_`))));
  const wantedPorts = ports === undefined ? undefined : new Set(ports.map((port) => portName(portKey(port))));
  const wantedNetworks = networks === undefined ? undefined : new Set(networks);
  return (event) => {
    if (event.type === 'events_lost') return true;
    if (wantedTypes !== undefined && !wantedTypes.has(event.type)) return false;
    if (wantedPorts !== undefined && !isAbout(event, 'Port', ['port', 'fromPort', 'peer'], wantedPorts)) return false;
    return wantedNetworks === undefined || isAbout(event, 'Network', ['network'], wantedNetworks);
  };
}

function isAbout(event: EventBody, kind: 'Port' | 'Network', fields: readonly string[], wanted: ReadonlySet<string>): boolean {
  if (event.type === 'generation') return event.changes.some((change) => change.kind === kind && wanted.has(change.name));
  const values = event as unknown as Readonly<Record<string, unknown>>;
  return fields.some((field) => wanted.has(String(values[field])));
}

function unknownType(type: string, index: number): ErrorDetail[] {
  const known = [...eventTypes, ...eventGroups];
  if (known.includes(type)) return [];
  const meant = nearest(type, known);
  const remedy = meant === undefined ? `known are ${eventTypes.join(', ')}, and ${eventGroups.join(' and ')} for several of them` : `did you mean ${meant}?`;
  return [{ path: `/types/${index}`, message: `there is no event of type ${JSON.stringify(type)}`, remedy }];
}
