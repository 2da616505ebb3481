/**
 * Kubernetes' truth tables, played with frames: 230 worlds of NetworkPolicies that change in steps (test/data/netpol), a switch for each.
 *
 * After every step each pod opens a connection to each other pod, by TCP, UDP and SCTP, to ports 80 and 81. What arrives, byte for byte,
 * is what the table calls `combined`; the reasons of the deaths are what it says of `egress` and `ingress` alone. What arrived is answered,
 * and each answer must pass, whatever the table says of the other direction. Then the connections of the step before speak again, which
 * were judged under other policies, and must fare as the table says now.
 *
 * A pod's frames to itself never reach a switch, so of the diagonal only the egress is proved, by `explain`: what may leave would be refused
 * as a hairpin, and nobody's ingress is asked.
 */
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { findImbalances } from '../harness/checkers.ts';
import { be16, be32, ethernet, hex, ipv4, join, tcp, udp } from '../harness/frames.ts';
import { changesOfStep, cluster, forEachExpectation, type Pod, portHere, readTruthCases, type TruthCase, type TruthStep } from '../harness/truth-tables.ts';
import type { Resource } from '../model/world.ts';

type Protocol = 'tcp' | 'udp' | 'sctp';

interface Attempt {
  from: Pod;
  to: Pod;
  protocol: Protocol;
  port: number;
  verdict: 'allowed' | 'egress_denied' | 'ingress_denied';
}

interface Talk extends Attempt {
  source: number; // its port
}

/** What the table says, of all pairs but the diagonal. */
function attemptsOf(step: TruthStep): { attempts: Attempt[]; count: number; contradictions: number } {
  const cells = new Map<string, Attempt & Record<'combined' | 'egress' | 'ingress', boolean>>();
  let count = 0;
  forEachExpectation(step, (from, to, protocol, port, side, isAllowed) => {
    const key = `${from.pod} ${to.pod} ${protocol} ${port}`;
    const cell = cells.get(key) ?? { from, to, protocol: protocol as Protocol, port, verdict: 'allowed', combined: false, egress: false, ingress: false };
    cell[side] = isAllowed;
    cells.set(key, cell);
    if (side === 'combined') count += 1;
  });
  const all = [...cells.values()];
  return {
    attempts: all.map(({ combined: _, egress, ingress, ...attempt }) => ({ ...attempt, verdict: !egress ? 'egress_denied' : ingress ? 'allowed' : 'ingress_denied' })),
    count, contradictions: all.filter(({ combined, egress, ingress }) => combined !== (egress && ingress)).length,
  };
}

const numbers = { tcp: 6, udp: 17, sctp: 132 } as const;
const nothing = new Uint8Array(0);
const tag = 0x0102_0304;

/** An INIT (1), or the INIT ACK (2) that answers it, with parameters enough for whoever only reads tags (RFC 9260, 3.3.2). */
const sctpChunk = (source: number, destination: number, type: 1 | 2): Uint8Array =>
  join(be16(source), be16(destination), be32(type === 1 ? 0 : tag), be32(0), [type, 0], be16(20), be32(tag), be32(65_536), be16(1), be16(1), be32(1));

class Played {
  readonly #player: ProductPlayer;
  readonly #macs = new Map<string, string>();
  readonly wrong: string[] = [];

  constructor(player: ProductPlayer) {
    this.#player = player;
  }

  async change(step: TruthStep): Promise<void> {
    const { put, deleted } = changesOfStep(step);
    await this.#player.apply(put as Resource[]);
    if (deleted.length > 0) await this.#player.product.delete(deleted);
    for (const pod of step.pods) {
      const [port] = this.#player.product.get('Port', portHere(pod)) as unknown as [{ status: { mac: string } }];
      this.#macs.set(pod.pod, port.status.mac);
    }
  }

  frame({ from, to, protocol, port, source }: Talk, isAnswer: boolean): Uint8Array {
    const [sender, receiver] = isAnswer ? [to, from] : [from, to];
    const [sourcePort, destinationPort] = isAnswer ? [port, source] : [source, port];
    const ends = { source: sender.ip, destination: receiver.ip };
    const payload = {
      tcp: () => tcp(ends, sourcePort, destinationPort, nothing, isAnswer ? { flags: 'SA', sequence: 5000, acknowledgment: 1001 } : { flags: 'S', sequence: 1000, acknowledgment: 0 }),
      udp: () => udp(ends, sourcePort, destinationPort, Uint8Array.from(be16(source))),
      sctp: () => sctpChunk(sourcePort, destinationPort, isAnswer ? 2 : 1),
    }[protocol]();
    return ethernet({
      source: this.#macs.get(sender.pod) ?? '', destination: this.#macs.get(receiver.pod) ?? '', type: 0x0800,
      payload: ipv4({ ...ends, protocol: numbers[protocol], payload }),
    });
  }

  /** All of them at once; what arrives and what dies of what must be what is said of them. */
  say(told: string, pods: readonly Pod[], talks: readonly Talk[], isAnswer: boolean): void {
    const before = this.#deaths();
    const wanted = new Map<string, string>();
    const dead = new Map<string, number>();
    for (const talk of talks) {
      const sender = portHere(isAnswer ? talk.to : talk.from);
      const receiver = portHere(isAnswer ? talk.from : talk.to);
      const frame = this.frame(talk, isAnswer);
      this.#player.send(sender, frame);
      if (talk.verdict === 'allowed') wanted.set(`${receiver} ${hex(frame)}`, `${talk.from.pod} to ${talk.to.pod} ${talk.protocol}/${talk.port} must pass`);
      else dead.set(`${sender} receive ${talk.verdict}`, (dead.get(`${sender} receive ${talk.verdict}`) ?? 0) + 1);
    }
    this.#player.run();
    for (const pod of pods) {
      for (const { frame } of this.#player.take(portHere(pod))) {
        if (!wanted.delete(`${portHere(pod)} ${hex(frame)}`)) this.wrong.push(`${told}: ${pod.pod} must not get ${hex(frame)}`);
      }
    }
    for (const sentence of wanted.values()) this.wrong.push(`${told}: ${sentence}`);
    for (const [key, count] of this.#deaths()) {
      const more = count - (before.get(key) ?? 0);
      if (more !== (dead.get(key) ?? 0)) this.wrong.push(`${told}: ${key} ${more} times, not ${dead.get(key) ?? 0}`);
      dead.delete(key);
    }
    for (const [key, count] of dead) this.wrong.push(`${told}: ${key} never, not ${count} times`);
  }

  /** Those that never reach the switch. */
  ask(told: string, { from, protocol, port, verdict }: Attempt): void {
    const { reason } = this.#player.product.explain({ port: portHere(from), to: from.ip, from: from.ip, protocol, sourcePort: 40_000, destinationPort: port });
    const wanted = verdict === 'egress_denied' ? verdict : 'hairpin';
    if (reason !== wanted) this.wrong.push(`${told}: explain says ${reason} of ${from.pod} to itself by ${protocol}/${port}, not ${wanted}`);
  }

  #deaths(): Map<string, number> {
    return new Map(this.#player.deaths().map(({ port, direction, reason, packets }) => [`${port} ${direction} ${reason}`, packets]));
  }
}

async function play({ id, steps }: TruthCase): Promise<{ count: number; wrong: readonly string[] }> {
  await using player = await ProductPlayer.open();
  await player.apply([cluster]);
  const played = new Played(player);
  let count = 0;
  let source = 20_000;
  let before: readonly Talk[] = [];
  for (const [index, step] of steps.entries()) {
    const told = `case ${id} step ${index}`;
    await played.change(step);
    const table = attemptsOf(step);
    if (table.contradictions > 0) played.wrong.push(`${told}: the table contradicts itself`);
    count += table.count;
    const talks = table.attempts.filter(({ from, to }) => from.pod !== to.pod).map((attempt) => ({ ...attempt, source: source++ }));
    played.say(`${told}, at first`, step.pods, talks, false);
    played.say(`${told}, answers`, step.pods, talks.filter(({ verdict }) => verdict === 'allowed'), true);
    for (const attempt of table.attempts.filter(({ from, to }) => from.pod === to.pod)) played.ask(told, attempt);
    const now = new Map(talks.map((talk) => [`${talk.from.pod} ${talk.to.pod} ${talk.protocol} ${talk.port}`, talk]));
    const again = before.flatMap((talk) => {
      const { verdict } = now.get(`${talk.from.pod} ${talk.to.pod} ${talk.protocol} ${talk.port}`) ?? {};
      return verdict === undefined ? [] : [{ ...talk, verdict }];
    });
    played.say(`${told}, what was open before`, step.pods, again, false);
    before = talks;
  }
  return { count, wrong: [...played.wrong, ...findImbalances(player.ledger(), player.deaths())] };
}

t.test('who may connect to whom, as Kubernetes says it', { timeout: 240_000 }, async (t) => {
  const wrong: string[] = [];
  let count = 0;
  for (const one of readTruthCases()) {
    const played = await play(one);
    count += played.count;
    wrong.push(...played.wrong);
    if (wrong.length > 40) break;
  }
  for (const line of wrong.slice(0, 40)) t.comment(line);
  t.equal(wrong.length, 0, 'what arrives and what dies is what the tables say');
  t.equal(count, 123_669, 'of every pair, protocol and port');
});
