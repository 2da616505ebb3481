/**
 * PortLives: keeps ports with their containers, whatever becomes of those.
 *
 * A namespace that goes makes its port wait, one that comes, or another under the same name, gets the
 * port. A device that was deleted or moved away is made anew in its place; what else was done to it
 * the dataplane puts right or leaves, and it is told here. Closing is done at once; what a container
 * can make us do again and again, making devices and mending them, has an allowance for each port.
 */
import { CommitError, type Dataplane, type DeviceChange } from '../dataplane/dataplane.ts';
import { messageOf } from '../errors.ts';
import { portKey, portName } from '../intent/intent.ts';
import type { PutPort } from '../table/edits.gen.ts';
import { Allowance } from './allowance.ts';
import type { EventLog } from './event-log.ts';
import { identityBehind } from './namespace-identity.ts';
import type { RunningPorts } from './running-ports.ts';

const savedMax = 10;
const everyMs = 5_000;

/** What the switch does with ports; everything but reading runs inside its one queue. */
export interface Attendance {
  /** As compiled, those that are left out as well. */
  ports(): ReadonlyMap<number, PutPort>;
  /** Whether the process behind its namespace is the one that was meant. */
  isSameProcess(entry: PutPort): boolean;
  enqueue(work: () => Promise<void>): Promise<void>;
  close(entry: PutPort): Promise<void>;
  /** Throws CommitError. */
  open(entry: PutPort): Promise<void>;
}

export class PortLives {
  readonly #dataplane: Dataplane;
  readonly #running: RunningPorts;
  readonly #events: EventLog;
  readonly #attendance: Attendance;
  readonly #allowance = new Allowance(savedMax, everyMs);
  /** Numbers of ports whose devices were changed and not looked at yet. */
  readonly #changed = new Set<number>();
  /** Of each port, what is not as declared and stays so, by field. */
  readonly #standing = new Map<string, Map<string, DeviceChange>>();
  readonly #patient = new Set<string>();
  #isBusy = false;
  #isClosed = false;

  constructor(dataplane: Dataplane, running: RunningPorts, events: EventLog, attendance: Attendance) {
    this.#dataplane = dataplane;
    this.#running = running;
    this.#events = events;
    this.#attendance = attendance;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Asks which devices were changed, and looks after those; cheap when there is none. */
  async listen(): Promise<void> {
    if (this.#isClosed) return;
    for (const port of this.#dataplane.changedDevices()) this.#changed.add(port);
    if (this.#changed.size === 0) return;
    await this.#busy(async () => {
      for (const port of [...this.#changed]) {
        const entry = this.#attendance.ports().get(port);
        if (entry !== undefined && !this.#mayAct(portKey(entry.name))) continue;
        this.#changed.delete(port);
        if (entry !== undefined) await this.#attendance.enqueue(async () => await this.#inspect(port));
      }
    });
  }

  /** Looks at every port's namespace, process and device. */
  async look(): Promise<void> {
    if (this.#isClosed) return;
    for (const { port, name } of this.#attendance.ports().values()) {
      // What stood in the way may be gone, and says nothing of it.
      const standing = this.#standing.get(portKey(name));
      if (standing !== undefined && [...standing.values()].some(({ trouble }) => trouble !== '')) this.#changed.add(port);
    }
    const due = [...this.#attendance.ports().values()].filter((entry) => entry.device !== '' && (this.#mustClose(entry) || this.#mayOpen(entry)));
    if (due.length === 0) return;
    await this.#busy(async () => {
      for (const { port } of due) await this.#attendance.enqueue(async () => await this.#attend(port));
    });
  }

  async #busy(work: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await work();
    } catch (error) {
      if (!this.#isClosed) this.#events.push({ type: 'warning', message: messageOf(error) });
    } finally {
      this.#isBusy = false;
    }
  }

  #mustClose(entry: PutPort): boolean {
    const running = this.#running.get(portKey(entry.name));
    if (running?.state !== 'ready') return false;
    return identityBehind(entry.netns) !== running.identity || this.#dataplane.gone(entry.port);
  }

  /** One that waits is opened when another namespace is there than at the last time, one that failed in any case. */
  #mayOpen(entry: PutPort): boolean {
    const key = portKey(entry.name);
    const running = this.#running.get(key);
    if (running === undefined || running.state === 'ready') return false;
    const identity = identityBehind(entry.netns);
    const isNews = identity !== undefined && (running.state === 'failed' || identity !== running.identity);
    return isNews && this.#attendance.isSameProcess(entry) && this.#mayAct(key);
  }

  /** Inside the queue, where the port may be another by now. */
  async #attend(port: number): Promise<void> {
    const entry = this.#attendance.ports().get(port);
    if (entry === undefined || this.#isClosed) return;
    if (this.#mustClose(entry)) {
      const isThere = identityBehind(entry.netns) !== undefined;
      await this.#close(entry, isThere ? 'its namespace or device was replaced' : `there is no network namespace at ${entry.netns}`);
    }
    await this.#open(entry);
  }

  async #close(entry: PutPort, why: string): Promise<void> {
    const key = portKey(entry.name);
    await this.#attendance.close(entry);
    this.#standing.delete(key);
    this.#running.waits(key, why, undefined);
    if (!this.#attendance.isSameProcess(entry)) {
      this.#running.waits(key, processEnded(entry), undefined);
    }
  }

  async #open(entry: PutPort): Promise<void> {
    if (!this.#mayOpen(entry)) return;
    const key = portKey(entry.name);
    const identity = identityBehind(entry.netns);
    this.#allowance.take(key, performance.now());
    try {
      await this.#attendance.open(entry);
    } catch (error) {
      if (!(error instanceof CommitError)) throw error;
      this.#running.fails(key, error.message, identity);
    }
  }

  async #inspect(port: number): Promise<void> {
    const entry = this.#attendance.ports().get(port);
    const key = entry === undefined ? '' : portKey(entry.name);
    if (entry === undefined || this.#isClosed || this.#running.get(key)?.state !== 'ready') return;
    const { place, changes } = await this.#dataplane.inspect(port);
    if (place !== 'here') {
      await this.#close(entry, place === 'deleted' ? `its device ${entry.device} was deleted` : `its device ${entry.device} was moved to another namespace`);
      return await this.#open(entry);
    }
    this.#tell(entry, key, changes);
  }

  /** Tells what is new, and keeps in the port's message what holds on, or what was put back last. */
  #tell(entry: PutPort, key: string, changes: readonly DeviceChange[]): void {
    const before = this.#standing.get(key) ?? new Map<string, DeviceChange>();
    const standing = new Map(changes.filter(({ putBack }) => !putBack).map((change) => [change.field, change]));
    const news = changes.filter((change) => before.get(change.field)?.seen !== change.seen || change.putBack);
    const settled = [...before.values()].filter(({ field }) => !changes.some((change) => change.field === field));
    if (standing.size > 0) this.#standing.set(key, standing);
    else this.#standing.delete(key);
    if (news.length === 0 && settled.length === 0) return;
    this.#allowance.take(key, performance.now());
    const say = ({ field, seen, wanted, putBack }: DeviceChange, message: string): void => {
      this.#events.push({ type: 'device_changed', port: portName(key), field, seen, wanted, putBack, message });
    };
    for (const change of settled) say({ ...change, seen: change.wanted }, `the ${change.field} of ${entry.device} is ${change.wanted} again`);
    for (const change of news) say(change, sentence(entry.device, change));
    this.#running.remark(key, (standing.size > 0 ? [...standing.values()] : news).map((change) => sentence(entry.device, change)).join('; '));
  }

  /** Whether the port has some of its allowance left; told once when it has none. */
  #mayAct(key: string): boolean {
    const may = this.#allowance.has(key, performance.now());
    if (may) this.#patient.delete(key);
    else if (!this.#patient.has(key)) {
      this.#patient.add(key);
      this.#events.push({ type: 'warning', message: `port ${portName(key)}: its device or namespace is changed again and again; it is looked after every ${everyMs / 1000} s only` });
    }
    return may;
  }

  forget(key: string): void {
    this.#allowance.forget(key);
    this.#standing.delete(key);
    this.#patient.delete(key);
  }
}

export function processEnded({ netns }: PutPort): string {
  return `the process behind ${netns} has ended: give the port another netns, or delete it`;
}

function sentence(device: string, { field, seen, wanted, putBack, trouble }: DeviceChange): string {
  if (field === 'link') return `${device} is down in its namespace`;
  const name = { name: 'name', mac: 'MAC', mtu: 'MTU' }[field];
  if (putBack) return `the ${name} ${seen} that was given to ${device} in its namespace was put back to ${wanted}`;
  return `the ${name} of ${device} is ${seen} in its namespace: ${trouble}`;
}
