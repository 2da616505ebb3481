/**
 * Players: a switch as the tests play it, be it the product or its slow twin.
 *
 * Both get the same resources, frames and moments; both are asked for the same facts.
 */
import type { Ledger } from '../harness/checkers.ts';
import { type Delivered, SlowSwitch } from '../model/slow-switch.ts';
import type { ModelOffload } from '../model/super-frame.ts';
import { applyToModel, type Resource } from '../model/world.ts';
import { VirtualSwitch } from '../../src/switch/virtual-switch.ts';

export interface DeathRow {
  port: string;
  direction: 'receive' | 'transmit';
  reason: string;
  packets: number;
}

export interface Player extends AsyncDisposable {
  apply(resources: readonly Resource[]): Promise<void>;
  remove(kind: string, name: string): Promise<void>;
  send(port: string, frame: Uint8Array, offload?: ModelOffload): void;
  run(): void;
  advance(ms: number): void;
  /** What the port got since it was last asked. */
  take(port: string): Delivered[];
  deaths(): DeathRow[];
  ledger(): Ledger;
  learned(): { network: string; mac: string; port: string }[];
  flushFlows(): void;
}

/** The switch's own probes for loops are no part of a story, with the tag of a trunk or without. */
function isProbe(frame: Uint8Array): boolean {
  return /^037673776c70027673776c70(8100....)?9000/.test(Buffer.from(frame.subarray(0, 18)).toString('hex'));
}

/** Offloads that ask for nothing are none: a frame is plain whoever says so. */
function plain({ frame, offload }: { frame: Uint8Array; offload?: ModelOffload }): Delivered {
  if (offload === undefined || (offload.gso === 'none' && !offload.needsChecksum)) return { frame };
  const { gso, needsChecksum, checksumStart, checksumOffset } = offload;
  return { frame, offload: { gso, gsoSize: gso === 'none' ? 0 : offload.gsoSize, needsChecksum, checksumStart, checksumOffset, ...(offload.ecn === true ? { ecn: true } : {}) } };
}

const byText = (one: object, other: object): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

export function sumDeaths(deaths: readonly DeathRow[]): DeathRow[] {
  const rows = new Map<string, DeathRow>();
  for (const { port, direction, reason, packets } of deaths) {
    const key = `${port} ${direction} ${reason}`;
    const row = rows.get(key) ?? { port, direction, reason, packets: 0 };
    row.packets += packets;
    rows.set(key, row);
  }
  return [...rows.values()].filter(({ packets }) => packets > 0).sort(byText);
}

export class TwinPlayer implements Player {
  readonly model = new SlowSwitch();

  async apply(resources: readonly Resource[]): Promise<void> {
    applyToModel(this.model, resources);
    return Promise.resolve();
  }

  async remove(kind: string, name: string): Promise<void> {
    if (kind === 'Port') this.model.removePort(name);
    else this.model.removeNetwork(name);
    return Promise.resolve();
  }

  send(port: string, frame: Uint8Array, offload?: ModelOffload): void {
    this.model.send(port, frame, offload);
  }

  run(): void {
    // The twin moves a frame when it gets it.
  }

  advance(ms: number): void {
    this.model.advance(ms);
  }

  take(port: string): Delivered[] {
    const got = this.model.delivered.get(port) ?? [];
    this.model.delivered.delete(port);
    return got.map(plain);
  }

  deaths(): DeathRow[] {
    return sumDeaths(this.model.deaths);
  }

  ledger(): Ledger {
    const { totals, deaths } = this.model;
    const sum = (direction: string): number => deaths.filter((death) => death.direction === direction).reduce((total, { packets }) => total + packets, 0);
    const row = {
      port: '(all)', receivedPackets: totals.received, forwardedPackets: totals.forwarded, consumedPackets: totals.consumed,
      droppedPackets: sum('receive'), heldPackets: this.model.held, offeredPackets: totals.offered, transmittedPackets: totals.transmitted,
      transmitDroppedPackets: sum('transmit'),
    };
    return { items: [row], totals: { copiedPackets: totals.copied, originatedPackets: totals.originated } };
  }

  learned(): { network: string; mac: string; port: string }[] {
    return [...this.model.learned].flatMap(([network, stations]) => [...stations].map(([mac, { port }]) => ({ network, mac, port }))).sort(byText);
  }

  flushFlows(): void {
    // There are none.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

export class ProductPlayer implements Player {
  readonly product: VirtualSwitch;

  private constructor(product: VirtualSwitch) {
    this.product = product;
  }

  static async open(macs = 1024, flows = 4096): Promise<ProductPlayer> {
    return new ProductPlayer(await VirtualSwitch.open({ workers: 0, clock: 'virtual', limits: { ports: 64, flows, macs } }));
  }

  async apply(resources: readonly Resource[]): Promise<void> {
    await this.product.apply(resources);
  }

  async remove(kind: string, name: string): Promise<void> {
    await this.product.delete([{ kind, name }]);
  }

  send(port: string, frame: Uint8Array, offload?: ModelOffload): void {
    if (!this.product.memoryPort(port).send(frame, offload)) throw new Error(`the queue of ${port} is full: run more often`);
  }

  run(): void {
    this.product.run();
  }

  advance(ms: number): void {
    this.product.advance(ms);
  }

  take(port: string): Delivered[] {
    return this.product.memoryPort(port).receiveAll().filter(({ frame }) => !isProbe(frame)).map(plain);
  }

  deaths(): DeathRow[] {
    return sumDeaths(this.product.drops());
  }

  ledger(): Ledger {
    return this.product.stats();
  }

  learned(): { network: string; mac: string; port: string }[] {
    return this.product.fdb().filter(({ type }) => type === 'learned').map(({ network, mac, port }) => ({ network, mac, port })).sort(byText);
  }

  flushFlows(): void {
    this.product.flush('flows');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.product.close();
  }
}
