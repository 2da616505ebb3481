/**
 * Connections in worlds of policies that nobody wrote down: an allowed one survives any change that still allows it, and dies with any
 * that does not, whichever side speaks next.
 *
 * A world of policies becomes another in the middle of conversations: labels, places of peers, rules, tiers, names of ports, whole
 * policies. After each change whoever speaks is asked of the switch and of a plain list of connections (test/model/connections.ts). TCP
 * is honest here, or plainly wrong: a segment far out of any window, an answer to nothing. Golden and native tests know the edges.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { findImbalances } from '../harness/checkers.ts';
import { be16, ethernet, fragmentBody, hex, icmp, icmpv6, ipv4, ipv6, join, protocols, read16, tcp, udp } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import { ModelConnections, type Opening, type Side } from '../model/connections.ts';
import type { JudgedPort, PolicyResource } from '../model/policy.ts';
import type { Resource } from '../model/world.ts';
import { hosts, policyWorld } from './policy-worlds.ts';

type NetworkName = 'dev' | 'prod';
type Protocol = 'tcp' | 'udp' | 'icmp' | 'gre';

interface TalkPlan {
  network: NetworkName;
  from: number;
  to: number;
  isWide: boolean;
  protocol: Protocol;
  port: number;
}

interface Talk extends TalkPlan {
  key: string;
  source: number;
  phase: 'closed' | 'asked' | 'answered' | 'open';
  sequence: [number, number];
  round: number; // of the change before which it was heard last
}

interface Word {
  talk: number;
  side: Side;
  /** An ICMP error is about what the other side said last; a datagram comes whole or in pieces, in one of six orders. */
  says: 'word' | 'nonsense' | 'error' | 'pieces';
  order: number;
}

type Step =
  | { step: 'speak'; talks: readonly Word[] }
  | { step: 'become'; world: number }
  | { step: 'disturb' };

const established = fc.constantFrom('recheck', 'recheck', 'keep', 'kill');
const oneWorld = fc.tuple(policyWorld, fc.array(established, { minLength: 4, maxLength: 4 })).map(([resources, words]) => prepared(resources, words));
/** The first world, and what becomes of it: another world, or the first with other labels, or with other policies. */
const worlds = fc.tuple(oneWorld, fc.array(fc.tuple(oneWorld, fc.constantFrom('all', 'labels', 'policies', 'policies')), { minLength: 1, maxLength: 3 }))
  .map(([first, others]) => [first, ...others.map(([other, part]) => (part === 'all' ? other : mixed(first, other, part)))]);
const talkPlan: fc.Arbitrary<TalkPlan> = fc.record({
  network: fc.constantFrom<NetworkName>('dev', 'dev', 'dev', 'dev', 'dev', 'prod'), from: fc.constantFrom(...hosts), to: fc.constantFrom(...hosts), isWide: fc.boolean(),
  protocol: fc.constantFrom<Protocol>('tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'gre'), port: fc.constantFrom(80, 80, 81, 443, 1),
}).filter(({ from, to }) => from !== to);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6, arbitrary: fc.record({
      step: fc.constant('speak' as const),
      talks: fc.array(fc.record({ talk: fc.nat(5), side: fc.constantFrom<Side>(0, 0, 1), says: fc.constantFrom<Word['says']>('word', 'word', 'word', 'word', 'word', 'pieces', 'nonsense', 'error'), order: fc.nat(5) }), { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('become' as const), world: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ step: 'disturb' as const }) },
);

/** The ports of one world where they are, with the labels and names that they have in another; or with the other's policies. */
function mixed(first: readonly PolicyResource[], other: readonly PolicyResource[], part: string): readonly PolicyResource[] {
  const isPort = ({ kind }: PolicyResource): boolean => kind === 'Port';
  if (part === 'policies') return [...first.filter(isPort), ...other.filter((resource) => !isPort(resource))];
  const twinOf = ({ metadata }: PolicyResource): PolicyResource | undefined => other.find((resource) => isPort(resource) && resource.metadata.name === metadata.name);
  return first.map((resource) => {
    const twin = isPort(resource) ? twinOf(resource) : undefined;
    if (twin === undefined) return resource;
    const { namedPorts, ...spec } = { ...(resource.spec as Record<string, unknown>) };
    const names = (twin.spec as { namedPorts?: unknown }).namedPorts ?? namedPorts;
    return { ...resource, metadata: { ...resource.metadata, labels: twin.metadata.labels ?? {} }, spec: { ...spec, ...(names === undefined ? {} : { namedPorts: names }) } };
  });
}

/**
 * All hosts are there. Networks deny by default, so that connections are tracked; where one was to allow, a policy behind all others
 * does.
 */
function prepared(resources: readonly PolicyResource[], words: readonly string[]): readonly PolicyResource[] {
  let index = 0;
  const missing = hosts.filter((host) => !resources.some(({ kind, metadata }) => kind === 'Port' && metadata.name === `p${host}`));
  const added = missing.map((host) => ({
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `p${host}`, labels: { app: host % 2 === 0 ? 'a' : 'b' } },
    spec: { network: 'dev', type: 'memory', mac: macOf(host), addresses: [`10.0.0.${host}/24`, `fd00::${host}/64`] },
  }));
  return [...resources, ...added].flatMap((resource): PolicyResource[] => {
    const spec = resource.spec as Record<string, unknown>;
    if (resource.kind === 'Policy') return [{ ...resource, spec: { ...spec, established: words[index++ % words.length] } }];
    if (resource.kind !== 'Network') return [resource];
    const { name } = resource.metadata;
    const isOpen = (spec['defaultPolicy'] as { ingress: string }).ingress === 'allow';
    const open = { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: `zz-open-${name}` }, spec: { tier: 'baseline', order: 1000, appliesTo: { networks: [name] }, default: { ingress: 'allow' } } };
    return [{ ...resource, spec: { ...spec, defaultPolicy: { ingress: 'drop' } } }, ...(isOpen ? [open] : [])];
  });
}

const nameOf = ({ kind, metadata }: PolicyResource): string => (kind === 'Port' || kind === 'NetworkPolicy' ? `${metadata.namespace ?? 'default'}/${metadata.name}` : metadata.name);
const vlans: Readonly<Record<NetworkName, number>> = { dev: 10, prod: 11 };
const macOf = (host: number): string => `02:00:00:00:00:0${host}`;
const data = new Uint8Array(10);
const long = new Uint8Array(40); // behind its header three pieces
const pieceLength = 16;
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

class Life {
  readonly #player: ProductPlayer;
  readonly #twin: ModelConnections;
  readonly #talks: Talk[];
  #resources: readonly PolicyResource[];
  #deaths = new Map<string, number>();
  readonly wrong: string[] = [];
  passed = 0;
  /** Frames of conversations that began before a change: what passed all the same, and what did not any more. */
  survived = 0;
  ended = 0;
  #round = 0;
  #cut = 0; // datagrams that were cut

  constructor(player: ProductPlayer, resources: readonly PolicyResource[], plans: readonly TalkPlan[]) {
    this.#player = player;
    this.#resources = resources;
    this.#twin = new ModelConnections(resources);
    const talks = plans.map((plan, index): Talk => ({ ...plan, key: plan.protocol === 'gre' ? `gre ${plan.network} ${[plan.from, plan.to].sort().join()} ${plan.isWide}` : `talk ${index}`, source: 20_000 + index, phase: 'closed', sequence: [1000, 5000], round: 0 }));
    this.#talks = [...new Map(talks.map((talk) => [talk.key, talk])).values()];
  }

  async become(resources: readonly PolicyResource[]): Promise<void> {
    const stays = new Set(resources.map((resource) => `${resource.kind} ${nameOf(resource)}`));
    const gone = this.#resources.filter((resource) => !stays.has(`${resource.kind} ${nameOf(resource)}`));
    const before = this.#resources;
    if (gone.length > 0) await this.#player.product.delete(gone.map((resource) => ({ kind: resource.kind, name: nameOf(resource) })));
    await this.#player.apply(resources as unknown as Resource[]);
    this.#resources = resources;
    this.#twin.become(resources);
    this.#round += 1;
    // Whose end is another port now begins anew; whose end stands elsewhere, with other numbers: what it had open may be ended, and told.
    const mayBeTold = new Map<string, number>();
    for (const talk of [...this.#talks]) {
      const ends = [talk.from, talk.to];
      const isSame = ends.every((host) => this.#placeOf(before, host) === this.#placeOf(resources, host));
      if (isSame) continue;
      this.#twin.forget(talk.key);
      const isMoved = ends.some((host) => this.#placeOf(before, host).split(' ')[0] === this.#placeOf(resources, host).split(' ')[0] && this.#placeOf(before, host) !== this.#placeOf(resources, host));
      if (!isMoved) {
        // Another port with the same number, MAC and addresses, maybe: what was open with the one is not with the other.
        Object.assign(talk, { phase: 'closed', sequence: [1000, 5000] });
        continue;
      }
      if (talk.protocol === 'tcp') for (const host of ends) mayBeTold.set(this.#portOf(host), (mayBeTold.get(this.#portOf(host)) ?? 0) + 1);
      Object.assign(talk, { key: `${talk.key}'`, source: talk.source + 100, phase: 'closed', sequence: [1000, 5000] });
      if (talk.protocol === 'gre') this.#talks.splice(this.#talks.indexOf(talk), 1);
    }
    // Time passes, and with it the switch looks after those whose ends want to be told.
    const told = new Map<string, number>();
    for (const talk of this.#talks) {
      if (!this.#isThere(talk) || !this.#twin.endsNow(talk.key, (side) => this.#opening(talk, side)) || talk.protocol !== 'tcp') continue;
      for (const host of [talk.from, talk.to]) told.set(this.#portOf(host), (told.get(this.#portOf(host)) ?? 0) + 1);
    }
    this.#player.advance(100);
    this.#compare('after the change', new Map(), told, mayBeTold, new Map());
  }

  disturb(): void {
    this.#player.advance(100);
    this.#compare('at rest', new Map(), new Map(), new Map(), new Map());
  }

  speak(words: readonly Word[]): void {
    const [delivered, told, mayBeTold, dead] = [new Map<string, string[]>(), new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
    const heard = new Set<Talk>();
    const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const { talk: index, side, says, order } of words) {
      const talk = this.#talks[index % Math.max(1, this.#talks.length)];
      if (talk === undefined || heard.has(talk) || !this.#isThere(talk)) continue;
      heard.add(talk);
      const [sender, receiver] = side === 0 ? [talk.from, talk.to] : [talk.to, talk.from];
      const isError = says === 'error' && this.#mayErr(talk, side);
      const { payload, mayBegin, fits, then } = isError ? this.#err(talk, side) : this.#say(talk, side, says === 'nonsense');
      const identification = says === 'pieces' && talk.protocol === 'udp' ? ++this.#cut : 0;
      const framesAt = (host: number): Uint8Array[] => (identification === 0 ? [this.#frame(talk, side, payload, host, isError)] : orders[order]!.map((piece) => this.#frame(talk, side, payload, host, false, { identification, piece })));
      for (const frame of framesAt(sender)) this.#player.send(this.#portOf(sender), frame);
      const isOld = this.#twin.knows(talk.key) && talk.round < this.#round;
      const openingOf = (from: Side): Opening => this.#opening(talk, from);
      const fate = isError ? this.#twin.hearError(talk.key, openingOf) : this.#twin.hear(talk.key, side, openingOf, { mayBegin, fits });
      if (fate.passes) {
        this.passed += 1;
        this.survived += isOld ? 1 : 0;
        talk.round = this.#round;
        then();
        delivered.set(this.#portOf(receiver), [...(delivered.get(this.#portOf(receiver)) ?? []), ...framesAt(receiver).map(hex)]);
      } else {
        this.ended += isOld && /_denied$/.test(fate.reason ?? '') ? 1 : 0;
        for (const _ of framesAt(sender)) add(dead, `${this.#portOf(sender)} ${fate.reason}`);
        if (fate.isTold === true) add(told, this.#portOf(sender));
        if (fate.isTold === undefined) add(mayBeTold, this.#portOf(sender));
      }
    }
    this.#player.run();
    this.#compare(JSON.stringify(words), delivered, told, mayBeTold, dead);
    this.#player.advance(100);
  }

  ledger(): readonly string[] {
    return findImbalances(this.#player.ledger(), this.#player.deaths());
  }

  #compare(told: string, delivered: Map<string, string[]>, answers: Map<string, number>, mayBe: Map<string, number>, dead: Map<string, number>): void {
    for (const resource of this.#resources.filter(({ kind }) => kind === 'Port')) {
      const name = nameOf(resource);
      const wanted = [...(delivered.get(name) ?? [])];
      let count = 0;
      for (const { frame } of this.#player.take(name)) {
        const at = wanted.indexOf(hex(frame));
        if (at >= 0) wanted.splice(at, 1);
        else if (isRefusal(frame)) count += 1;
        else this.wrong.push(`${told}: ${name} must not get ${hex(frame)}`);
      }
      for (const frame of wanted) this.wrong.push(`${told}: ${name} must get ${frame}`);
      const least = answers.get(name) ?? 0;
      if (count < least || count > least + (mayBe.get(name) ?? 0)) this.wrong.push(`${told}: ${name} is told ${count} times, not ${least}`);
    }
    const now = new Map(this.#player.deaths().map(({ port, reason, packets }) => [`${port.includes('/') ? port : `default/${port}`} ${reason}`, packets]));
    for (const key of new Set([...now.keys(), ...dead.keys()])) {
      const more = Math.max(0, (now.get(key) ?? 0) - (this.#deaths.get(key) ?? 0)); // less: the port is another now
      if (!key.includes('(deleted)') && more !== (dead.get(key) ?? 0)) this.wrong.push(`${told}: ${key} ${more} times, not ${dead.get(key) ?? 0}`);
    }
    this.#deaths = now;
  }

  #resourceOf(host: number): PolicyResource | undefined {
    return this.#resources.find(({ kind, metadata }) => kind === 'Port' && metadata.name === `p${host}`);
  }

  #portOf(host: number): string {
    return nameOf(this.#resourceOf(host)!);
  }

  /** Which port it is and where it stands. */
  #placeOf(resources: readonly PolicyResource[], host: number): string {
    const port = resources.find(({ kind, metadata }) => kind === 'Port' && metadata.name === `p${host}`);
    const { network, trunk } = (port?.spec ?? {}) as JudgedPort['spec'];
    return port === undefined ? '' : `${nameOf(port)} ${network ?? JSON.stringify(trunk)}`;
  }

  #isThere({ network, from, to }: TalkPlan): boolean {
    return [from, to].every((host) => {
      const spec = this.#resourceOf(host)?.spec as JudgedPort['spec'] | undefined;
      return spec !== undefined && (spec.network === network || spec.trunk !== undefined);
    });
  }

  #address({ network, isWide }: TalkPlan, host: number): string {
    return isWide ? `fd00${network === 'prod' ? ':1' : ''}::${host}` : `10.0.${network === 'prod' ? 1 : 0}.${host}`;
  }

  #opening(talk: Talk, side: Side): Opening {
    const [sender, receiver] = side === 0 ? [talk.from, talk.to] : [talk.to, talk.from];
    const what = talk.protocol === 'icmp' ? { protocol: talk.isWide ? 58 : 1, type: talk.isWide ? 128 : 8, code: 0 }
      : talk.protocol === 'gre' ? { protocol: 47 } : { protocol: protocols[talk.protocol], port: side === 0 ? talk.port : talk.source };
    return {
      sender: this.#resourceOf(sender) as unknown as JudgedPort, receiver: this.#resourceOf(receiver) as unknown as JudgedPort,
      packet: { network: talk.network, source: this.#address(talk, sender), destination: this.#address(talk, receiver), ...what },
    };
  }

  /** What a side says next; `then` is what both know once it arrived. */
  #say(talk: Talk, side: Side, isWrong: boolean): { payload: Uint8Array; mayBegin: boolean; fits: boolean; then: () => void } {
    const other = (side ^ 1) as Side;
    const [sender, receiver] = side === 0 ? [talk.from, talk.to] : [talk.to, talk.from];
    const ends = { source: this.#address(talk, sender), destination: this.#address(talk, receiver) };
    const ports = side === 0 ? [talk.source, talk.port] as const : [talk.port, talk.source] as const;
    const nothing = (): void => {};
    if (talk.protocol === 'udp') return { payload: udp(ends, ...ports, long), mayBegin: true, fits: true, then: nothing };
    if (talk.protocol === 'gre') return { payload: data, mayBegin: true, fits: true, then: nothing };
    if (talk.protocol === 'icmp') {
      const rest = join(be16(talk.source), be16(1), data);
      const payload = talk.isWide ? icmpv6(ends, side === 0 ? 128 : 129, 0, rest) : icmp(side === 0 ? 8 : 0, 0, rest);
      return { payload, mayBegin: side === 0, fits: true, then: nothing };
    }
    const [mine, theirs] = [talk.sequence[side], talk.sequence[other]];
    const segment = (flags: string, sequence: number, body = new Uint8Array(0)): Uint8Array =>
      tcp(ends, ...ports, body, { flags, sequence, acknowledgment: flags.includes('A') ? theirs : 0, window: 8192 });
    if (isWrong && talk.phase === 'open') return { payload: segment('A', mine + 1_000_000, data), mayBegin: true, fits: false, then: nothing };
    if (talk.phase === 'open') {
      // Data of a connection that was forgotten begin one: running connections are picked up.
      return { payload: segment('PA', mine, data), mayBegin: true, fits: true, then: () => void (talk.sequence[side] += data.length) };
    }
    if (talk.phase === 'closed' || (talk.phase === 'asked' && side === 0)) {
      if (side === 1) return { payload: segment('SA', mine), mayBegin: false, fits: false, then: nothing };
      return { payload: segment('S', 1000), mayBegin: true, fits: true, then: () => void Object.assign(talk, { phase: 'asked', sequence: [1001, 5000] }) };
    }
    if (side === 1) return { payload: segment('SA', 5000), mayBegin: false, fits: true, then: () => void Object.assign(talk, { phase: 'answered', sequence: [1001, 5001] }) };
    return { payload: segment('A', mine), mayBegin: true, fits: true, then: () => void (talk.phase = 'open') };
  }

  /** Whether the other side ever said anything that an error could be about. */
  #mayErr({ protocol, phase }: Talk, side: Side): boolean {
    return protocol === 'udp' || (protocol === 'tcp' && (side === 1 ? phase !== 'closed' : phase === 'answered' || phase === 'open'));
  }

  #err(talk: Talk, side: Side): { payload: Uint8Array; mayBegin: boolean; fits: boolean; then: () => void } {
    const other = (side ^ 1) as Side;
    const [speaker, hearer] = other === 0 ? [talk.from, talk.to] : [talk.to, talk.from];
    const about = { source: this.#address(talk, speaker), destination: this.#address(talk, hearer) };
    const ports = other === 0 ? [talk.source, talk.port] as const : [talk.port, talk.source] as const;
    const payload = talk.protocol === 'udp' ? udp(about, ...ports, data) : tcp(about, ...ports, data, { flags: 'PA', sequence: talk.sequence[other] - 1, acknowledgment: talk.sequence[side] });
    const number = talk.protocol === 'udp' ? 17 : 6;
    const quoted = talk.isWide ? ipv6({ ...about, next: number, payload }) : ipv4({ ...about, protocol: number, payload });
    const rest = join(be16(0), be16(0), quoted);
    const ends = { source: about.destination, destination: about.source };
    return { payload: talk.isWide ? icmpv6(ends, 1, 4, rest) : icmp(3, 3, rest), mayBegin: false, fits: true, then: () => {} };
  }

  /** As it is at the port of one end: tagged where that is a trunk. */
  #frame(talk: Talk, side: Side, payload: Uint8Array, at: number, isError = false, cut?: { identification: number; piece: number }): Uint8Array {
    const [sender, receiver] = side === 0 ? [talk.from, talk.to] : [talk.to, talk.from];
    const ends = { source: this.#address(talk, sender), destination: this.#address(talk, receiver) };
    const number = isError || talk.protocol === 'icmp' ? (talk.isWide ? 58 : 1) : talk.protocol === 'gre' ? 47 : protocols[talk.protocol];
    const isTrunk = (this.#resourceOf(at)?.spec as JudgedPort['spec']).trunk !== undefined;
    const [from, more] = cut === undefined ? [0, false] : [cut.piece * pieceLength, cut.piece < 2];
    const part = cut === undefined ? payload : payload.subarray(from, more ? from + pieceLength : payload.length);
    const ipv4Cut = cut === undefined ? {} : { identification: cut.identification, offset: from, more };
    const ipv6Cut = cut === undefined ? {} : { extensions: [{ type: 44, body: fragmentBody(from, more, cut.identification) }] };
    return ethernet({
      source: macOf(sender), destination: macOf(receiver), type: talk.isWide ? 0x86dd : 0x0800, tags: isTrunk ? [{ vlan: vlans[talk.network] }] : [],
      payload: talk.isWide ? ipv6({ ...ends, next: number, payload: part, ...ipv6Cut }) : ipv4({ ...ends, protocol: number, payload: part, ...ipv4Cut }),
    });
  }
}

/** A reset, or that a filter forbids it: what a sender is told. */
function isRefusal(frame: Uint8Array): boolean {
  const at = read16(frame, 12) === 0x8100 ? 18 : 14;
  const isWide = read16(frame, at - 2) === 0x86dd;
  const protocol = frame[at + (isWide ? 6 : 9)];
  const transport = at + (isWide ? 40 : 20);
  if (protocol === 6) return ((frame[transport + 13] ?? 0) & 4) !== 0;
  return isWide ? protocol === 58 && read16(frame, transport) === 0x0101 : protocol === 1 && read16(frame, transport) === 0x030d;
}

t.test('connections live as long as policies allow them', { timeout: 600_000 }, async (t) => {
  let [passed, survived, ended] = [0, 0, 0];
  const property = fc.asyncProperty(worlds, fc.array(talkPlan, { minLength: 3, maxLength: 6 }), fc.array(step, { minLength: 20, maxLength: 50 }), async (all, plans, steps) => {
    await using player = await ProductPlayer.open();
    const [first] = all as [readonly PolicyResource[]];
    await player.apply(first as unknown as Resource[]);
    const life = new Life(player, first, plans);
    for (const [index, one] of steps.entries()) {
      if (one.step === 'speak') life.speak(one.talks);
      else if (one.step === 'become') await life.become(all[one.world % all.length]!);
      else life.disturb();
      if (life.wrong.length > 0) throw new Error(`step ${index}: ${life.wrong.slice(0, 4).join('\n')}`);
    }
    passed += life.passed;
    survived += life.survived;
    ended += life.ended;
    const wrong = life.ledger();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  await holds(t, 'an allowed connection survives what still allows it, and dies with what does not', property as fc.IRawProperty<unknown>, 150);
  t.ok(survived > 0 && ended > 0, `${passed} frames passed, ${survived} of conversations that survived a change, and ${ended} died of one`);
});
