/**
 * Protocols of a rule: which packets it is about, by protocol and what it is for there. Ports of TCP, UDP and SCTP are numbers, ranges
 * or names that ports give to theirs (`spec.namedPorts`); messages of ICMP are names, types, or a type with its code.
 */
import Type from 'typebox';
import type { Report } from './port-coherence.ts';
import { nearest } from './suggest.ts';

export type PortProtocol = 'tcp' | 'udp' | 'sctp';
type Listed = readonly (number | string)[];

/** One of its members is there. */
export interface ProtocolSpec {
  readonly tcp?: Listed;
  readonly udp?: Listed;
  readonly sctp?: Listed;
  readonly icmp?: number | string | Listed;
  readonly icmpv6?: number | string | Listed;
  readonly ip?: number | string | Listed;
}

/** Numbers of a protocol, of ports or of ICMP `type << 8 | code`, or a name that ports give to a number of theirs. */
export type Service =
  | { readonly protocol: number; readonly first: number; readonly last: number; readonly name?: undefined }
  | { readonly protocol: number; readonly name: string };

export const protocolNumbers = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;
export const portProtocols = ['tcp', 'udp', 'sctp'] as const;
const portMax = 65_535;

/** By name, the type or the type and the code. What policies do not judge, as neighbour discovery, has no name. */
const icmpNames: Readonly<Record<'icmp' | 'icmpv6', Readonly<Record<string, string>>>> = {
  icmp: {
    'echo-reply': '0', 'destination-unreachable': '3', 'network-unreachable': '3/0', 'host-unreachable': '3/1', 'protocol-unreachable': '3/2',
    'port-unreachable': '3/3', 'fragmentation-needed': '3/4', 'administratively-prohibited': '3/13', 'source-quench': '4', redirect: '5', 'echo-request': '8',
    'router-advertisement': '9', 'router-solicitation': '10', 'time-exceeded': '11', 'parameter-problem': '12', 'timestamp-request': '13',
    'timestamp-reply': '14', 'address-mask-request': '17', 'address-mask-reply': '18',
  },
  icmpv6: {
    'destination-unreachable': '1', 'no-route': '1/0', 'administratively-prohibited': '1/1', 'address-unreachable': '1/3', 'port-unreachable': '1/4',
    'packet-too-big': '2', 'time-exceeded': '3', 'parameter-problem': '4', 'echo-request': '128', 'echo-reply': '129',
  },
};

const portNamePattern = /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;
const portNameMax = 15;
export const portNameSentence = 'at most 15 lower case letters, digits and single dashes, with a letter among them';

/** Whether ports can give one of theirs this name (RFC 6335). */
export function isPortName(text: string): boolean {
  return text.length <= portNameMax && portNamePattern.test(text);
}

/** The first and last of `8000-8100` or `443`; undefined when the text is no such thing. */
export function parsePorts(text: number | string): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(text));
  if (match === null) return undefined;
  return { first: Number(match[1]), last: Number(match[2] ?? match[1]) };
}

/** The first and last `type << 8 | code`; undefined when the text is no such thing. */
function parseMessage(kind: 'icmp' | 'icmpv6', text: number | string): { readonly first: number; readonly last: number } | undefined {
  const names = icmpNames[kind];
  const known = typeof text === 'string' && Object.hasOwn(names, text) ? names[text]! : String(text);
  const match = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(known);
  const [type, code] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (match === null || type > 255 || code > 255) return undefined;
  return match[2] === undefined ? { first: type << 8, last: (type << 8) | 0xff } : { first: (type << 8) | code, last: (type << 8) | code };
}

const listOf = (value: number | string | Listed | undefined): Listed => (value === undefined ? [] : Array.isArray(value) ? value as Listed : [value as number | string]);

/** What the entries are about, as they stand; all of them were found right. */
export function servicesOf(protocols: readonly ProtocolSpec[]): Service[] {
  return protocols.flatMap((entry) => [
    ...portProtocols.flatMap((kind) => listOf(entry[kind]).map((item): Service => {
      const ports = parsePorts(item);
      return ports === undefined ? { protocol: protocolNumbers[kind], name: String(item) } : { protocol: protocolNumbers[kind], ...ports };
    })),
    ...(['icmp', 'icmpv6'] as const).flatMap((kind) => listOf(entry[kind]).map((item): Service => ({ protocol: protocolNumbers[kind], ...parseMessage(kind, item)! }))),
    ...listOf(entry.ip).map((item): Service => ({ protocol: Number(item), first: 0, last: portMax })),
  ]);
}

/** The normal form: ports as a list with numbers as numbers, messages by their names. What cannot be read stays as it is, to be told by `checkProtocols`. */
export function normalProtocols(protocols: readonly ProtocolSpec[]): ProtocolSpec[] {
  return protocols.map((entry) => {
    const normal: Record<string, unknown> = {};
    for (const kind of portProtocols) if (entry[kind] !== undefined) normal[kind] = listOf(entry[kind]).map(normalPorts);
    for (const kind of ['icmp', 'icmpv6'] as const) if (entry[kind] !== undefined) normal[kind] = oneOrList(listOf(entry[kind]).map((item) => normalMessage(kind, item)));
    if (entry.ip !== undefined) normal['ip'] = oneOrList(listOf(entry.ip).map(Number));
    return normal;
  });
}

function normalPorts(item: number | string): number | string {
  const ports = parsePorts(item);
  if (ports === undefined) return item;
  return ports.first === ports.last ? ports.first : `${ports.first}-${ports.last}`;
}

function normalMessage(kind: 'icmp' | 'icmpv6', item: number | string): number | string {
  const message = parseMessage(kind, item);
  if (message === undefined) return item;
  const { first, last } = message;
  const written = first === last ? `${first >> 8}/${first & 0xff}` : String(first >> 8);
  return Object.entries(icmpNames[kind]).find(([, value]) => value === written)?.[0] ?? (first === last ? written : first >> 8);
}

function oneOrList<Item>(items: readonly Item[]): Item | readonly Item[] {
  return items.length === 1 ? items[0]! : items;
}

const portsSchema = (protocol: string) => Type.Optional(Type.Union(
  [Type.Array(portSchema()), portSchema()],
  { description: `ports of ${protocol}: numbers, ranges such as 8000-8100, or names that ports give to theirs; absent: the entry is about another protocol` },
));
const portSchema = () => Type.Union([Type.Integer({ minimum: 0, maximum: portMax }), Type.String()], { description: 'a port from 0 to 65535, a range such as 8000-8100, or a name' });
const oneOrMore = (item: () => ReturnType<typeof portSchema>, description: string) => Type.Optional(Type.Union([item(), Type.Array(item())], { description }));
const messageSchema = () => Type.Union([Type.Integer({ minimum: 0, maximum: 255 }), Type.String()], { description: 'a name, a type, or type/code' });
const numberSchema = () => Type.Union([Type.Integer({ minimum: 0, maximum: 255 }), Type.String({ pattern: '^[0-9]{1,3}$' })], { description: 'a number from 0 to 255' });

export const ProtocolsSchema = Type.Array(
  Type.Object(
    {
      tcp: portsSchema('TCP'),
      udp: portsSchema('UDP'),
      sctp: portsSchema('SCTP'),
      icmp: oneOrMore(messageSchema, 'messages of ICMP by name (echo-request), type (8) or type and code (3/4); absent: the entry is about another protocol'),
      icmpv6: oneOrMore(messageSchema, 'messages of ICMPv6 by name (echo-request), type (128) or type and code (1/4); absent: the entry is about another protocol'),
      ip: oneOrMore(numberSchema, 'any other protocol over IP by its number, from 0 to 255; absent: the entry is about another protocol'),
    },
    { additionalProperties: false },
  ),
  { description: 'which packets, one protocol an entry; absent: any' },
);

const kinds = ['tcp', 'udp', 'sctp', 'icmp', 'icmpv6', 'ip'] as const;

/** What keeps the protocols of a rule from making sense; `field` is where they stand. */
export function checkProtocols(protocols: readonly ProtocolSpec[] | undefined, field: string, report: Report): void {
  if (protocols === undefined) return;
  if (protocols.length === 0) report(field, 'an empty list of protocols says neither any nor none', 'leave protocols out for any, or list those that are meant');
  protocols.forEach((entry, index) => {
    const at = `${field}/${index}`;
    const given = kinds.filter((kind) => entry[kind] !== undefined);
    if (given.length === 0) report(at, 'the entry names no protocol', `write one of ${kinds.join(', ')}, or leave protocols out for any`);
    if (given.length > 1) report(at, `${given.join(' and ')} stand in one entry, and no packet is both`, `write an entry for each: ${given.map((kind) => `{${kind}: …}`).join(', ')}`);
    for (const kind of given) {
      const items = listOf(entry[kind]);
      const isList = Array.isArray(entry[kind]);
      if (items.length === 0) report(`${at}/${kind}`, `an empty list of ${kind} says neither any nor none`, remedyForAny(kind));
      items.forEach((item, place) => checkItem(kind, item, isList ? `${at}/${kind}/${place}` : `${at}/${kind}`, report));
    }
  });
}

function remedyForAny(kind: (typeof kinds)[number]): string {
  if (kind === 'ip') return 'leave protocols out for any, or write the number of one';
  return kind === 'icmp' || kind === 'icmpv6' ? `write {ip: ${protocolNumbers[kind]}} for all of it, or list messages` : `write [0-65535] for all ports, or list those that are meant`;
}

function checkItem(kind: (typeof kinds)[number], item: number | string, at: string, report: Report): void {
  if (kind === 'ip') {
    if (Number(item) > 255) report(at, `${item} is not the number of a protocol`, 'write a number from 0 to 255');
    return;
  }
  if (kind === 'icmp' || kind === 'icmpv6') {
    if (parseMessage(kind, item) !== undefined) return;
    const meant = nearest(String(item), Object.keys(icmpNames[kind]));
    report(at, `${JSON.stringify(item)} is not a message of ${kind}`, meant ? `did you mean ${meant}?` : `write a name such as echo-request, a type from 0 to 255, or type/code such as ${kind === 'icmp' ? '3/4' : '1/4'}`);
    return;
  }
  const ports = parsePorts(item);
  if (ports === undefined) {
    if (isPortName(String(item))) return;
    report(at, `${JSON.stringify(item)} is not a port, a range of them or a name of one`, `write e.g. 443, 8000-8100 or http; a name has ${portNameSentence}`);
  } else if (ports.last > portMax) {
    report(at, `${ports.last} is larger than any port`, `write at most ${portMax}`);
  } else if (ports.first > ports.last) {
    report(at, `the range ${item} runs backwards`, `write ${ports.last}-${ports.first}`);
  }
}
