/**
 * Connections, slowly: a plain list of who talks with whom, and what policies say of each conversation's first packet now.
 *
 * Written from DESIGN's "Judging again" and "How a verdict comes about". TCP is known as far as honest ends need it: whether a segment
 * fits is for whoever asks to know. A verdict is asked for when a frame comes, and never kept, but for what `established` says of it.
 */
import { type FirstPacket, type JudgedPort, PolicyModel, type PolicyResource } from './policy.ts';

export type Side = 0 | 1;

/** One direction of a conversation, as its first packet would be. */
export interface Opening {
  readonly sender: JudgedPort;
  readonly receiver: JudgedPort;
  readonly packet: FirstPacket;
}

export interface Fate {
  readonly passes: boolean;
  readonly reason?: 'egress_denied' | 'ingress_denied' | 'connection_invalid' | 'related_unmatched';
  /** Whether the sender is told; undefined: of a connection that was ended, it may be. */
  readonly isTold?: boolean | undefined;
}

interface Conversation {
  initiator: Side;
  state: 'allowed' | 'denied';
  established: 'keep' | 'recheck' | 'kill';
  /** It was ended, and its ends know. */
  wasKilled: boolean;
}

type Strictness = 0 | 1 | 2 | 3;
const strictnesses: Readonly<Record<string, Strictness>> = { keep: 1, recheck: 2, kill: 3 };

interface Ruling {
  reason: 'egress_denied' | 'ingress_denied' | undefined;
  rejects: boolean;
  established: Conversation['established'];
}

const otherSide = (side: Side): Side => (side === 0 ? 1 : 0);

export class ModelConnections {
  #policies: PolicyModel;
  #resources: readonly PolicyResource[];
  readonly #known = new Map<string, Conversation>();

  constructor(resources: readonly PolicyResource[]) {
    this.#resources = resources;
    this.#policies = new PolicyModel(resources);
  }

  become(resources: readonly PolicyResource[]): void {
    this.#resources = resources;
    this.#policies = new PolicyModel(resources);
  }

  forget(key: string): void {
    this.#known.delete(key);
  }

  knows(key: string): boolean {
    return this.#known.has(key);
  }

  /**
   * A frame of a side. `openingOf` says how the conversation would begin from a side, `mayBegin` whether a frame like this begins one,
   * `fits` whether it is part of it as it stands, `isAnswer` whether it is taken for an answer where nobody heard one begin: it is none itself.
   */
  hear(key: string, side: Side, openingOf: (side: Side) => Opening, { mayBegin, fits, isAnswer = false }: { mayBegin: boolean; fits: boolean; isAnswer?: boolean }): Fate {
    const known = this.#known.get(key);
    if (known === undefined) {
      if (!mayBegin) return { passes: false, reason: 'connection_invalid', isTold: false };
      const { reason, rejects, established } = this.#rule(openingOf(isAnswer ? otherSide(side) : side));
      if (reason !== undefined) return { passes: false, reason, isTold: rejects };
      if (!isAnswer) this.#known.set(key, { initiator: side, state: 'allowed', established, wasKilled: false });
      return { passes: true };
    }
    const denial = this.#judgeAgain(known, openingOf(known.initiator));
    if (denial !== undefined) return { passes: false, reason: denial.reason, isTold: known.wasKilled ? undefined : denial.rejects };
    return fits ? { passes: true } : { passes: false, reason: 'connection_invalid', isTold: false };
  }

  /** A frame of a conversation that may go on, but it is the first of another one between the same ends. */
  reopen(key: string, side: Side, openingOf: (side: Side) => Opening): Fate {
    const { reason, rejects, established } = this.#rule(openingOf(side));
    if (reason !== undefined) return { passes: false, reason, isTold: rejects };
    this.#known.set(key, { initiator: side, state: 'allowed', established, wasKilled: false });
    return { passes: true };
  }

  /** A piece of a datagram whose first one passed: the conversation may go on, or, where there is none, might begin now. */
  hearPiece(key: string, side: Side, openingOf: (side: Side) => Opening): Fate {
    const known = this.#known.get(key);
    const denial = known === undefined ? this.#rule(openingOf(side)).reason : this.#judgeAgain(known, openingOf(known.initiator))?.reason;
    return denial === undefined ? { passes: true } : { passes: false, reason: denial, isTold: false };
  }

  /** An ICMP error about what the other side said: it passes while the conversation may go on, and says nothing of it. */
  hearError(key: string, openingOf: (side: Side) => Opening): Fate {
    const known = this.#known.get(key);
    const isDenied = known === undefined || this.#judgeAgain({ ...known }, openingOf(known.initiator)) !== undefined;
    return isDenied ? { passes: false, reason: 'related_unmatched', isTold: false } : { passes: true };
  }

  /** Those whose policy wants ends to be told are asked without a frame. Whether this one is ended now. */
  endsNow(key: string, openingOf: (side: Side) => Opening): boolean {
    const known = this.#known.get(key);
    if (known?.state !== 'allowed' || known.established !== 'kill') return false;
    this.#judgeAgain(known, openingOf(known.initiator));
    return known.wasKilled;
  }

  #judgeAgain(known: Conversation, opening: Opening): { reason: 'egress_denied' | 'ingress_denied'; rejects: boolean } | undefined {
    const { reason, rejects, established } = this.#rule(opening);
    if (reason === undefined) {
      Object.assign(known, { state: 'allowed', established, wasKilled: false });
      return undefined;
    }
    if (known.state === 'allowed' && known.established === 'keep') return undefined;
    if (known.state === 'allowed' && known.established === 'kill') known.wasKilled = true;
    known.state = 'denied';
    return { reason, rejects };
  }

  #rule({ sender, receiver, packet }: Opening): Ruling {
    const egress = this.#policies.decide(sender, 'egress', packet);
    const ingress = this.#policies.decide(receiver, 'ingress', packet);
    const denial = egress.verdict === 'allow' ? ingress : egress;
    const reason = egress.verdict !== 'allow' ? 'egress_denied' : ingress.verdict !== 'allow' ? 'ingress_denied' : undefined;
    const strictest = Math.max(this.#strictnessOf(egress.policy, egress.rule), this.#strictnessOf(ingress.policy, ingress.rule));
    return { reason, rejects: denial.verdict === 'reject', established: strictest === 3 ? 'kill' : strictest === 1 ? 'keep' : 'recheck' };
  }

  /** What the network allows by default nobody has a word about. */
  #strictnessOf(policy: string, rule: string): Strictness {
    const [kind, name] = policy.split('/');
    if (kind === 'Network') return rule === 'default' ? 0 : 2;
    if (kind === 'NetworkPolicy') return 2;
    const spec = this.#resources.find((resource) => resource.kind === 'Policy' && resource.metadata.name === name)?.spec as { established?: string } | undefined;
    return strictnesses[spec?.established ?? 'recheck'] ?? 2;
  }
}
