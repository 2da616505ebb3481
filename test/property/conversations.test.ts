/**
 * SCTP, UDP, echoes and a protocol without ports, as honest ends speak them and as nobody should: the switch passes and refuses what the
 * slow twins do (test/model/sctp.ts, test/model/pair.ts), names the state that they are in and forgets when they do.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { findImbalances } from '../harness/checkers.ts';
import { be16, be32, ethernet, hex, icmp, icmpv6, ipv4, ipv6, join, udp } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import { ModelConnections, type Opening } from '../model/connections.ts';
import { ModelEcho, ModelPair } from '../model/pair.ts';
import type { JudgedPort, PolicyResource } from '../model/policy.ts';
import { type ChunkName, chunkTypes, ModelSctp, type SctpChunk, type SctpPacket } from '../model/sctp.ts';
import type { End, Hearing } from '../model/tcp.ts';
import type { Resource } from '../model/world.ts';

type Protocol = 'sctp' | 'udp' | 'echo' | 'gre';

/** The next of an honest association, or whatever chance puts together. */
type Saying = { readonly isHonest: true } | { readonly isHonest: false; readonly tag: number; readonly chunks: readonly SctpChunk[]; readonly asks: boolean };

type Step =
  | { readonly step: 'say'; readonly talk: number; readonly end: End; readonly saying: Saying }
  | { readonly step: 'associate'; readonly talk: number; readonly count: number; readonly opener: End }
  | { readonly step: 'wait'; readonly ms: number }
  | { readonly step: 'policy'; readonly policy: number };

interface Story {
  readonly talks: readonly { readonly protocol: Protocol; readonly isWide: boolean }[];
  readonly steps: readonly Step[];
}

const timeouts = {
  udp: 6, udpStream: 14, icmp: 9, icmpv6: 11, generic: 16, sctpCookieWait: 3, sctpCookieEchoed: 4, sctpEstablished: 20, sctpShutdownSent: 5,
  sctpShutdownReceived: 7, sctpShutdownAckSent: 8, sctpClosed: 10, sctpHeartbeatSent: 12,
};
/** An association from its first packet to its last: who says what. The one that opens asks for packets with the tag 11, the other with 22. */
const association: readonly (readonly [forth: boolean, packet: SctpPacket])[] = [
  [true, { tag: 0, chunks: [{ name: 'init', tag: 11 }] }], [false, { tag: 11, chunks: [{ name: 'initAck', tag: 22 }] }],
  [true, { tag: 22, chunks: [{ name: 'cookieEcho' }, { name: 'data' }] }], [false, { tag: 11, chunks: [{ name: 'cookieAck' }, { name: 'sack' }] }],
  [false, { tag: 11, chunks: [{ name: 'data' }] }], [true, { tag: 22, chunks: [{ name: 'sack' }, { name: 'shutdown' }] }],
  [false, { tag: 11, chunks: [{ name: 'shutdownAck' }] }], [true, { tag: 22, chunks: [{ name: 'shutdownComplete' }] }],
];

const tag = fc.constantFrom(11, 22, 11, 22, 0, 33);
const chunk: fc.Arbitrary<SctpChunk> = fc.record({ name: fc.constantFrom(...(Object.keys(chunkTypes) as ChunkName[])), tag, isReflected: fc.boolean() });
const saying: fc.Arbitrary<Saying> = fc.oneof(
  fc.constant<Saying>({ isHonest: true }),
  fc.record({ isHonest: fc.constant<false>(false), tag, chunks: fc.oneof({ weight: 4, arbitrary: fc.array(chunk, { minLength: 1, maxLength: 1 }) }, { weight: 1, arbitrary: fc.array(chunk, { maxLength: 3 }) }), asks: fc.boolean() }),
);
const end = fc.constantFrom<End>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ step: fc.constant('say' as const), talk: fc.nat(3), end, saying }) },
  { weight: 4, arbitrary: fc.record({ step: fc.constant('associate' as const), talk: fc.nat(3), count: fc.integer({ min: 1, max: association.length }), opener: end }) },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('wait' as const), ms: fc.constantFrom(1, 2999, 3000, 4000, 5999, 6000, 8999, 9000, 12_000, 20_000) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('policy' as const), policy: fc.nat(2) }) },
);
const story: fc.Arbitrary<Story> = fc.record({
  talks: fc.array(fc.record({ protocol: fc.constantFrom<Protocol>('sctp', 'sctp', 'udp', 'echo', 'gre'), isWide: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  steps: fc.array(step, { minLength: 5, maxLength: 40 }),
});

interface Tracked {
  readonly state: string;
  readonly timeout: string;
  hear(end: End, packet: Packet): Hearing;
}

interface Packet {
  readonly asks: boolean;
  readonly sctp: SctpPacket;
}

interface Talk {
  readonly key: string;
  readonly protocol: Protocol;
  readonly isWide: boolean;
  readonly number: number;
  tracked: Tracked | undefined;
  heardMs: number;
  /** How far an honest association came. */
  next: number;
}

const hosts = [1, 2] as const;
const port = (host: number): PolicyResource => ({
  apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `p${host}` },
  spec: { network: 'dev', type: 'memory', mac: `02:00:00:00:00:0${host}`, addresses: [`10.0.0.${host}/24`, `fd00::${host}/64`] },
} as PolicyResource);
const network = { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'dev' }, spec: { subnets: ['10.0.0.0/24', 'fd00::/64'], defaultPolicy: { ingress: 'drop' }, timeouts } } as PolicyResource;
const rules = [[{ action: 'allow' }], [{ action: 'drop' }], [{ action: 'allow', protocols: [{ udp: [80] }, { sctp: [80] }, { icmp: 'echo-request' }, { ip: 47 }] }]];
const world = (policy: number): readonly PolicyResource[] => [
  network, ...hosts.map(port), { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'all' }, spec: { appliesTo: {}, ingress: rules[policy] } } as PolicyResource,
];

class Life {
  readonly #player: ProductPlayer;
  readonly #connections = new ModelConnections(world(0));
  readonly #talks: Talk[];
  #resources = world(0);
  #nowMs = 0;
  #dead = new Map<string, number>();
  #died = new Map<string, number>();
  readonly wrong: string[] = [];
  passed = 0;
  diedAll = 0;
  expired = 0;

  constructor(player: ProductPlayer, talks: Story['talks']) {
    this.#player = player;
    const all = talks.map((talk, index): Talk => ({ ...talk, key: talk.protocol === 'gre' ? `gre ${talk.isWide}` : `talk ${index}`, number: 5000 + index, tracked: undefined, heardMs: 0, next: 0 }));
    this.#talks = [...new Map(all.map((talk) => [talk.key, talk])).values()];
  }

  async live(one: Step): Promise<void> {
    if (one.step === 'wait') this.#wait(one.ms);
    else if (one.step === 'policy') {
      this.#resources = world(one.policy);
      await this.#player.apply(this.#resources as unknown as Resource[]);
      this.#connections.become(this.#resources);
    } else {
      const talk = this.#talks[one.talk % this.#talks.length]!;
      if (one.step === 'associate') this.#associate(talk, one.count, one.opener);
      else if (one.saying.isHonest) this.#honest(talk, one.end);
      else this.#say(talk, one.end, { asks: one.saying.asks, sctp: { tag: one.saying.tag, chunks: one.saying.chunks } });
    }
    this.#check(JSON.stringify(one));
  }

  #honest(talk: Talk, end: End): void {
    if (talk.protocol === 'sctp') this.#associate(talk, 1, 0);
    else this.#say(talk, end, { asks: end === 0, sctp: association[0]![1] });
  }

  #associate(talk: Talk, count: number, opener: End): void {
    for (let index = 0; index < count; ++index) {
      const [forth, sctp] = association[talk.next]!;
      talk.next = (talk.next + 1) % association.length;
      this.#say(talk, (forth ? opener : opener ^ 1) as End, { asks: forth, sctp });
    }
  }

  #say(talk: Talk, end: End, packet: Packet): void {
    const frame = this.#frame(talk, end, packet);
    const [sender, receiver] = end === 0 ? ['p1', 'p2'] as const : ['p2', 'p1'] as const;
    const told = `${talk.key} ${talk.protocol} end ${end} ${JSON.stringify(talk.protocol === 'sctp' ? packet.sctp : packet.asks)}, ${talk.tracked?.state ?? 'none'}`;
    const reason = this.#judge(talk, end, packet);
    this.#player.send(sender, frame);
    this.#player.run();
    const got = this.#player.take(receiver).map((one) => hex(one.frame));
    const wanted = reason === undefined ? [hex(frame)] : [];
    if (got.join() !== wanted.join()) this.wrong.push(`${told}: ${got.length === 0 ? 'died' : 'passed'}, and the twin says ${reason ?? 'it passes'}`);
    if (this.#player.take(sender).length > 0) this.wrong.push(`${told}: its sender is told`);
    if (reason === undefined) this.passed += 1;
    else {
      this.diedAll += 1;
      this.#dead.set(`${sender} ${reason}`, (this.#dead.get(`${sender} ${reason}`) ?? 0) + 1);
    }
  }

  /** Why it dies, if it does. */
  #judge(talk: Talk, end: End, packet: Packet): string | undefined {
    const openingOf = (from: End): Opening => this.#opening(talk, from);
    const isKnown = talk.tracked !== undefined;
    const mayBegin = talk.protocol === 'sctp' ? ModelSctp.mayBegin(packet.sctp) : talk.protocol !== 'echo' || packet.asks;
    const fate = this.#connections.hear(talk.key, end, openingOf, { mayBegin, fits: true });
    if (!fate.passes) return fate.reason;
    const heard = isKnown ? talk.tracked!.hear(end, packet) : { what: 'reopens' as const };
    if (heard.what === 'dies') return 'connection_invalid';
    if (heard.what === 'reopens') {
      const anew = isKnown ? this.#connections.reopen(talk.key, end, openingOf) : fate;
      if (!anew.passes) return anew.reason;
      talk.tracked = begin(talk, end, packet);
    }
    if (heard.what !== 'passes' || heard.provesNothing !== true) talk.heardMs = this.#nowMs;
    return undefined;
  }

  #wait(ms: number): void {
    this.#player.advance(ms);
    this.#nowMs += ms;
    for (const talk of this.#talks) {
      if (talk.tracked === undefined || this.#nowMs - talk.heardMs < timeouts[talk.tracked.timeout as keyof typeof timeouts] * 1000) continue;
      talk.tracked = undefined;
      this.#connections.forget(talk.key);
      this.expired += 1;
    }
  }

  #check(told: string): void {
    const now = new Map(this.#player.deaths().map(({ port: name, reason, packets }) => [`${name} ${reason}`, packets]));
    for (const key of new Set([...now.keys(), ...this.#dead.keys()])) {
      const more = (now.get(key) ?? 0) - (this.#died.get(key) ?? 0);
      if (more !== (this.#dead.get(key) ?? 0)) this.wrong.push(`${told}: ${key} ${more} times, not ${this.#dead.get(key) ?? 0}`);
    }
    this.#died = now;
    this.#dead = new Map();
    const said = this.#player.product.flows().map(({ state }) => state).sort();
    const wanted = this.#talks.flatMap(({ tracked }) => (tracked === undefined ? [] : [tracked.state])).sort();
    if (said.join() !== wanted.join()) this.wrong.push(`${told}: connections are ${said.join()}, and the twin says ${wanted.join()}`);
  }

  ledger(): readonly string[] {
    return findImbalances(this.#player.ledger(), this.#player.deaths());
  }

  #address({ isWide }: Talk, who: End): string {
    return isWide ? `fd00::${hosts[who]}` : `10.0.0.${hosts[who]}`;
  }

  #opening(talk: Talk, from: End): Opening {
    const to: End = from === 0 ? 1 : 0;
    const portOf = (who: End): JudgedPort => this.#resources.find(({ metadata }) => metadata.name === `p${hosts[who]}`) as unknown as JudgedPort;
    const what = talk.protocol === 'echo' ? { type: talk.isWide ? 128 : 8, code: 0 } : talk.protocol === 'gre' ? {} : { port: from === 0 ? 80 : talk.number };
    return { sender: portOf(from), receiver: portOf(to), packet: { network: 'dev', source: this.#address(talk, from), destination: this.#address(talk, to), protocol: protocolOf(talk), ...what } };
  }

  #frame(talk: Talk, from: End, packet: Packet): Uint8Array {
    const to: End = from === 0 ? 1 : 0;
    const ends = { source: this.#address(talk, from), destination: this.#address(talk, to) };
    const ports = from === 0 ? [talk.number, 80] as const : [80, talk.number] as const;
    const payload = payloadOf(talk, packet, ends, ports);
    return ethernet({
      source: `02:00:00:00:00:0${hosts[from]}`, destination: `02:00:00:00:00:0${hosts[to]}`, type: talk.isWide ? 0x86dd : 0x0800,
      payload: talk.isWide ? ipv6({ ...ends, next: protocolOf(talk), payload }) : ipv4({ ...ends, protocol: protocolOf(talk), payload }),
    });
  }
}

function protocolOf({ protocol, isWide }: Talk): number {
  return { sctp: 132, udp: 17, gre: 47, echo: isWide ? 58 : 1 }[protocol];
}

function begin({ protocol, isWide }: Talk, end: End, { sctp }: Packet): Tracked {
  if (protocol === 'sctp') {
    const association = new ModelSctp(end, sctp);
    return { get state() { return association.state; }, get timeout() { return association.timeout; }, hear: (from, packet) => association.hear(from, packet.sctp) };
  }
  if (protocol !== 'echo') return new ModelPair(protocol === 'udp' ? 'udp' : 'generic', end);
  const echo = new ModelEcho(isWide ? 'icmpv6' : 'icmp', end);
  return { get state() { return echo.state; }, timeout: echo.timeout, hear: (from, { asks }) => echo.hear(from, asks) };
}

function payloadOf({ protocol, isWide, number }: Talk, { asks, sctp }: Packet, ends: { source: string; destination: string }, ports: readonly [number, number]): Uint8Array {
  const data = new Uint8Array(8);
  switch (protocol) {
    case 'udp': return udp(ends, ...ports, data);
    case 'gre': return data;
    case 'echo': {
      const rest = join(be16(number), be16(1), data);
      return isWide ? icmpv6(ends, asks ? 128 : 129, 0, rest) : icmp(asks ? 8 : 0, 0, rest);
    }
    case 'sctp': return join(be16(ports[0]), be16(ports[1]), be32(sctp.tag), be32(0), ...sctp.chunks.map(bytesOf));
  }
}

function bytesOf({ name, tag: own = 0, isReflected = false }: SctpChunk): Uint8Array {
  const body = name === 'init' || name === 'initAck' ? join(be32(own), be32(1000), be16(1), be16(1), be32(1)) : name === 'data' ? new Uint8Array(13) : new Uint8Array(4);
  const length = 4 + body.length;
  return join([chunkTypes[name], isReflected && (name === 'abort' || name === 'shutdownComplete') ? 1 : 0], be16(length), body, new Uint8Array((4 - (length % 4)) % 4));
}

t.test('SCTP, UDP, echoes and others fare as their slow twins say', { timeout: 600_000 }, async (t) => {
  let [passed, died, expired] = [0, 0, 0];
  const property = fc.asyncProperty(story, async ({ talks, steps }) => {
    await using player = await ProductPlayer.open(64, 256);
    await player.apply(world(0) as unknown as Resource[]);
    const life = new Life(player, talks);
    for (const [index, one] of steps.entries()) {
      await life.live(one);
      if (life.wrong.length > 0) throw new Error(`step ${index}: ${life.wrong.slice(0, 3).join('\n')}`);
    }
    passed += life.passed;
    died += life.diedAll;
    expired += life.expired;
    const wrong = life.ledger();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  await holds(t, 'packets fare as the twins say', property as fc.IRawProperty<unknown>, 150);
  t.ok(passed > 0 && died > 0 && expired > 0, `${passed} packets passed, ${died} died, ${expired} conversations were forgotten`);
});
