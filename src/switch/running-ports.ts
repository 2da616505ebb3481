/**
 * RunningPorts: how each port fares, as its status tells, and which namespace was there when it was
 * last tried.
 *
 * A port that waits or failed is tried again when another namespace is there than the last time, so
 * a path that is no namespace costs nothing but a look. Keys are `namespace/name`.
 */
import { formatCidr } from '../address/cidr.ts';
import type { CommitAnswer } from '../dataplane/dataplane.ts';
import { portName } from '../intent/intent.ts';
import type { PortStatus } from '../intent/port.ts';
import type { Edit, PutPort } from '../table/edits.gen.ts';
import { addressesOfEntry } from '../table/table-set.ts';
import type { EventLog } from './event-log.ts';
import { identityBehind } from './namespace-identity.ts';

interface Running {
  readonly state: PortStatus['state'];
  readonly generation: number;
  readonly message: string;
  /** Of the namespace that was there; undefined for none. */
  readonly identity: string | undefined;
}

/** The namespaces behind the ports that edits put, by number; read before the commit that opens them. */
export function identitiesOf(edits: readonly Edit[]): ReadonlyMap<number, string | undefined> {
  const puts = edits.filter((edit): edit is PutPort => edit.edit === 'PutPort' && edit.device !== '');
  return new Map(puts.map(({ port, netns }) => [port, identityBehind(netns)]));
}

export class RunningPorts {
  readonly #events: EventLog;
  readonly #ports = new Map<string, Running>();
  readonly #failed = new Set<string>();

  constructor(events: EventLog) {
    this.#events = events;
  }

  /** Notes what a commit did to the ports that it put. */
  note(answer: CommitAnswer, identities: ReadonlyMap<number, string | undefined>, keyOf: (id: number) => string | undefined): void {
    for (const { port, state, message } of answer.ports) {
      const key = keyOf(port);
      if (key === undefined) continue;
      const before = this.#ports.get(key);
      const generation = state === 'ready' ? answer.generation : 0;
      this.#set(key, { state, generation, message, identity: identities.get(port) });
      if (state === 'ready' && before?.state !== 'ready') this.#events.push({ type: 'port_ready', port: portName(key), generation });
      if (state === 'waiting' && before?.state !== 'waiting') this.#events.push({ type: 'port_waiting', port: portName(key), message });
    }
  }

  waits(key: string, message: string, identity: string | undefined): void {
    const before = this.#ports.get(key);
    this.#set(key, { state: 'waiting', generation: 0, message, identity });
    if (before?.state !== 'waiting' || before.message !== message) this.#events.push({ type: 'port_waiting', port: portName(key), message });
  }

  fails(key: string, message: string, identity: string | undefined): void {
    const before = this.#ports.get(key);
    this.#set(key, { state: 'failed', generation: 0, message, identity });
    if (before?.state !== 'failed' || before.message !== message) this.#events.push({ type: 'port_failed', port: portName(key), message });
  }

  /** What there is to say of a port that is ready. */
  remark(key: string, message: string): void {
    const running = this.#ports.get(key);
    if (running?.state === 'ready') this.#set(key, { ...running, message });
  }

  /** Keys of the ports that failed. */
  get failed(): ReadonlySet<string> {
    return this.#failed;
  }

  #set(key: string, running: Running): void {
    this.#ports.set(key, running);
    if (running.state === 'failed') this.#failed.add(key);
    else this.#failed.delete(key);
  }

  forget(key: string): void {
    this.#failed.delete(key);
    if (this.#ports.delete(key)) this.#events.push({ type: 'port_removed', port: portName(key) });
  }

  get(key: string): Running | undefined {
    return this.#ports.get(key);
  }

  status(key: string, entry: Pick<PutPort, 'mac' | 'network' | 'addresses' | 'trunkAddresses'>): PortStatus {
    const { state, generation, message } = this.#ports.get(key) ?? { state: 'waiting', generation: 0, message: 'not attached yet' } as const;
    return { state, generation, mac: entry.mac, addresses: addressesOfEntry(entry).map(({ prefix }) => formatCidr(prefix)), message };
  }
}
