/**
 * Multicast groups in the twin: who asked for what, who asks, and what is asked, from RFC 4541 and the
 * sentences of src/intent/multicast.ts. Lists and numbers; `tick` is told of every moment that time moves to.
 */
import { be16, ethernet, hex, icmpv6, internetChecksum, ipBytes, ipv6, join, linkLocalOf, multicastMacOf } from '../harness/frames.ts';
import { isGroupAddress, type MembershipMessage } from './membership-message.ts';

export interface MulticastSpec {
  snooping?: boolean;
  querier?: boolean;
  fastLeave?: boolean;
  unknownGroups?: 'routers' | 'flood';
  querySeconds?: number;
  responseSeconds?: number;
}

export interface Query {
  port: string | undefined; // undefined: to all of the network
  frame: Uint8Array;
}

interface Membership {
  network: number;
  port: string;
  family: 4 | 6;
  role: 'member' | 'router' | 'everything';
  group: string;
  endsMs: number;
  asks: number;
  askMs: number;
  version1Ms: number;
}

interface Asking {
  startup: number; // queries still to come quickly; -1: the switch does not ask
  dueMs: number;
  heard: string | undefined;
  heardUntilMs: number;
  heardIntervalMs: number;
  settledMs: number | undefined;
  filters: boolean;
}

const families = [4, 6] as const;
const lastMemberMs = 1000;
const silent = (): Asking => ({ startup: -1, dueMs: 0, heard: undefined, heardUntilMs: 0, heardIntervalMs: 0, settledMs: undefined, filters: false });

/** Whether frames of the group may be kept from somebody: neither 224.0.0.0/24 nor a scope that ends on the link. */
export function isSnooped(group: string): boolean {
  if (!isGroupAddress(group)) return false;
  return group.includes(':') ? Number.parseInt(group[3] ?? '0', 16) > 2 : !group.startsWith('224.0.0.');
}

/** All memberships of a switch. What was freed last is filled first: of two queries at once the one in the lower place goes out first. */
export class Memberships {
  readonly places: (Membership | undefined)[] = [];
  readonly #free: number[] = [];

  add(one: Membership): void {
    const place = this.#free.pop();
    if (place === undefined) this.places.push(one);
    else this.places[place] = one;
  }

  removeWhere(isOver: (one: Membership) => boolean): void {
    for (const [place, one] of this.places.entries()) {
      if (one === undefined || !isOver(one)) continue;
      this.places[place] = undefined;
      this.#free.push(place);
    }
  }
}

export class ModelMulticast {
  spec: MulticastSpec;
  readonly #number: number; // of the network, part of the MAC that the switch asks from
  readonly #memberships: Memberships;
  #asking: Record<4 | 6, Asking> = { 4: silent(), 6: silent() };

  constructor(number: number, spec: MulticastSpec, memberships: Memberships) {
    this.#number = number;
    this.#memberships = memberships;
    this.spec = spec;
  }

  put(spec: MulticastSpec): void {
    this.spec = spec;
    if (spec.snooping === true) return;
    this.#memberships.removeWhere(({ network }) => network === this.#number);
    this.#asking = { 4: silent(), 6: silent() };
  }

  forget(port: string): void {
    this.#memberships.removeWhere((one) => one.network === this.#number && one.port === port);
  }

  filters(family: 4 | 6): boolean {
    return this.#asking[family].filters;
  }

  /** Whether the port gets frames of the group; undefined when nobody asked for it. */
  wanters(group: string): { members: boolean; gets(port: string): boolean } {
    const family = group.includes(':') ? 6 : 4;
    const standing = this.#all().filter((one) => one.family === family && (one.role !== 'member' || one.group === group));
    return { members: standing.some(({ role }) => role === 'member'), gets: (port) => standing.some((one) => one.port === port) };
  }

  isRouter(port: string, family: 4 | 6): boolean {
    return this.#all().some((one) => one.role === 'router' && one.family === family && one.port === port);
  }

  /** What a port said; the queries that it causes. `ports` are those of the network. */
  take(port: string, message: MembershipMessage, nowMs: number, ports: readonly string[], groupsMax: number): Query[] {
    const queries: Query[] = [];
    const { family } = message;
    const leave = (group: string, isSure: boolean): void => {
      const found = this.#find(port, 'member', family, group);
      if (!isSnooped(group) || found === undefined || nowMs < found.version1Ms) return;
      if (isSure && this.spec.fastLeave === true) {
        this.#memberships.removeWhere((one) => one === found);
      } else if (this.#asking[family].startup >= 0 && this.#doubt(found, nowMs, nowMs + 2 * lastMemberMs, 1)) {
        queries.push({ port, frame: this.#query(family, group, lastMemberMs) });
      }
    };
    if (message.kind === 'query') this.#hear(port, message, nowMs, ports);
    else if (message.kind === 'report') this.#want(port, family, message.group, nowMs, groupsMax, message.isVersion1);
    else if (message.kind === 'leave') leave(message.group, true);
    else if (message.kind === 'unread') this.#join(port, 'everything', family, '', nowMs + 2 * this.#intervalMs(this.#asking[family]) + this.#responseMs());
    for (const { type, sources, group } of message.records) {
      const isExclude = type === 2 || type === 4;
      const isInclude = type === 1 || type === 3;
      if (isExclude || (sources > 0 && (isInclude || type === 5))) this.#want(port, family, group, nowMs, groupsMax, false);
      else if (isInclude || (type === 6 && sources > 0)) leave(group, isInclude);
    }
    return queries;
  }

  /** Time moved: what the switch asks everybody now. */
  tick(nowMs: number): Query[] {
    if (this.spec.snooping !== true) return [];
    const queries: Query[] = [];
    for (const family of families) {
      const asking = this.#asking[family];
      if (asking.heard !== undefined && nowMs >= asking.heardUntilMs) asking.heard = undefined;
      let isDue = false;
      if (this.spec.querier !== true || asking.heard !== undefined) asking.startup = -1;
      else if (asking.startup < 0) [asking.startup, isDue] = [1, true];
      else if (nowMs >= asking.dueMs) [asking.startup, isDue] = [Math.max(0, asking.startup - 1), true];
      if (isDue) {
        asking.dueMs = nowMs + this.#queryMs() / (asking.startup > 0 ? 4 : 1);
        this.#settle(asking, nowMs + this.#responseMs());
        queries.push({ port: undefined, frame: this.#query(family, '', this.#responseMs()) });
      }
      if (asking.startup < 0 && asking.heard === undefined) [asking.settledMs, asking.filters] = [undefined, false];
      if (asking.settledMs !== undefined && nowMs >= asking.settledMs) [asking.settledMs, asking.filters] = [undefined, true];
    }
    return queries;
  }

  /** Of one of its memberships, whose time is not over. */
  remind(one: Membership, nowMs: number): Query | undefined {
    if (one.network !== this.#number || one.asks === 0 || nowMs < one.askMs) return undefined;
    one.asks -= 1;
    one.askMs = nowMs + lastMemberMs;
    return { port: one.port, frame: this.#query(one.family, one.group, lastMemberMs) };
  }

  #queryMs(): number {
    return (this.spec.querySeconds ?? 125) * 1000;
  }

  #responseMs(): number {
    return (this.spec.responseSeconds ?? 10) * 1000;
  }

  #intervalMs(asking: Asking): number {
    return asking.heard !== undefined && asking.heardIntervalMs > 0 ? asking.heardIntervalMs : this.#queryMs();
  }

  #all(): Membership[] {
    return this.#memberships.places.filter((one) => one?.network === this.#number) as Membership[];
  }

  #find(port: string, role: Membership['role'], family: 4 | 6, group: string): Membership | undefined {
    return this.#all().find((one) => one.port === port && one.role === role && one.family === family && one.group === group);
  }

  #settle(asking: Asking, atMs: number): void {
    if (!asking.filters) asking.settledMs ??= atMs;
  }

  #join(port: string, role: Membership['role'], family: 4 | 6, group: string, endsMs: number): Membership {
    const known = this.#find(port, role, family, group);
    if (known !== undefined) {
      known.endsMs = Math.max(known.endsMs, endsMs);
      known.asks = 0;
      return known;
    }
    const made: Membership = { network: this.#number, port, role, family, group, endsMs, asks: 0, askMs: 0, version1Ms: 0 };
    this.#memberships.add(made);
    return made;
  }

  #want(port: string, family: 4 | 6, group: string, nowMs: number, groupsMax: number, isVersion1: boolean): void {
    if (!isSnooped(group)) return;
    const endsMs = nowMs + 2 * this.#intervalMs(this.#asking[family]) + this.#responseMs();
    const held = this.#all().filter((one) => one.port === port && one.role === 'member').length;
    if (this.#find(port, 'member', family, group) === undefined && held >= groupsMax) {
      this.#join(port, 'everything', family, '', endsMs);
      return;
    }
    const membership = this.#join(port, 'member', family, group, endsMs);
    if (isVersion1) membership.version1Ms = endsMs;
  }

  #doubt(one: Membership, nowMs: number, endsMs: number, asks: number): boolean {
    if (nowMs < one.version1Ms || endsMs >= one.endsMs) return false;
    [one.endsMs, one.asks, one.askMs] = [endsMs, asks, nowMs + lastMemberMs];
    return true;
  }

  #hear(port: string, { family, source, group, responseMs, intervalMs, sources }: MembershipMessage, nowMs: number, ports: readonly string[]): void {
    const asking = this.#asking[family];
    const isNobody = source === '0.0.0.0';
    const low = (one: string, other: string): boolean => hex(ipBytes(one)) < hex(ipBytes(other));
    const beatsUs = family === 4 || low(source, this.#ownAddress());
    if (group === '') this.#settle(asking, nowMs + responseMs);
    if (!isNobody && beatsUs && (asking.heard === undefined || !low(asking.heard, source))) {
      asking.heard = source;
      asking.heardIntervalMs = intervalMs;
      asking.heardUntilMs = nowMs + 2 * this.#intervalMs(asking) + this.#responseMs() / 2;
      asking.startup = -1;
    }
    if (!isNobody) this.#join(port, 'router', family, '', nowMs + 2 * this.#intervalMs(asking) + this.#responseMs() / 2);
    if (group === '' || sources > 0) return;
    for (const one of this.#all()) {
      if (one.role === 'member' && one.family === family && one.group === group && ports.includes(one.port)) this.#doubt(one, nowMs, nowMs + 2 * responseMs, 0);
    }
  }

  #mac(): string {
    return `0a:76:73:77:${(this.#number >> 8).toString(16).padStart(2, '0')}:${(this.#number & 255).toString(16).padStart(2, '0')}`;
  }

  #ownAddress(): string {
    return linkLocalOf(this.#mac());
  }

  /** IGMPv3 or MLDv2; '' asks for any group. */
  #query(family: 4 | 6, group: string, responseMs: number): Uint8Array {
    const seconds = this.#queryMs() / 1000;
    const interval = seconds < 128 ? seconds : compressed(seconds);
    if (family === 4) {
      const to = group === '' ? '224.0.0.1' : group;
      const message = join([0x11, responseMs / 100, 0, 0], ipBytes(group === '' ? '0.0.0.0' : group), [2, interval, 0, 0]);
      message.set(be16(internetChecksum(message)), 2);
      const header = join([0x46, 0xc0], be16(24 + message.length), [0, 0, 0, 0, 1, 2, 0, 0], ipBytes('0.0.0.0'), ipBytes(to), [0x94, 4, 0, 0]);
      header.set(be16(internetChecksum(header)), 10);
      return ethernet({ source: this.#mac(), destination: multicastMacOf(to), type: 0x0800, payload: join(header, message) });
    }
    const ends = { source: this.#ownAddress(), destination: group === '' ? 'ff02::1' : group };
    const message = icmpv6(ends, 130, 0, join(be16(responseMs), [0, 0], ipBytes(group === '' ? '::' : group), [2, interval, 0, 0]));
    const payload = ipv6({ ...ends, next: 58, payload: message, hopLimit: 1, extensions: [{ type: 0, body: new Uint8Array([0, 5, 2, 0, 0, 1, 0]) }] });
    return ethernet({ source: this.#mac(), destination: multicastMacOf(ends.destination), type: 0x86dd, payload });
  }
}

/** A number from 128 on in eight bits: the largest that is not above it. */
function compressed(value: number): number {
  let code = 255;
  while (((code & 15) + 16) * 2 ** (((code >> 4) & 7) + 3) > value) code -= 1;
  return code;
}
