/**
 * TCP as two honest ends speak it, over a network that loses, repeats and delays, and with segments among it that somebody forged: the
 * switch passes and refuses what its slow twin does (test/model/tcp.ts), and names the state that the twin is in.
 *
 * The clock moves to the edges of timeouts, and policies change in between: what they say of a connection that is there the plain list of
 * connections knows (test/model/connections.ts). Where the books leave something open the twin follows the switch.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { findImbalances } from '../harness/checkers.ts';
import { ethernet, hex, ipv4, ipv6, read16, read32, tcp } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import { ModelConnections, type Opening } from '../model/connections.ts';
import type { JudgedPort, PolicyResource } from '../model/policy.ts';
import { TcpEnd } from '../model/tcp-end.ts';
import { type End, ModelTcp, type Segment } from '../model/tcp.ts';
import type { Resource } from '../model/world.ts';
import { calmStories, forged, perform, type TalkPlan, type TcpStep, type TcpStory, type Way, wildStories } from './tcp-stories.ts';

const timeouts = {
  tcpSynSent: 20, tcpSynReceived: 15, tcpEstablished: 100, tcpFinWait: 30, tcpCloseWait: 12, tcpLastAck: 8, tcpTimeWait: 29, tcpClose: 5, tcpUnacknowledged: 60,
};
const hosts = [1, 2] as const;
const serverPort = 80;
const namesOfFlags = 'FSRPAUEC';

interface Talk {
  readonly key: string;
  readonly plan: TalkPlan;
  readonly port: number;
  readonly ends: readonly [TcpEnd, TcpEnd];
  tcp: ModelTcp | undefined;
  heardMs: number;
  readonly late: { end: End; segment: Segment }[];
  readonly behind: { end: End; segment: Segment }[];
}

interface Report {
  passed: number;
  died: number;
  open: number;
  expired: number;
}

const port = (host: number): PolicyResource => ({
  apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `p${host}` },
  spec: { network: 'dev', type: 'memory', mac: `02:00:00:00:00:0${host}`, addresses: [`10.0.0.${host}/24`, `fd00::${host}/64`] },
} as PolicyResource);
const policy = (rules: readonly object[], established: string): PolicyResource => ({
  apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'web' }, spec: { appliesTo: {}, ingress: rules, established },
} as PolicyResource);
/** From the one that lets all in to those that do not; the last lets in who knocks at the server's port. */
const policies = [
  policy([{ action: 'allow' }], 'recheck'), policy([{ action: 'drop' }], 'recheck'), policy([{ action: 'reject' }], 'recheck'),
  policy([{ action: 'allow' }], 'keep'), policy([{ action: 'allow' }], 'kill'), policy([{ action: 'allow', protocols: [{ tcp: [serverPort] }] }], 'recheck'),
];

class Life {
  readonly #player: ProductPlayer;
  readonly #isCalm: boolean;
  readonly #isLoose: boolean;
  readonly #connections: ModelConnections;
  readonly #talks: Talk[];
  #resources: readonly PolicyResource[];
  #nowMs = 0;
  #dead = new Map<string, number>();
  #died = new Map<string, number>();
  readonly wrong: string[] = [];
  readonly report: Report = { passed: 0, died: 0, open: 0, expired: 0 };

  constructor(player: ProductPlayer, { talks, isLoose }: TcpStory, isCalm: boolean) {
    this.#player = player;
    this.#isCalm = isCalm;
    this.#isLoose = isLoose;
    this.#resources = this.#world(0);
    this.#connections = new ModelConnections(this.#resources);
    this.#talks = talks.map((plan, index) => {
      const ends = [new TcpEnd(plan.ends[0]), new TcpEnd(plan.ends[1])] as const;
      ends[1].listen();
      return { key: `talk ${index}`, plan, port: 40_000 + index, ends, tcp: undefined, heardMs: 0, late: [], behind: [] };
    });
  }

  #world(which: number): readonly PolicyResource[] {
    const network = { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'dev' }, spec: { subnets: ['10.0.0.0/24', 'fd00::/64'], mtu: 9000, defaultPolicy: { ingress: 'drop' }, timeouts, tcpLoose: this.#isLoose } };
    return [network, ...hosts.map(port), policies[which]!];
  }

  async begin(): Promise<void> {
    await this.#player.apply(this.#resources as unknown as Resource[]);
  }

  async live(step: TcpStep): Promise<void> {
    if (step.step === 'wait') this.#wait(step.ms);
    else if (step.step === 'policy') await this.#become(step.policy);
    else {
      const talk = this.#talks[step.talk % this.#talks.length]!;
      if (step.step === 'act') this.#emit(talk, step.end, perform(talk.ends[step.end], step.act, step.size), [...step.ways]);
      else if (step.step === 'handshake') this.#emit(talk, 0, talk.ends[0].open(), []);
      else if (step.step === 'forge') this.#arrive(talk, step.end, forged(step.forgery, step.end, talk.tcp), false, 8);
      else this.#release(talk, step.which);
    }
    this.#check();
  }

  ledger(): readonly string[] {
    return findImbalances(this.#player.ledger(), this.#player.deaths());
  }

  #emit(talk: Talk, end: End, segments: readonly Segment[], ways: Way[], depth = 8): void {
    for (const segment of segments) {
      const way = ways.shift() ?? 'arrives';
      if (way === 'unseen') continue;
      if (way === 'late') {
        talk.late.push({ end, segment });
        continue;
      }
      for (let time = 0; time < (way === 'twice' ? 2 : 1); ++time) {
        const hasPassed = this.#pass(talk, end, segment, true, depth);
        if (!hasPassed || way === 'lost') continue;
        if (way === 'behind') talk.behind.push({ end, segment });
        else this.#hear(talk, end, segment, ways, depth);
      }
    }
  }

  /** What an end hears it answers; answers to answers end some time. */
  #hear(talk: Talk, from: End, segment: Segment, ways: Way[], depth: number): void {
    const to: End = from === 0 ? 1 : 0;
    const answers = talk.ends[to].hear(segment);
    if (depth > 0) this.#emit(talk, to, answers, ways, depth - 1);
  }

  #arrive(talk: Talk, end: End, segment: Segment, isFresh: boolean, depth: number): void {
    if (this.#pass(talk, end, segment, isFresh, depth)) this.#hear(talk, end, segment, [], depth);
  }

  #release(talk: Talk, which: number): void {
    const [late] = talk.late.splice(which, 1);
    if (late !== undefined) this.#arrive(talk, late.end, late.segment, false, 8);
    const [behind] = talk.behind.splice(which, 1);
    if (behind !== undefined) this.#hear(talk, behind.end, behind.segment, [], 8);
  }

  /** One segment through the switch and its twin. Whether it passed. */
  #pass(talk: Talk, end: End, segment: Segment, isFresh: boolean, depth: number): boolean {
    const frame = this.#frame(talk, end, segment);
    const [sender, receiver] = this.#names(end);
    const told = `${end === 0 ? 'client' : 'server'} ${segment.flags} ${segment.sequence}+${segment.length} ack ${segment.acknowledgment} window ${segment.window}${segment.scale === undefined ? '' : `<<${segment.scale}`}, ${talk.tcp?.state ?? 'no connection'} ${JSON.stringify([talk.tcp?.numbers(0), talk.tcp?.numbers(1)])}`;
    const answersChallenge = segment.flags === 'SA' && talk.tcp?.answersChallenge(end, segment) === true;
    const fate = this.#judge(talk, end, segment);
    this.#player.send(sender, frame);
    this.#player.run();
    const got = this.#player.take(receiver).map((one) => hex(one.frame));
    const hasPassed = got[0] === hex(frame);
    if (got.length > 1 || (got.length === 1 && !hasPassed)) this.wrong.push(`${told}: the other end got ${got.join()}`);
    if (fate.passes !== undefined && fate.passes !== hasPassed) this.wrong.push(`${told}: ${hasPassed ? 'passed' : 'died'}, and the twin says ${fate.passes ? 'it passes' : `it dies: ${fate.reason}`}`);
    // Of a connection that only one of them still has nothing need pass; nor need the first answer to a SYN that met an older connection.
    const isShared = segment.flags === 'S' || (talk.ends[end].isWith(talk.ends[end === 0 ? 1 : 0]) && !answersChallenge);
    if (this.#isCalm && isFresh && !segment.flags.includes('R') && isShared && !hasPassed) this.wrong.push(`${told}: an honest end said so, and it died`);
    if (hasPassed) fate.then?.();
    else {
      fate.otherwise?.();
      const key = `${sender} ${fate.reason ?? 'connection_invalid'}`;
      this.#dead.set(key, (this.#dead.get(key) ?? 0) + 1);
    }
    this.report[hasPassed ? 'passed' : 'died'] += 1;
    // Who is told that it may not: a reset, from the switch in the other's name.
    const answers = this.#player.take(sender).map((one) => readSegment(one.frame));
    if (answers.some(({ flags }) => !flags.includes('R'))) this.wrong.push(`${told}: its sender is told ${JSON.stringify(answers)}`);
    if (hasPassed && answers.length > 0) this.wrong.push(`${told}: passed, and its sender is told ${JSON.stringify(answers)}`);
    if (fate.isTold === true && !segment.flags.includes('R') && answers.length !== 1) this.wrong.push(`${told}: its sender is not told`);
    for (const answer of answers) this.#emit(talk, end, depth > 0 ? talk.ends[end].hear(answer) : [], [], depth - 1);
    return hasPassed;
  }

  /** What the twin says; `passes` is undefined where it leaves that open, and `then` is what it knows if it passes, `otherwise` if it dies. */
  #judge(talk: Talk, end: End, segment: Segment): { passes: boolean | undefined; reason?: string | undefined; isTold?: boolean | undefined; then?: () => void; otherwise?: (() => unknown) | undefined } {
    const openingOf = (from: End): Opening => this.#opening(talk, from);
    const isKnown = this.#connections.knows(talk.key);
    const mayBegin = ModelTcp.mayBegin(segment, this.#isLoose);
    // A server's segment to a port from which hosts open connections answers its client.
    const isAnswer = end === 1 && !segment.flags.includes('S') && talk.port >= 32_768;
    const fate = this.#connections.hear(talk.key, end, openingOf, { mayBegin, fits: true, isAnswer });
    const begin = (): void => {
      talk.tcp = new ModelTcp(end, segment);
      talk.heardMs = this.#nowMs;
    };
    if (!fate.passes) return { passes: false, reason: fate.reason, isTold: fate.isTold };
    if (!isKnown && isAnswer) return { passes: true };
    if (!isKnown || talk.tcp === undefined) return { passes: true, then: begin };
    const heard = talk.tcp.hear(end, segment);
    const now = this.#nowMs;
    if (heard.what === 'dies') return { passes: false, reason: 'connection_invalid' };
    if (heard.what === 'maybe') return { passes: undefined, then: () => { heard.then(); talk.heardMs = now; }, otherwise: heard.otherwise };
    if (heard.what === 'passes') return { passes: true, then: () => { if (heard.provesNothing !== true) talk.heardMs = now; } };
    const anew = this.#connections.reopen(talk.key, end, openingOf);
    return anew.passes ? { passes: true, then: begin } : { passes: false, reason: anew.reason, isTold: anew.isTold };
  }

  #wait(ms: number): void {
    this.#player.advance(ms);
    this.#nowMs += ms;
    for (const talk of this.#talks) {
      if (talk.tcp === undefined || this.#nowMs - talk.heardMs < timeouts[talk.tcp.timeout as keyof typeof timeouts] * 1000) continue;
      talk.tcp = undefined;
      this.#connections.forget(talk.key);
      this.report.expired += 1;
    }
    this.#hearResets();
  }

  async #become(which: number): Promise<void> {
    this.#resources = this.#world(which);
    await this.#player.apply(this.#resources as unknown as Resource[]);
    this.#connections.become(this.#resources);
    for (const talk of this.#talks) if (talk.tcp !== undefined) this.#connections.endsNow(talk.key, (end) => this.#opening(talk, end));
    this.#wait(1);
  }

  /** Both ends of a connection that may not go on are told, where policies want that. */
  #hearResets(): void {
    const told = ([0, 1] as const).map((end) => ({ end, frames: this.#player.take(this.#names(end)[0]) }));
    for (const { end, frames } of told) {
      for (const { frame } of frames) {
        const reset = readSegment(frame);
        const talk = this.#talks.find(({ port: own, plan }) => own === reset.ports[end === 0 ? 1 : 0] && plan.isWide === reset.isWide);
        if (talk === undefined || !reset.flags.includes('R')) this.wrong.push(`${this.#names(end)[0]} is told ${hex(frame)}`);
        else this.#emit(talk, end, talk.ends[end].hear(reset), []);
      }
    }
  }

  /** After each step: who died of what, and which states there are. */
  #check(): void {
    const now = new Map(this.#player.deaths().map(({ port: name, reason, packets }) => [`${name} ${reason}`, packets]));
    for (const key of new Set([...now.keys(), ...this.#dead.keys()])) {
      const more = (now.get(key) ?? 0) - (this.#died.get(key) ?? 0);
      if (more !== (this.#dead.get(key) ?? 0)) this.wrong.push(`${key}: ${more} times, not ${this.#dead.get(key) ?? 0}`);
    }
    this.#died = now;
    this.#dead = new Map();
    const flows = this.#player.product.flows();
    for (const talk of this.#talks) {
      const flow = flows.find(({ sourcePort, destinationPort }) => sourcePort === talk.port || destinationPort === talk.port);
      const [state, wanted] = [flow?.state ?? 'none', talk.tcp?.state ?? 'none'];
      if (state !== wanted) this.wrong.push(`${talk.key} is ${state}, and the twin says ${wanted}`);
      if (wanted === 'established') this.report.open += 1;
    }
  }

  #names(end: End): readonly [string, string] {
    return end === 0 ? ['p1', 'p2'] : ['p2', 'p1'];
  }

  #address({ plan }: Talk, end: End): string {
    return plan.isWide ? `fd00::${hosts[end]}` : `10.0.0.${hosts[end]}`;
  }

  #opening(talk: Talk, from: End): Opening {
    const to: End = from === 0 ? 1 : 0;
    const portOf = (end: End): JudgedPort => this.#resources.find(({ metadata }) => metadata.name === `p${hosts[end]}`) as unknown as JudgedPort;
    return {
      sender: portOf(from), receiver: portOf(to),
      packet: { network: 'dev', source: this.#address(talk, from), destination: this.#address(talk, to), protocol: 6, port: from === 0 ? serverPort : talk.port },
    };
  }

  #frame(talk: Talk, end: End, { length, scale, hasTimestamps, ...facts }: Segment): Uint8Array {
    const to: End = end === 0 ? 1 : 0;
    const ends = { source: this.#address(talk, end), destination: this.#address(talk, to) };
    const ports: readonly [number, number] = end === 0 ? [talk.port, serverPort] : [serverPort, talk.port];
    const options = new Uint8Array([scale === undefined ? [] : [3, 3, scale, 1], hasTimestamps === true ? [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0] : []].flat());
    const payload = tcp(ends, ...ports, new Uint8Array(length), { ...facts, options });
    return ethernet({
      source: `02:00:00:00:00:0${hosts[end]}`, destination: `02:00:00:00:00:0${hosts[to]}`, type: talk.plan.isWide ? 0x86dd : 0x0800,
      payload: talk.plan.isWide ? ipv6({ ...ends, next: 6, payload }) : ipv4({ ...ends, protocol: 6, payload }),
    });
  }
}

/** A segment that the switch itself said. */
function readSegment(frame: Uint8Array): Segment & { ports: readonly [number, number]; isWide: boolean } {
  const isWide = read16(frame, 12) === 0x86dd;
  const at = isWide ? 54 : 34;
  const flags = [...namesOfFlags].filter((_, bit) => ((frame[at + 13] ?? 0) >> bit) & 1).join('');
  return { flags, sequence: read32(frame, at + 4), acknowledgment: read32(frame, at + 8), window: read16(frame, at + 14), length: 0, ports: [read16(frame, at), read16(frame, at + 2)], isWide };
}

function living(isCalm: boolean, report: Report): (story: TcpStory) => Promise<void> {
  return async (story) => {
    await using player = await ProductPlayer.open(64, 256);
    const life = new Life(player, story, isCalm);
    await life.begin();
    for (const [index, step] of story.steps.entries()) {
      await life.live(step);
      if (life.wrong.length > 0) throw new Error(`step ${index}: ${life.wrong.slice(0, 3).join('\n')}`);
    }
    for (const key of ['passed', 'died', 'open', 'expired'] as const) report[key] += life.report[key];
    const wrong = life.ledger();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  };
}

const told = ({ passed, died, open, expired }: Report): string => `${passed} segments passed, ${died} died, ${open} steps saw an open connection, ${expired} expired`;

t.test('what honest ends say passes, whatever the network does to it', { timeout: 600_000 }, async (t) => {
  const report = { passed: 0, died: 0, open: 0, expired: 0 };
  await holds(t, 'nothing honest dies', fc.asyncProperty(calmStories, living(true, report)) as fc.IRawProperty<unknown>, 100);
  t.ok(report.open > 0, told(report));
});

t.test('the switch passes and refuses what its slow twin does', { timeout: 600_000 }, async (t) => {
  const report = { passed: 0, died: 0, open: 0, expired: 0 };
  await holds(t, 'segments fare as the twin says', fc.asyncProperty(wildStories, living(false, report)) as fc.IRawProperty<unknown>, 300);
  t.ok(report.open > 0 && report.died > 0 && report.expired > 0, told(report));
});
