/**
 * Explainer: what would become of a frame, and who decided so.
 *
 * The dataplane runs the very stages that forward, on what runs or on a candidate; here names are put
 * to its numbers and frames are built from fields. It changes nothing.
 */
import { cidrHolds, parseCidr } from '../address/cidr.ts';
import { formatIp, isLinkLocal, parseIp, sameIp, type Ip } from '../address/ip.ts';
import { linkLocalOf } from '../address/mac.ts';
import type { Dataplane, DroppedFrame, Trace } from '../dataplane/dataplane.ts';
import { VswError, type ErrorDetail } from '../errors.ts';
import { dropReasonSentences } from '../table/drop-reasons.gen.ts';
import { copyOf } from '../intent/changes.ts';
import type { Intent, Resource } from '../intent/intent.ts';
import type { Edit, PutPort } from '../table/edits.gen.ts';
import { nameOfRule } from '../table/rule-names.ts';
import { addressesOfEntry, networksOfEntry, type TableSet } from '../table/table-set.ts';
import { composeFrame, protocolNumbers, tagFrame } from './compose.ts';
import { asReceived, fullLength, notesOfDead } from './dead-frame.ts';
import type { Explanation, ExplainQuery, FieldsQuery, LastDrops, Reach, ReachQuery } from './explanation.ts';
import { flipOf } from './flip.ts';
import { nearestRule, ownerOf } from './nearest-rule.ts';
import { reachOf } from './reach.ts';

/** What is explained: the wish and its tables, and the edits that lead there from what runs. */
export interface Subject {
  readonly intent: Intent;
  readonly tables: TableSet;
  readonly edits: readonly Edit[] | undefined;
  /** What it would be with these resources, too; throws when they make no sense. */
  readonly with: (resources: readonly Resource[]) => Subject;
}

/** A MAC that nobody has: what a frame to an address without an owner would need. */
const unknownMac = '02:ff:ff:ff:ff:ff';
const ephemeralPort = 49152;
const lastMax = 8;

export class Explainer {
  readonly #dataplane: Dataplane;

  constructor(dataplane: Dataplane) {
    this.#dataplane = dataplane;
  }

  explain(query: ExplainQuery, subject: Subject): Explanation | LastDrops | Reach {
    if (isReach(query)) return reachOf(query, subject, this.#dataplane);
    checkQuery(query);
    const port = this.#findPort(query.port, subject.tables);
    if ('last' in query && query.last !== undefined) return this.#lastDrops(port, query.last, subject);
    if ('frame' in query && query.frame !== undefined) return this.#trace(frameFrom(query.frame), port, subject, []);
    if ('to' in query && query.to !== undefined) {
      const { frame, notes } = frameOf(query, port, subject.tables);
      return this.#trace(frame, port, subject, notes);
    }
    throw invalid([{ path: '', message: 'there is nothing to explain', remedy: 'give frame (hex), to (an address), last (a number) or reach' }]);
  }

  #findPort(name: string, tables: TableSet): PutPort {
    const wanted = name.startsWith('default/') ? name.slice('default/'.length) : name;
    for (const port of tables.ports.values()) if (port.name === wanted) return port;
    throw new VswError('VSW_NOT_FOUND', `there is no port ${wanted}`, [
      { path: '/port', message: `there is no port ${wanted}`, remedy: '"vswitchctl get ports" lists what is there' },
    ]);
  }

  #lastDrops(port: PutPort, wanted: number, subject: Subject): LastDrops {
    if (!Number.isInteger(wanted) || wanted < 1) {
      throw invalid([{ path: '/last', message: `${wanted} is not a number of frames`, remedy: `write a whole number from 1 to ${lastMax}` }]);
    }
    const items = this.#dataplane.lastDrops(port.port).slice(0, wanted).map((dead) => {
      const { timeMs, reason, frame, length, transmitted, ingress } = dead;
      const origin = transmitted ? subject.tables.ports.get(ingress) : port;
      return {
        time: new Date(timeMs).toISOString(),
        reason,
        frame: Buffer.from(frame).toString('hex'),
        length,
        direction: transmitted ? 'transmit' as const : 'receive' as const,
        ...(transmitted && origin !== undefined && { from: origin.name }),
        now: this.#judgeDead(dead, port, origin, subject),
      };
    });
    return { items };
  }

  /** Anew, from the port that it came from; what came from no port that is there can only be shown. */
  #judgeDead(dead: DroppedFrame, port: PutPort, origin: PutPort | undefined, subject: Subject): Explanation {
    const notes = notesOfDead(dead, port.name, origin?.name);
    const whole = fullLength(dead);
    if (origin === port) return this.#trace(whole, port, subject, notes);
    if (origin !== undefined) return this.#trace(asReceived(whole, port, origin, subject.tables), origin, subject, notes);
    const { frame, generation } = this.#trace(whole, port, subject, []);
    return {
      verdict: 'drop', stage: '', reason: dead.reason, port: port.name, network: '', tier: '', policy: '', rule: '', generation, path: [], receivers: [], frame,
      notes: [...notes, 'it is not judged anew'],
    };
  }

  #trace(frame: Uint8Array, port: PutPort, subject: Subject, notes: readonly string[]): Explanation {
    const { tables, intent } = subject;
    const judge = ({ edits }: Subject): Trace => this.#dataplane.trace(frame, port.port, edits);
    const trace = judge(subject);
    const nearest = nearestRule(trace, tables, intent);
    const flip = flipOf({ frame, sender: port, trace, subject }, judge);
    const nameOf = (id: number): string => tables.ports.get(id)?.name ?? '';
    const network = tables.networks.get(trace.network)?.name ?? '';
    const named = (rule: number) => nameOfRule(tables.ruleNames, rule, network);
    return {
      verdict: trace.verdict,
      stage: trace.stage,
      reason: trace.reason,
      port: nameOf(trace.port),
      network,
      ...named(trace.rule),
      generation: trace.generation,
      ...(trace.connection !== undefined && { connection: trace.connection }),
      path: trace.path.map(({ stage, port: at, verdict, rule }) => ({ stage, port: nameOf(at), verdict, ...(rule !== 0 && withoutEmpty(named(rule))) })),
      ...(nearest !== undefined && { nearest }),
      ...(flip !== undefined && { flip: { resources: copyOf(flip) } }),
      receivers: trace.receivers.map(nameOf),
      frame: trace.line,
      notes: [sentenceOf(trace, nameOf), ...auditNotes(trace, tables, nameOf), ...fragmentNotes(trace), ...answerNotes(trace), ...notes],
    };
  }
}

export function isReach(query: unknown): query is ReachQuery {
  return typeof query === 'object' && query !== null && 'reach' in query && query.reach !== undefined;
}

/** What policies that are not enforced would have done. */
function auditNotes({ rulings }: Trace, { ruleNames }: TableSet, nameOf: (id: number) => string): string[] {
  return rulings.flatMap(({ direction, port, auditedAction, auditedRule }) => {
    const name = auditedRule === undefined ? undefined : ruleNames.get(auditedRule);
    return name === undefined ? [] : [`${name.policy} is not enforced; its rule ${name.rule} would ${auditedAction} this at the ${direction} of ${nameOf(port)}`];
  });
}

function fragmentNotes({ laterFragment }: Trace): string[] {
  return laterFragment === true ? ['a later fragment fares as the first one of its datagram; that is not known here, so it is judged as a packet without ports'] : [];
}

function answerNotes({ connection }: Trace): string[] {
  const isAnswer = connection?.standing === 'new' && !connection.ofInitiator;
  return isAnswer ? ['nobody saw this connection begin; by its ports this is a server\'s answer, so rules are asked whether its client may open it'] : [];
}

function withoutEmpty<Texts extends Record<string, string>>(texts: Texts): Partial<Texts> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')) as Partial<Texts>;
}

function sentenceOf(trace: Trace, nameOf: (id: number) => string): string {
  if (trace.verdict !== 'allow') {
    const sentence = dropReasonSentences[trace.reason as keyof typeof dropReasonSentences] ?? trace.reason;
    return trace.verdict === 'reject' ? `${sentence}; its sender is told` : sentence;
  }
  const receivers = trace.receivers.map(nameOf).join(', ');
  if (trace.reason === 'answered') return 'the switch itself answers';
  if (trace.reason === 'consumed') return 'the switch itself takes note';
  return trace.reason === 'flooded' ? `flooded to ${receivers}` : `forwarded to ${receivers}`;
}

function frameFrom(frame: string | Uint8Array): Uint8Array {
  if (typeof frame !== 'string') return frame;
  const hex = frame.replace(/^0x/, '').replaceAll(/[\s:]/g, '');
  const remedy = 'write the whole frame from its destination MAC on, in hexadecimal digits';
  if (hex.length === 0 || hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) {
    throw invalid([{ path: '/frame', message: hex.length % 2 === 0 ? 'the frame is not hexadecimal' : 'the frame has an odd number of digits', remedy }]);
  }
  if (hex.length / 2 > 65_557) throw invalid([{ path: '/frame', message: 'the frame is longer than any frame may be', remedy }]);
  return Buffer.from(hex, 'hex');
}

/** A program without types may ask anything. */
function checkQuery(query: unknown): void {
  if (typeof query !== 'object' || query === null) {
    throw invalid([{ path: '', message: 'there is nothing to explain', remedy: 'give port, and frame (hex), to (an address) or last (a number)' }]);
  }
  const asked = query as Partial<Record<keyof FieldsQuery | 'frame', unknown>>;
  const errors: ErrorDetail[] = [];
  const remedies = { port: 'give the name of the port that sends', to: 'write an address, e.g. 10.77.0.2', from: 'write an address, e.g. 10.77.0.2', network: 'write the name of a network' };
  for (const field of ['port', 'to', 'from', 'network'] as const) {
    if (typeof asked[field] === 'string' || (field !== 'port' && asked[field] === undefined)) continue;
    errors.push({ path: `/${field}`, message: `a text is needed here, not ${asked[field] === undefined ? 'nothing' : typeof asked[field]}`, remedy: remedies[field] });
  }
  const { frame } = asked;
  if (frame !== undefined && typeof frame !== 'string' && !(frame instanceof Uint8Array)) {
    errors.push({ path: '/frame', message: `bytes are needed here, not ${typeof frame}`, remedy: 'give a Uint8Array, or hexadecimal digits' });
  }
  if (errors.length > 0) throw invalid(errors);
}

/** What the port would send to reach the address. */
function frameOf(query: FieldsQuery, port: PutPort, tables: TableSet): { frame: Uint8Array; notes: string[] } {
  const errors: ErrorDetail[] = [];
  const destination = parseIp(query.to);
  if (destination === undefined) errors.push({ path: '/to', message: `${JSON.stringify(query.to)} is not an IP address`, remedy: 'write e.g. 10.77.0.2 or fd00:77::2' });
  const asked = query.from === undefined ? undefined : parseIp(query.from);
  if (query.from !== undefined && asked === undefined) errors.push({ path: '/from', message: `${JSON.stringify(query.from)} is not an IP address`, remedy: 'write e.g. 10.77.0.1, or leave it out for the port\'s own' });
  if (asked !== undefined && destination !== undefined && asked.family !== destination.family) errors.push({ path: '/from', message: 'from and to are of different families', remedy: `write an IPv${destination.family} address` });
  const protocol = protocolFrom(query, destination?.family ?? 4, errors);
  const needsPorts = [6, 17, 132].includes(protocol);
  for (const field of ['sourcePort', 'destinationPort'] as const) {
    const value = query[field];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) errors.push({ path: `/${field}`, message: `${value} is not a port number`, remedy: 'write a whole number from 0 to 65535' });
    else if (!needsPorts) errors.push({ path: `/${field}`, message: 'only TCP, UDP and SCTP have port numbers', remedy: `leave ${field} out or choose another protocol` });
  }
  const network = networkOf(query.network, port, tables, errors);
  const source = asked ?? (destination === undefined ? undefined : ownAddressFor(destination, port, network));
  if (source === undefined && errors.length === 0) errors.push({ path: '/from', message: `port ${port.name} has no IPv${destination?.family} address to send from`, remedy: 'give from, or an address to the port' });
  if (errors.length > 0 || destination === undefined || source === undefined) throw invalid(errors);

  const isTagged = network !== port.network;
  const hop = isTagged ? destination : nextHop(port, destination);
  const destinationMac = multicastMac(destination) ?? ownerOf(hop, network, tables)?.mac ?? unknownMac;
  const notes: string[] = [];
  if (!sameIp(hop, destination)) notes.push(`sent by way of ${formatIp(hop)}, as the port's routes say`);
  if (destinationMac === unknownMac) notes.push(`no port of network ${tables.networks.get(network)?.name} holds ${formatIp(hop)}: the frame is shown with a MAC that nobody has`);
  const frame = composeFrame({
    sourceMac: port.mac, destinationMac, source, destination, protocol,
    sourcePort: needsPorts ? query.sourcePort ?? ephemeralPort : 0,
    destinationPort: needsPorts ? query.destinationPort ?? 80 : 0,
  });
  return { frame: isTagged ? tagFrame(frame, tables.networks.get(network)!.vlan) : frame, notes };
}

/** The address that the port's host would send from: of the destination's scope, on its link if there is one, otherwise the first of its family. */
function ownAddressFor(destination: Ip, port: PutPort, network: number): Ip | undefined {
  const own = addressesOfEntry(port).filter((one) => one.network === network && one.prefix.address.family === destination.family).map(({ prefix }) => prefix);
  const isLocal = isLinkLocal(destination) || (destination.family === 6 && destination.value >> 112n === 0xff02n);
  if (isLocal) return own.find(({ address }) => isLinkLocal(address))?.address ?? linkLocalOf(port.mac);
  const reaching = own.filter((prefix) => cidrHolds(prefix, destination)).sort((a, b) => b.length - a.length);
  return (reaching[0] ?? own.find(({ address }) => !isLinkLocal(address)) ?? own[0])?.address;
}

/** The number of the network that a frame of the port shall be in; without a word the one that has no tag. */
function networkOf(asked: string | undefined, port: PutPort, tables: TableSet, errors: ErrorDetail[]): number {
  const own = networksOfEntry(port);
  const names = own.map((id) => tables.networks.get(id)?.name ?? '').join(', ');
  if (asked === undefined) {
    if (port.network === 0) errors.push({ path: '/network', message: `port ${port.name} carries no frames without a tag, so the network must be told`, remedy: `give network, one of ${names}` });
    return port.network;
  }
  const found = own.find((id) => tables.networks.get(id)?.name === asked);
  if (found === undefined) errors.push({ path: '/network', message: `port ${port.name} is not in network ${asked}`, remedy: `give one of ${names}, or leave network out` });
  return found ?? 0;
}

function protocolFrom(query: FieldsQuery, family: 4 | 6, errors: ErrorDetail[]): number {
  const asked = query.protocol ?? (query.destinationPort === undefined && query.sourcePort === undefined ? (family === 4 ? 'icmp' : 'icmpv6') : 'tcp');
  const named = typeof asked === 'string' ? protocolNumbers[asked.toLowerCase()] : undefined;
  const protocol = named ?? Number(asked);
  if (asked === '' || !Number.isInteger(protocol) || protocol < 0 || protocol > 255) {
    errors.push({ path: '/protocol', message: `${JSON.stringify(asked)} is not a protocol`, remedy: 'write tcp, udp, sctp, icmp, icmpv6 or a number from 0 to 255' });
    return 6;
  }
  const wrong = family === 4 ? protocolNumbers['icmpv6'] : protocolNumbers['icmp'];
  if (protocol === wrong) errors.push({ path: '/protocol', message: `${family === 4 ? 'ICMPv6 is for IPv6' : 'ICMP is for IPv4'} addresses`, remedy: `write ${family === 4 ? 'icmp' : 'icmpv6'}` });
  return protocol;
}

/** The address that the port's host would ask for: the destination on its link, otherwise its router. */
function nextHop(port: PutPort, destination: Ip): Ip {
  if (isLinkLocal(destination)) return destination;
  if (port.addresses.some((prefix) => cidrHolds(prefix, destination))) return destination;
  const matching = port.routes.filter(({ to }) => cidrHolds(to, destination)).sort((a, b) => b.to.length - a.to.length);
  return matching[0]?.via ?? destination;
}

/** RFC 1112, 6.4 and RFC 2464, 7; undefined for a unicast address. */
function multicastMac(ip: Ip): string | undefined {
  const hex = (value: bigint, bytes: number): string => (value.toString(16).padStart(2 * bytes, '0').match(/../g) ?? []).join(':');
  if (ip.family === 6) return ip.value >> 120n === 0xffn ? `33:33:${hex(ip.value & 0xffffffffn, 4)}` : undefined;
  if (ip.value === 0xffffffffn) return 'ff:ff:ff:ff:ff:ff';
  return cidrHolds(parseCidr('224.0.0.0/4')!, ip) ? `01:00:5e:${hex(ip.value & 0x7fffffn, 3)}` : undefined;
}

function invalid(errors: readonly ErrorDetail[]): VswError {
  return VswError.of('VSW_INVALID', errors);
}
