/**
 * A topology of real namespaces for one test, with a daemon or a library over it.
 *
 * `await using topology = await Topology.open(t)`: all that it makes carries the process id and is gone
 * at the end, however the test ends. It remembers every command as typed with what it printed, and
 * tells them when the test fails. VSW_KEEP=1 leaves everything standing and prints the lines that enter.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { CommandError, pause, start, typed, type CommandOptions, type Finished, type Running } from '../../src/demo/command.ts';
import { Container } from '../../src/demo/container.ts';
import { DaemonProcess } from '../../src/demo/daemon-process.ts';
import type { Resource, Stats } from '../../src/api/protocol.ts';

export { pause } from '../../src/demo/command.ts';

const isKept = process.env['VSW_KEEP'] === '1';
const toldLinesMax = 60;
let topologies = 0;

const capabilities: Readonly<Record<string, () => boolean>> = {
  root: () => process.getuid?.() === 0,
  'ip (apt-get install -y iproute2)': () => hasProgram('ip'),
  '/dev/net/tun (modprobe tun)': () => existsSync('/dev/net/tun'),
  'ping (apt-get install -y iputils-ping)': () => hasProgram('ping'),
  'iperf3 (apt-get install -y iperf3)': () => hasProgram('iperf3'),
  'python3 (apt-get install -y python3)': () => hasProgram('python3'),
  'setpriv (apt-get install -y util-linux)': () => hasProgram('setpriv'),
  'unshare (apt-get install -y util-linux)': () => hasProgram('unshare') && hasProgram('nsenter'),
};

function hasProgram(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  return folders.some((folder) => existsSync(`${folder}/${name}`));
}

/** What a test option `skip` wants: false, or the names of what this machine lacks. */
export function lacking(...programs: readonly ('ping' | 'iperf3' | 'python3' | 'setpriv' | 'unshare')[]): string | false {
  const needs = Object.entries(capabilities).filter(([name]) => {
    const first = name.split(' ')[0] as string;
    return ['root', 'ip', '/dev/net/tun'].includes(first) || (programs as readonly string[]).includes(first);
  });
  const missing = needs.filter(([, isThere]) => !isThere()).map(([name]) => name);
  return missing.length === 0 ? false : `needs ${missing.join(', ')}`;
}

export function compiled(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** A container whose commands are remembered. */
export class Host {
  readonly container: Container;
  readonly #topology: Topology;

  constructor(topology: Topology, container: Container) {
    this.#topology = topology;
    this.container = container;
  }

  get namespace(): string {
    return this.container.namespace;
  }

  async run(words: readonly string[], options?: CommandOptions): Promise<string> {
    return await this.#topology.run(this.container.inside(words), options);
  }

  async attempt(words: readonly string[], options?: CommandOptions): Promise<Finished> {
    return await this.#topology.attempt(this.container.inside(words), options);
  }

  start(words: readonly string[], options?: CommandOptions): Running {
    return this.#topology.start(this.container.inside(words), options);
  }

  /** Whether one of a few pings is answered. */
  async reaches(address: string, { seconds = 2, options = [] }: { seconds?: number; options?: readonly string[] } = {}): Promise<boolean> {
    const words = ['ping', '-c', '1', '-i', '0.3', '-w', String(seconds), ...options, address];
    return (await this.attempt(words)).code === 0;
  }

  /**
   * Pings until so many are answered: the numbers of those that were, which are 1 to `count` if none was lost, and how long the slowest took.
   * Not by ping's -W, with which it gives the last one no more than two round trips' time: on a busy machine an answer takes longer.
   */
  async pings(address: string, count: number, intervalS: number): Promise<{ answered: readonly number[]; slowestMs: number }> {
    const { output } = await this.attempt(['ping', '-c', String(count), '-i', String(intervalS), '-w', String(Math.ceil(count * intervalS) + 10), address]);
    const answers = [...output.matchAll(/icmp_seq=(\d+) .*time=([\d.]+) ms/g)].map(([, number, time]) => ({ number: Number(number), timeMs: Number(time) }));
    // While the last answer was on its way ping asked once more.
    return { answered: answers.map(({ number }) => number).slice(0, count), slowestMs: Math.max(...answers.map(({ timeMs }) => timeMs)) };
  }

  /** Waits until something listens at a TCP port in here. */
  async untilListening(port: number): Promise<void> {
    const listening = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A `);
    await this.#topology.until(`something listens at ${port} in ${this.namespace}`, async () => {
      const { output } = await this.container.attempt(['cat', '/proc/net/tcp', '/proc/net/tcp6']);
      return listening.test(output);
    });
  }
}

/** 1 to `count`. */
export const numbersTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

export class Topology implements AsyncDisposable {
  readonly prefix: string;
  readonly #test: Test;
  readonly #hosts = new Map<string, Host>();
  readonly #told: string[] = [];
  readonly #started: Running[] = [];
  readonly #atEnd: (() => Promise<unknown> | unknown)[] = [];
  #daemon: DaemonProcess | undefined;

  private constructor(test: Test) {
    topologies += 1;
    this.prefix = `vsw-t${topologies}`;
    this.#test = test;
    test.teardown(() => {
      if (!test.passing()) this.#tell();
    });
  }

  static async open(test: Test): Promise<Topology> {
    return new Topology(test);
  }

  /** Makes a namespace for each name. */
  async hosts<const Names extends readonly string[]>(...names: Names): Promise<{ [Index in keyof Names]: Host }> {
    const made: Host[] = [];
    for (const name of names) made.push(await this.host(name));
    return made as { [Index in keyof Names]: Host };
  }

  async host(name: string): Promise<Host> {
    const host = this.planned(name);
    this.#note(`$ ip netns add ${host.namespace}`);
    await host.container.create();
    return host;
  }

  /** A host whose namespace is not there yet. */
  planned(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host = new Host(this, Container.at(this.prefix, name));
    this.#hosts.set(name, host);
    return host;
  }

  /** Starts vswitchd with a state of its own; behind the words of `wrapper`, when there are some. */
  async daemon({ wrapper = [], ...options }: { workers?: number; wrapper?: readonly string[] } = {}): Promise<DaemonProcess> {
    this.#daemon = await DaemonProcess.make(this.prefix, options);
    this.#daemon.wrapper = wrapper;
    this.#note(`$ ${typed(this.#daemon.words)} &`);
    await this.#daemon.start();
    return this.#daemon;
  }

  /** Called at the end, before the namespaces go; last registered first. */
  defer(end: () => Promise<unknown> | unknown): void {
    this.#atEnd.push(end);
  }

  async run(words: readonly string[], options?: CommandOptions): Promise<string> {
    const finished = await this.attempt(words, options);
    if (finished.code !== 0) throw new CommandError(finished);
    return finished.answer;
  }

  async attempt(words: readonly string[], options: CommandOptions = {}): Promise<Finished> {
    return await this.start(words, { timeoutMs: 60_000, ...options }).finished;
  }

  start(words: readonly string[], options: CommandOptions = {}): Running {
    const running = start(words, options);
    this.#started.push(running);
    this.#note(`$ ${typed(words)}`);
    void running.finished.then(({ code, output }) => {
      const lines = output.trimEnd().split('\n');
      const shown = lines.length > toldLinesMax ? [...lines.slice(0, toldLinesMax), `(${lines.length - toldLinesMax} more lines)`] : lines;
      this.#note(`${shown.join('\n')}\n[${code}] ${typed(words)}`);
    });
    return running;
  }

  async control(...words: readonly string[]): Promise<string> {
    return await this.run(this.#process.commandWords(words));
  }

  async attemptControl(...words: readonly string[]): Promise<Finished> {
    return await this.attempt(this.#process.commandWords(words));
  }

  /** Applies resources through vswitchctl. */
  async apply(resources: readonly unknown[]): Promise<void> {
    await this.run(this.#process.commandWords(['apply', '-f', '-']), { input: JSON.stringify(resources) });
  }

  async stats(): Promise<Stats> {
    return await this.#process.client.read('stats') as unknown as Stats;
  }

  async port(name: string): Promise<Resource & { status: { state: string; generation: number; message: string } }> {
    return await this.#process.client.get('ports', name) as Resource & { status: { state: string; generation: number; message: string } };
  }

  async drops(port: string, reason: string): Promise<number> {
    const { items } = await this.#process.client.read<{ port: string; reason: string; packets: number }>('drops');
    return items.filter((item) => item.port === port && item.reason === reason).reduce((sum, { packets }) => sum + packets, 0);
  }

  /** Asks again and again until it is so. */
  async until(what: string, isSo: () => Promise<boolean> | boolean, timeoutMs = 10_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!(await isSo())) {
      if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
      await pause(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (isKept) {
      for (const host of this.#hosts.values()) this.#note(`kept; enter it with: ip netns exec ${host.namespace} sh`);
      this.#tell();
      return;
    }
    for (const end of this.#atEnd.reverse()) await this.#try(end);
    for (const running of this.#started) running.end('SIGKILL');
    await Promise.all(this.#started.map(async (running) => await running.finished));
    await this.#try(async () => await this.#daemon?.remove());
    if (this.#daemon !== undefined) this.#note(`vswitchd said:\n${this.#daemon.log.trimEnd()}`);
    for (const host of this.#hosts.values()) await this.#try(async () => await host.container.remove());
  }

  async #try(end: () => Promise<unknown> | unknown): Promise<void> {
    try {
      await end();
    } catch (error) {
      this.#test.fail(`the end of the topology: ${String(error)}`);
    }
  }

  get #process(): DaemonProcess {
    if (this.#daemon === undefined) throw new Error('this topology has no daemon; call daemon() first');
    return this.#daemon;
  }

  #note(text: string): void {
    this.#told.push(text);
  }

  #tell(): void {
    process.stderr.write(`${this.#told.flatMap((text) => text.split('\n')).map((line) => `  | ${line}`).join('\n')}\n`);
  }
}

/** The resources that most tests begin with. */
export function network(name: string, spec: object = {}): object {
  return { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name }, spec: { subnets: ['10.77.0.0/24', 'fd00:77::/64'], ...spec } };
}

export function tapPort(host: Host, networkName: string, number: number, spec: object = {}): object {
  return {
    apiVersion: 'vswitch/v1',
    kind: 'Port',
    metadata: { name: host.container.name },
    spec: {
      network: networkName, type: 'tap', netns: host.namespace, device: 'eth0',
      addresses: [`10.77.0.${number}/24`, `fd00:77::${number}/64`], ...spec,
    },
  };
}
