/**
 * Datagrams in pieces, by chance: in any order, with pieces that overlap, are tiny or lie about the end, to one receiver and to several,
 * while policies change, ports are replaced and time passes. A plain list of datagrams (test/model/fragments.ts) says which wait, which
 * die and which fare like their first one; how that one fares say the twins of policies and connections.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { findImbalances } from '../harness/checkers.ts';
import { be16, be32, broadcastMac, ethernet, fragmentBody, hex, icmp, icmpv6, ipv4, ipv6, join, multicastMacOf, read16, tcp, udp } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import { ModelConnections, type Fate, type Opening, type Side } from '../model/connections.ts';
import { ModelFragments, readPiece } from '../model/fragments.ts';
import { type JudgedPort, PolicyModel, type PolicyResource } from '../model/policy.ts';
import { readFrame } from '../model/reading.ts';
import type { Resource } from '../model/world.ts';

type Kind = 'udp' | 'tcp' | 'icmp' | 'probe' | 'gre' | 'sctp';
type Target = number | 'all' | 'group';

interface Datagram {
  readonly from: number;
  readonly to: Target;
  readonly isWide: boolean;
  readonly kind: Kind;
  readonly port: number;
  readonly id: number;
}

interface Cut {
  readonly from: number;
  readonly length: number;
  readonly isLast: boolean;
}

type Step =
  | { step: 'piece'; datagram: Datagram; cut: Cut }
  | { step: 'whole'; datagram: Datagram; order: readonly number[]; cuts: number }
  | { step: 'trickle'; datagram: Datagram; count: number; of: 'one' | 'many' }
  | { step: 'wait'; ms: number }
  | { step: 'policy'; host: number; ingress: number; egress: number }
  | { step: 'replace'; host: number };

interface Story {
  readonly policies: readonly (readonly [number, number])[];
  readonly steps: readonly Step[];
}

const hosts = [1, 2, 3, 4];
const protocolOf = (kind: Kind, isWide: boolean): number => ({ udp: 17, tcp: 6, icmp: isWide ? 58 : 1, probe: isWide ? 58 : 1, gre: 47, sctp: 132 })[kind];
const rules: readonly (readonly object[])[] = [
  [{ action: 'allow' }],
  [],
  [{ action: 'allow', protocols: [{ udp: [80] }, { tcp: [80] }, { sctp: [80] }] }],
  [{ action: 'reject', protocols: [{ udp: [80] }, { ip: 47 }] }, { action: 'allow' }],
  [{ action: 'allow', protocols: [{ icmp: 'echo-request' }, { icmpv6: 128 }, { udp: [81] }] }],
  [{ action: 'drop', protocols: [{ icmp: 'echo-reply' }, { icmpv6: 0 }, { udp: [0] }, { tcp: [0] }] }, { action: 'allow' }],
  [{ action: 'allow', protocols: [{ icmp: 13 }, { icmpv6: 139 }, { ip: 47 }] }],
];

const datagram: fc.Arbitrary<Datagram> = fc.record({
  from: fc.constantFrom(...hosts), to: fc.constantFrom<Target>(...hosts, ...hosts, 'all', 'group'), isWide: fc.boolean(),
  kind: fc.constantFrom<Kind>('udp', 'udp', 'udp', 'tcp', 'icmp', 'probe', 'gre', 'sctp'), port: fc.constantFrom(80, 81), id: fc.constantFrom(1, 1, 2),
}).filter(({ from, to }) => from !== to);
const cutPlans: readonly (readonly Cut[])[] = [
  [{ from: 0, length: 32, isLast: false }, { from: 32, length: 16, isLast: false }, { from: 48, length: 13, isLast: true }],
  [{ from: 0, length: 40, isLast: false }, { from: 40, length: 8, isLast: true }],
];
const cut: fc.Arbitrary<Cut> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...cutPlans.flat()) },
  { weight: 1, arbitrary: fc.record({ from: fc.constantFrom(0, 8, 16, 24, 32, 40, 48, 56, 65_000), length: fc.constantFrom(0, 1, 8, 12, 13, 14, 16, 20, 24, 32), isLast: fc.boolean() }) },
).filter(({ from, isLast }) => from > 0 || !isLast);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ step: fc.constant('piece' as const), datagram, cut }) },
  { weight: 8, arbitrary: fc.record({ step: fc.constant('whole' as const), datagram, cuts: fc.nat(1), order: fc.shuffledSubarray([0, 1, 2], { minLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('trickle' as const), datagram, count: fc.constantFrom(10, 31, 33, 47, 65), of: fc.constantFrom<'one' | 'many'>('one', 'many') }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('wait' as const), ms: fc.constantFrom(1, 4999, 5000, 15_000, 29_999, 30_000) }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('policy' as const), host: fc.constantFrom(...hosts), ingress: fc.nat(rules.length - 1), egress: fc.constantFrom(0, 0, 0, 3, 5) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('replace' as const), host: fc.constantFrom(...hosts) }) },
);
const story: fc.Arbitrary<Story> = fc.record({
  policies: fc.array(fc.tuple(fc.constantFrom(0, 0, ...rules.keys()), fc.constantFrom(0, 0, 0, 3, 5)), { minLength: hosts.length, maxLength: hosts.length }),
  steps: fc.array(step, { minLength: 5, maxLength: 40 }),
});

const macOf = (host: number): string => `02:00:00:00:00:0${host}`;
const nameOf = (host: number): string => `p${host}`;
const forgottenMs = 5000; // a UDP conversation that nobody answered
const long = 100_000;
const network = {
  apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'dev' }, spec: {
    subnets: ['10.0.0.0/24', 'fd00::/64'], defaultPolicy: { ingress: 'drop' },
    timeouts: { udp: forgottenMs / 1000, tcpUnacknowledged: long, tcpEstablished: long, icmp: long, icmpv6: long, generic: long, sctpHeartbeatSent: long },
  },
} as PolicyResource;
const portResource = (host: number): PolicyResource => ({
  apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: nameOf(host), labels: { host: String(host) } },
  spec: { network: 'dev', type: 'memory', mac: macOf(host), addresses: [`10.0.0.${host}/24`, `fd00::${host}/64`] },
} as PolicyResource);
const policyResource = (host: number, ingress: number, egress: number): PolicyResource => ({
  apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: `of-${host}` },
  spec: { appliesTo: { ports: { matchLabels: { host: String(host) } } }, ingress: rules[ingress], egress: rules[egress], default: { ingress: 'drop', egress: 'drop' } },
} as PolicyResource);

/** What was said of a first fragment, whose word counts for the others, and why all of them die, if they do. */
interface Verdict {
  readonly datagram: Datagram;
  readonly reason: string | undefined;
}

interface Waiting {
  readonly datagram: Datagram;
  readonly frame: Uint8Array;
}

class Life {
  readonly #player: ProductPlayer;
  readonly #fragments = new ModelFragments<Waiting, Verdict>();
  readonly #connections: ModelConnections;
  readonly #heardMs = new Map<string, number>();
  #policies: PolicyModel;
  #resources: readonly PolicyResource[];
  #nowMs = 0;
  #died = new Map<string, number>();
  // Of one step: who gets which frames in this order, who is told, and who died of what.
  #wanted = new Map<number, string[]>();
  #told = new Map<number, number>();
  #dead = new Map<string, number>();
  readonly wrong: string[] = [];
  passed = 0;
  released = 0;
  died = 0;

  constructor(player: ProductPlayer, policies: Story['policies']) {
    this.#player = player;
    this.#resources = [network, ...hosts.map(portResource), ...hosts.map((host, index) => policyResource(host, ...policies[index]!))];
    this.#connections = new ModelConnections(this.#resources);
    this.#policies = new PolicyModel(this.#resources);
  }

  async begin(): Promise<void> {
    await this.#player.apply(this.#resources as unknown as Resource[]);
  }

  async live(one: Step): Promise<void> {
    switch (one.step) {
      case 'piece':
        this.#send(one.datagram, one.cut);
        break;
      case 'whole':
        for (const index of one.order) if (cutPlans[one.cuts]![index] !== undefined) this.#send(one.datagram, cutPlans[one.cuts]![index]!);
        break;
      case 'trickle':
        for (let index = 0; index < one.count; ++index) {
          const [id, from] = one.of === 'one' ? [one.datagram.id, 64 + index * 8] : [100 + index, 64];
          this.#send({ ...one.datagram, id }, { from, length: 8, isLast: false });
        }
        break;
      case 'wait':
        this.#wait(one.ms);
        break;
      case 'policy':
        await this.#apply(policyResource(one.host, one.ingress, one.egress));
        break;
      case 'replace':
        await this.#replace(one.host);
        break;
    }
    this.#check(JSON.stringify(one));
  }

  ledger(): readonly string[] {
    return findImbalances(this.#player.ledger(), this.#player.deaths());
  }

  #send(datagram: Datagram, cut: Cut): void {
    const frame = frameOf(datagram, cut);
    this.#player.send(nameOf(datagram.from), frame);
    this.#player.run();
    const outcome = readFrame(frame, false);
    if (!outcome.ok) return this.#die(datagram, outcome.reason);
    const piece = readPiece(frame, outcome.reading, 'dev', nameOf(datagram.from));
    const answer = this.#fragments.take(piece, nameOf(datagram.from), { datagram, frame }, this.#nowMs);
    this.#bury();
    if (answer.fate === 'dies') this.#die(datagram, answer.reason);
    else if (answer.fate === 'judged') this.#passLater({ datagram, frame }, answer.verdict);
    else if (answer.fate === 'judge') {
      const verdict = { datagram, reason: this.#passFirst({ datagram, frame }) };
      for (const waiting of this.#fragments.judged(answer.datagram, verdict)) {
        this.released += 1;
        this.#passLater(waiting, verdict);
      }
    }
  }

  /** Why all of its datagram dies, if it does. */
  #passFirst(first: Waiting): string | undefined {
    const { datagram } = first;
    if (typeof datagram.to !== 'number') return this.#flood(first);
    const { key, side } = identify(datagram);
    const fate = this.#connections.hear(key, side, (from) => this.#opening(datagram, from === side), { mayBegin: true, fits: true });
    if (datagram.kind === 'probe') this.#connections.forget(key);
    if (fate.passes) this.#heardMs.set(key, this.#nowMs);
    this.#settle(first, fate);
    return fate.reason;
  }

  #passLater({ datagram: own, frame }: Waiting, { datagram, reason }: Verdict): void {
    if (reason !== undefined) return this.#die(own, reason);
    if (typeof datagram.to !== 'number') return void this.#flood({ datagram, frame });
    const { key, side } = identify(datagram);
    this.#settle({ datagram, frame }, this.#connections.hearPiece(key, side, (from) => this.#opening(datagram, from === side)));
  }

  #settle({ datagram, frame }: Waiting, { passes, reason, isTold }: Fate): void {
    if (passes) return this.#deliver(datagram.to as number, frame);
    if (isTold === true) this.#told.set(datagram.from, (this.#told.get(datagram.from) ?? 0) + 1);
    this.#die(datagram, reason!);
  }

  /** To all others, each of which is asked. */
  #flood({ datagram, frame }: Waiting): string | undefined {
    const opening = this.#opening(datagram, true);
    if (this.#policies.decide(opening.sender, 'egress', opening.packet).verdict !== 'allow') {
      this.#die(datagram, 'egress_denied');
      return 'egress_denied';
    }
    const receivers = hosts.filter((host) => host !== datagram.from && this.#policies.decide(this.#port(host), 'ingress', opening.packet).verdict === 'allow');
    for (const host of receivers) this.#deliver(host, frame);
    if (receivers.length === 0) this.#die(datagram, 'ingress_denied');
    return undefined;
  }

  #deliver(host: number, frame: Uint8Array): void {
    this.passed += 1;
    this.#wanted.set(host, [...(this.#wanted.get(host) ?? []), hex(frame)]);
  }

  #die({ from }: Pick<Datagram, 'from'>, reason: string): void {
    this.died += 1;
    const key = `${nameOf(from)} ${reason}`;
    this.#dead.set(key, (this.#dead.get(key) ?? 0) + 1);
  }

  #bury(): void {
    for (const { waiting, reason } of this.#fragments.takeVain()) this.#die(waiting.datagram, reason);
  }

  #wait(ms: number): void {
    this.#player.advance(ms);
    this.#nowMs += ms;
    this.#fragments.expire(this.#nowMs);
    this.#bury();
    for (const [key, heardMs] of this.#heardMs) if (key.startsWith('udp') && this.#nowMs - heardMs >= forgottenMs) this.#connections.forget(key);
  }

  async #apply(resource: PolicyResource): Promise<void> {
    await this.#player.apply([resource] as unknown as Resource[]);
    this.#resources = this.#resources.map((one) => (one.kind === resource.kind && one.metadata.name === resource.metadata.name ? resource : one));
    this.#connections.become(this.#resources);
    this.#policies = new PolicyModel(this.#resources);
  }

  /** Another port with the same name, MAC and addresses: what was on its way from it ends, what was open with it is open no more. */
  async #replace(host: number): Promise<void> {
    await this.#player.remove('Port', nameOf(host));
    await this.#player.apply([portResource(host)] as unknown as Resource[]);
    this.#fragments.forgetPort(nameOf(host));
    this.#fragments.takeVain(); // they count for the port that is gone
    for (const key of this.#heardMs.keys()) if (key.split(' ').includes(nameOf(host))) this.#connections.forget(key);
  }

  #port(host: number): JudgedPort {
    return this.#resources.find(({ kind, metadata }) => kind === 'Port' && metadata.name === nameOf(host)) as unknown as JudgedPort;
  }

  /** The datagram as the first packet of a conversation, or what the other end would say as the first. */
  #opening(datagram: Datagram, isForth: boolean): Opening {
    const { from, to, kind, port, isWide } = datagram;
    const [source, destination] = isForth || typeof to !== 'number' ? [from, to] : [to, from];
    const protocol = protocolOf(kind, isWide);
    const what = kind === 'icmp' ? { type: isWide ? 128 : 8, code: 0 } : kind === 'probe' ? { type: isWide ? 139 : 13, code: 0 } : kind === 'gre' ? {} : { port: isForth ? port : 5000 };
    const receiver = typeof destination === 'number' ? this.#port(destination) : this.#port(hosts.find((host) => host !== from)!);
    return { sender: this.#port(source as number), receiver, packet: { network: 'dev', source: addressOf(source, isWide), destination: addressOf(destination, isWide), protocol, ...what } };
  }

  #check(told: string): void {
    for (const host of hosts) {
      const got = this.#player.take(nameOf(host)).map(({ frame }) => frame);
      const answers = got.filter(isRefusal).length;
      if (answers !== (this.#told.get(host) ?? 0)) this.wrong.push(`${told}: p${host} is told ${answers} times, not ${this.#told.get(host) ?? 0}`);
      const [frames, wanted] = [got.filter((frame) => !isRefusal(frame)).map(hex), this.#wanted.get(host) ?? []];
      if (frames.join() !== wanted.join()) this.wrong.push(`${told}: p${host} got ${frames.length} frames, not ${wanted.length}: ${frames.join(' ')}, not ${wanted.join(' ')}`);
    }
    const now = new Map(this.#player.deaths().map(({ port, reason, packets }) => [`${port} ${reason}`, packets]));
    for (const key of new Set([...now.keys(), ...this.#dead.keys()])) {
      const before = this.#died.get(key) ?? 0;
      const more = (now.get(key) ?? 0) - (before > (now.get(key) ?? 0) ? 0 : before); // less: the port is another now
      if (!key.includes('(deleted)') && more !== (this.#dead.get(key) ?? 0)) this.wrong.push(`${told}: ${key} ${more} times, not ${this.#dead.get(key) ?? 0}`);
    }
    const held = this.#player.ledger().items.reduce((sum, { heldPackets }) => sum + heldPackets, 0);
    if (held !== this.#fragments.waiting) this.wrong.push(`${told}: ${held} fragments wait, not ${this.#fragments.waiting}`);
    this.#died = now;
    this.#wanted = new Map();
    this.#told = new Map();
    this.#dead = new Map();
  }
}

function addressOf(target: Target, isWide: boolean): string {
  if (target === 'all') return isWide ? 'ff02::1' : '10.0.0.255';
  if (target === 'group') return isWide ? 'ff02::fb' : '224.0.0.251';
  return isWide ? `fd00::${target}` : `10.0.0.${target}`;
}

/** Which conversation it belongs to and of which side it is: GRE knows no ports, so both ends speak in one. */
function identify({ from, to, kind, port, isWide }: Datagram): { key: string; side: Side } {
  const ends = [nameOf(from), nameOf(to as number)];
  if (kind === 'gre') return { key: ['gre', ...ends.sort(), isWide].join(' '), side: from < (to as number) ? 0 : 1 };
  return { key: [kind, ...ends, isWide, kind === 'icmp' ? 0 : port].join(' '), side: 0 };
}

/** The whole datagram, from which pieces are cut; behind its end there are zeros. */
function bodyOf({ from, to, kind, port, isWide }: Datagram): Uint8Array {
  const ends = { source: addressOf(from, isWide), destination: addressOf(to, isWide) };
  const data = new Uint8Array(30).map((_, index) => index);
  switch (kind) {
    case 'udp': return udp(ends, 5000, port, data);
    case 'tcp': return tcp(ends, 5000, port, data, { flags: 'PA', sequence: 1000, acknowledgment: 2000 });
    case 'icmp': {
      const rest = join(be16(5000 + from), be16(1), data);
      return isWide ? icmpv6(ends, 128, 0, rest) : icmp(8, 0, rest);
    }
    case 'probe': {
      const rest = join(be16(1), be16(1), data);
      return isWide ? icmpv6(ends, 139, 0, rest) : icmp(13, 0, rest);
    }
    case 'gre': return data;
    case 'sctp': return join(be16(5000), be16(port), be32(77), be32(0), [4, 0], be16(8), be32(0), data);
  }
}

function frameOf(datagram: Datagram, { from, length, isLast }: Cut): Uint8Array {
  const { isWide, id, kind, to } = datagram;
  const ends = { source: addressOf(datagram.from, isWide), destination: addressOf(to, isWide) };
  const payload = join(bodyOf(datagram).subarray(from, from + length), new Uint8Array(200)).subarray(0, length);
  const next = protocolOf(kind, isWide);
  const destination = to === 'all' ? (isWide ? '33:33:00:00:00:01' : broadcastMac) : to === 'group' ? multicastMacOf(ends.destination) : macOf(to);
  return ethernet({
    source: macOf(datagram.from), destination, type: isWide ? 0x86dd : 0x0800,
    payload: isWide
      ? ipv6({ ...ends, next, payload, extensions: [{ type: 44, body: fragmentBody(from, !isLast, id) }] })
      : ipv4({ ...ends, protocol: next, payload, identification: id, offset: from, more: !isLast }),
  });
}

/** That a filter forbids it, or a reset. */
function isRefusal(frame: Uint8Array): boolean {
  const isWide = read16(frame, 12) === 0x86dd;
  const transport = isWide ? 54 : 34;
  const protocol = frame[isWide ? 20 : 23];
  if (protocol === 6) return ((frame[transport + 13] ?? 0) & 4) !== 0;
  return isWide ? protocol === 58 && read16(frame, transport) === 0x0101 : protocol === 1 && read16(frame, transport) === 0x030d;
}

t.test('fragments fare as their datagram does', { timeout: 600_000 }, async (t) => {
  let [passed, released, died] = [0, 0, 0];
  const property = fc.asyncProperty(story, async ({ policies, steps }) => {
    await using player = await ProductPlayer.open(64, 1024);
    const life = new Life(player, policies);
    await life.begin();
    for (const [index, one] of steps.entries()) {
      await life.live(one);
      if (life.wrong.length > 0) throw new Error(`step ${index}: ${life.wrong.slice(0, 3).join('\n')}`);
    }
    passed += life.passed;
    released += life.released;
    died += life.died;
    const wrong = life.ledger();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  await holds(t, 'pieces pass and die as the first one', property as fc.IRawProperty<unknown>, 150);
  t.ok(passed > 0 && released > 0 && died > 0, `${passed} pieces arrived, ${released} had waited, ${died} died`);
});
