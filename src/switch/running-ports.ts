/**
 * RunningPorts: how each port fares, as its status tells, and which namespace it was attached in.
 *
 * Keys are `namespace/name`.
 */
import { formatCidr } from '../address/cidr.ts';
import type { CommitAnswer } from '../dataplane/dataplane.ts';
import { portName } from '../intent/intent.ts';
import type { PortStatus } from '../intent/port.ts';
import type { PutPort } from '../table/edits.gen.ts';
import type { EventLog } from './event-log.ts';
import { namespaceIdentity } from './namespace-identity.ts';

interface Running {
  readonly state: PortStatus['state'];
  readonly generation: number;
  readonly message: string;
  /** Of the namespace it is attached in; undefined for the switch's own. */
  readonly identity: string | undefined;
}

export class RunningPorts {
  readonly #events: EventLog;
  readonly #ports = new Map<string, Running>();

  constructor(events: EventLog) {
    this.#events = events;
  }

  /** Notes what a commit did to ports; `entries` are the tables' ports after it. */
  note(answer: CommitAnswer, entries: ReadonlyMap<number, PutPort>, keyOf: (id: number) => string | undefined): void {
    for (const { port, state, message } of answer.ports) {
      const key = keyOf(port);
      const entry = entries.get(port);
      if (key === undefined || entry === undefined) continue;
      const before = this.#ports.get(key);
      const identity = entry.netns === '' ? undefined : namespaceIdentity(entry.netns);
      const generation = state === 'ready' ? answer.generation : 0;
      this.#ports.set(key, { state, generation, message, identity });
      if (state === 'ready' && before?.state !== 'ready') this.#events.push({ type: 'port_ready', port: portName(key), generation });
      if (state === 'waiting' && before?.state !== 'waiting') this.#events.push({ type: 'port_waiting', port: portName(key), message });
    }
  }

  waits(key: string, message: string): void {
    this.#ports.set(key, { state: 'waiting', generation: 0, message, identity: undefined });
    this.#events.push({ type: 'port_waiting', port: portName(key), message });
  }

  fails(key: string, message: string): void {
    if (this.#ports.get(key)?.message === message) return;
    this.#ports.set(key, { state: 'failed', generation: 0, message, identity: undefined });
    this.#events.push({ type: 'port_failed', port: portName(key), message });
  }

  forget(key: string): void {
    if (this.#ports.delete(key)) this.#events.push({ type: 'port_removed', port: portName(key) });
  }

  get(key: string): Running | undefined {
    return this.#ports.get(key);
  }

  status(key: string, entry: Pick<PutPort, 'mac' | 'addresses'>): PortStatus {
    const { state, generation, message } = this.#ports.get(key) ?? { state: 'waiting', generation: 0, message: 'not attached yet' } as const;
    return { state, generation, mac: entry.mac, addresses: entry.addresses.map(formatCidr), message };
  }
}
