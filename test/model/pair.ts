/** Conversations of which is known only who was heard, slowly: UDP, echoes (RFC 792, RFC 4443) and all other protocols. */
import type { End, Hearing } from './tcp.ts';

const passes: Hearing = { what: 'passes' };

export class ModelPair {
  readonly #protocol: 'udp' | 'generic';
  readonly #heard: [boolean, boolean] = [false, false];

  constructor(protocol: 'udp' | 'generic', end: End) {
    this.#protocol = protocol;
    this.#heard[end] = true;
  }

  get state(): string {
    return this.#heard.includes(false) ? 'new' : 'established';
  }

  get timeout(): string {
    return this.#protocol === 'udp' && this.state === 'established' ? 'udpStream' : this.#protocol;
  }

  hear(end: End): Hearing {
    this.#heard[end] = true;
    return passes;
  }
}

export class ModelEcho {
  readonly timeout: 'icmp' | 'icmpv6';
  readonly #asker: End;
  #isAnswered = false;

  constructor(timeout: 'icmp' | 'icmpv6', asker: End) {
    this.timeout = timeout;
    this.#asker = asker;
  }

  get state(): string {
    return this.#isAnswered ? 'established' : 'new';
  }

  /** The one end asks, the other answers. When that one asks itself, under the same identifier, it is another conversation. */
  hear(end: End, asks: boolean): Hearing {
    if (asks) return end === this.#asker ? passes : { what: 'reopens' };
    if (end === this.#asker) return { what: 'dies' };
    this.#isAnswered = true;
    return passes;
  }
}
