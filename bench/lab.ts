/**
 * Lab: what one trial makes and has to leave behind clean: namespaces, processes, a folder.
 *
 * Names carry the process id. Everything that is started here ends at `close`, last first, by its process id. The containers
 * are `c1` (10.77.0.1) and `c2` (10.77.0.2), with the device `eth0` each; what connects them is the driver's part,
 * in a namespace `sw` of its own where it needs one. IPv6 is off: its chatter at the start is not what is measured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, endAll, pause, run, start, type CommandOptions, type Running } from '../src/demo/command.ts';
import { Container } from '../src/demo/container.ts';

export { pause } from '../src/demo/command.ts';

export const labPrefix = 'vsw-bench';
/** The addresses of all containers. */
export const containersPrefix = '10.77.0.0/16';

export function addressOf(number: number): string {
  return `10.77.${number >> 8}.${number & 0xff}`;
}

export function macOf(number: number): string {
  return `02:00:00:77:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 0xff).toString(16).padStart(2, '0')}`;
}

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), `${labPrefix}-${process.pid}-`));
  readonly #containers = new Map<string, Container>();
  readonly #atEnd: (() => Promise<unknown> | unknown)[] = [];
  readonly #afterwards: (() => Promise<unknown> | unknown)[] = [];

  async container(name: string): Promise<Container> {
    const known = this.#containers.get(name);
    if (known !== undefined) return known;
    const made = Container.at(labPrefix, name);
    this.#containers.set(name, made);
    await made.create();
    await made.run(['sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1']);
    return made;
  }

  /** Container number N, which will have the address of that number. */
  async numbered(number: number): Promise<Container> {
    return await this.container(`c${number}`);
  }

  /** Gives a device of a container its MAC and address and brings it up. */
  async address(number: number, device: string): Promise<void> {
    const { namespace } = await this.numbered(number);
    await run(['ip', '-n', namespace, 'link', 'set', device, 'address', macOf(number), 'mtu', '1500', 'up']);
    await run(['ip', '-n', namespace, 'addr', 'add', `${addressOf(number)}/16`, 'dev', device]);
  }

  /** Moves a device that a switch made in its own namespace into a container. */
  async adopt(number: number, switchNamespace: string, device: string): Promise<void> {
    const { namespace } = await this.numbered(number);
    await run(['ip', '-n', switchNamespace, 'link', 'set', device, 'netns', namespace]);
    await this.address(number, device);
  }

  start(words: readonly string[], options: CommandOptions = {}): Running {
    return start(words, options);
  }

  /** Called at the end while all processes still run; last registered first. */
  defer(end: () => Promise<unknown> | unknown): void {
    this.#atEnd.push(end);
  }

  /** Called when the processes ended. */
  deferAfterwards(end: () => Promise<unknown> | unknown): void {
    this.#afterwards.push(end);
  }

  /** Waits until the containers reach each other. */
  async untilConnected(from: Container, address: string): Promise<void> {
    let output = '';
    for (let tries = 0; tries < 20; tries += 1) {
      const finished = await attempt(from.inside(['ping', '-c', '1', '-W', '1', address]));
      if (finished.code === 0) return;
      output = finished.output;
      await pause(200);
    }
    throw new Error(`${from.name} does not reach ${address}:\n${output.trimEnd()}`);
  }

  async close(): Promise<void> {
    for (const end of this.#atEnd.reverse()) await attemptEnd(end);
    await endAll();
    for (const end of this.#afterwards.reverse()) await attemptEnd(end);
    for (const container of this.#containers.values()) await attemptEnd(async () => await container.remove());
    await attemptEnd(() => rmSync(this.folder, { recursive: true, force: true }));
  }
}

/** What fails at the end is told, and does not keep the rest from its end. */
async function attemptEnd(end: () => Promise<unknown> | unknown): Promise<void> {
  try {
    await end();
  } catch (error) {
    process.stderr.write(`the end of the trial: ${String(error)}\n`);
  }
}

/** Waits until it is so. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean, timeoutMs = 15_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await pause(20);
  }
}
