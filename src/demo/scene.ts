/**
 * The demo step by step: builds the stage, shows the switch working on it, and takes it all down again.
 *
 * Each step prints the commands as a person would type them. What the story promises is checked as it
 * is shown, so a demo that prints its last line has proven it.
 */
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DropEntry, PortStats, Stats } from '../api/protocol.ts';
import { attempt, pause, run, typed } from './command.ts';
import { Container, leftNamespaces } from './container.ts';
import { DaemonProcess } from './daemon-process.ts';
import { equationsOf } from './law.ts';
import { actors, networks, resourcesFor, shouldReach, type Actor } from './story.ts';

const prefix = 'vsw-demo';
const streamProgram = fileURLToPath(new URL('./stream.js', import.meta.url));
const streamPort = 5201;
const streamSeconds = 3;
const pingCount = 200;

export class Scene {
  readonly #print: (line: string) => void;
  readonly #interrupted: AbortSignal;
  readonly #containers = new Map<string, Container>();
  #daemon: DaemonProcess | undefined;
  #step = 0;

  constructor(print: (line: string) => void, interrupted: AbortSignal) {
    this.#print = print;
    this.#interrupted = interrupted;
  }

  /** The process that must outlive an interruption, so that its ports can be taken back in order. */
  get daemonPid(): number | undefined {
    return this.#daemon?.pid;
  }

  async play(): Promise<void> {
    await this.#makeContainers();
    await this.#startDaemon();
    await this.#applyResources();
    await this.#showReach();
    await this.#measure();
    await this.#showTables();
    await this.#showLaw();
    await this.#explain();
  }

  /** Removes everything and answers what is still there. */
  async takeDown(): Promise<string[]> {
    const folder = this.#daemon?.folder;
    const pid = this.#daemon?.pid;
    const failures: string[] = [];
    for (const each of [this.#daemon, ...this.#containers.values()]) {
      // One that cannot be removed must not keep the others.
      await each?.remove().catch((error: unknown) => failures.push(String(error)));
    }
    const left = leftNamespaces(prefix).map((name) => `namespace ${name}`);
    if (folder !== undefined && existsSync(folder)) left.push(`folder ${folder}`);
    if (pid !== undefined && existsSync(`/proc/${pid}`)) left.push(`process ${pid}`);
    return [...left, ...failures];
  }

  async #makeContainers(): Promise<void> {
    this.#title(`Three containers: network namespaces with nothing in them but a loopback device`);
    for (const { name } of actors) {
      this.#continue();
      const container = Container.at(prefix, name);
      this.#containers.set(name, container);
      this.#say(`$ ip netns add ${container.namespace}`);
      await container.create();
    }
  }

  async #startDaemon(): Promise<void> {
    this.#title('The switch: vswitchd in a temporary state directory');
    this.#continue();
    this.#daemon = await DaemonProcess.make(prefix);
    const { folder, socket } = this.#daemon;
    this.#say(`$ vswitchd --state-dir ${join(folder, 'state')} --socket ${socket}`);
    await this.#daemon.start();
    const { generation } = await this.#daemon.client.generation();
    this.#print(`  it answers; generation ${generation}`);
    this.#print(`  (below, vswitchctl stands for: vswitchctl --socket ${socket})`);
  }

  async #applyResources(): Promise<void> {
    this.#title(`Two networks with the same subnets, ${networks.join(' and ')}, and a port for each container`);
    const file = join(this.#folder, 'demo.yaml');
    const resources = resourcesFor((name) => this.#container(name).namespace);
    await writeFile(file, resources);
    this.#print(indent(resources));
    await this.#control(['apply', '-f', file]);
    await this.#control(['get', 'ports']);
    const first = actors[0] as Actor;
    this.#say(`$ ip -n ${this.#container(first.name).namespace} -brief address`);
    this.#print(indent(await run(['ip', '-n', this.#container(first.name).namespace, '-brief', 'address'])));
  }

  async #showReach(): Promise<void> {
    this.#title('Who reaches whom, asked by ping and ping -6 from every container to every other');
    this.#continue();
    const example = actors[0] as Actor;
    this.#say(`$ ${typed(this.#pingWords(example, actors[1] as Actor, 0))}   (and so on)`);
    const pairs = actors.flatMap((from) => actors.filter((to) => to !== from).map((to) => ({ from, to })));
    const answers = await Promise.all(pairs.map(async ({ from, to }) => {
      const replies = await Promise.all([0, 1].map(async (family) => (await attempt(this.#pingWords(from, to, family))).code === 0));
      return { from, to, replies };
    }));
    this.#continue();
    this.#print(indent(table([
      ['from \\ to', ...actors.map(({ name, network }) => `${name} (${network})`)],
      ...actors.map((from) => [
        `${from.name} (${from.network})`,
        ...actors.map((to) => {
          const answer = answers.find((each) => each.from === from && each.to === to);
          return answer === undefined ? '·' : answer.replies.map((reply, family) => `v${family === 0 ? 4 : 6} ${reply ? 'yes' : 'no'}`).join(', ');
        }),
      ]),
    ])));
    for (const { from, to, replies } of answers) {
      for (const reply of replies) {
        if (reply === shouldReach(from, to)) continue;
        throw new Error(`${from.name} ${reply ? 'reaches' : 'does not reach'} ${to.name}, which the story says otherwise`);
      }
    }
    this.#print(`  ${networks.join(' and ')} never meet, though they share their subnets:`);
    const { items } = await this.#control(['get', 'drops', '-o', 'json'], { quiet: true }).then(parse<{ items: DropEntry[] }>);
    for (const { port, direction, reason, packets } of items) {
      this.#print(`    port ${port}: ${packets} packets died on ${direction} as ${reason}`);
    }
  }

  async #measure(): Promise<void> {
    this.#title('How fast: between two containers of one network, with common tools');
    const [client, server] = actors as [Actor, Actor, ...Actor[]];
    await this.#throughput(client, server);
    this.#continue();
    const words = ['ping', '-q', '-i', '0.005', '-c', String(pingCount), server.addresses[0]];
    this.#say(`$ ${typed(this.#container(client.name).inside(words))}`);
    const output = await this.#container(client.name).run(words);
    const [, least, average, most] = /= ([\d.]+)\/([\d.]+)\/([\d.]+)/.exec(output) ?? [];
    this.#print(`  round trip of a ping: ${average} ms on average, ${least} at best, ${most} at worst, of ${pingCount}`);
  }

  async #throughput(client: Actor, server: Actor): Promise<void> {
    this.#continue();
    const [from, to] = [this.#container(client.name), this.#container(server.name)];
    const hasIperf = (await attempt(['iperf3', '--version'])).code === 0;
    const listening = hasIperf
      ? ['iperf3', '--server', '--one-off', '--port', String(streamPort)]
      : [process.execPath, streamProgram, 'receive', String(streamPort)];
    const sending = hasIperf
      ? ['iperf3', '--client', server.addresses[0], '--port', String(streamPort), '--time', String(streamSeconds), '--json']
      : [process.execPath, streamProgram, 'send', server.addresses[0], String(streamPort), String(streamSeconds)];
    if (!hasIperf) this.#print('  iperf3 is not there (apt-get install -y iperf3); two lines of Node stand in for it');
    this.#say(`$ ${typed(to.inside(listening))} &`);
    this.#say(`$ ${typed(from.inside(sending))}`);
    const receiver = to.start(listening, { timeoutMs: 20_000 });
    await this.#untilListening(to);
    const sent = await from.run(sending, { timeoutMs: 20_000 });
    this.#continue();
    const received = await receiver.finished;
    const gigabits = hasIperf
      ? parse<{ end: { sum_received: { bits_per_second: number } } }>(sent).end.sum_received.bits_per_second / 1e9
      : Number(received.output);
    this.#print(`  one TCP stream for ${streamSeconds} s: ${gigabits.toFixed(2)} Gbit/s`);
  }

  async #untilListening(container: Container): Promise<void> {
    for (let attempts = 0; attempts < 100; attempts += 1) {
      this.#continue();
      const { output } = await container.attempt(['cat', '/proc/net/tcp', '/proc/net/tcp6']);
      if (new RegExp(`:${streamPort.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A `).test(output)) return;
      await pause(30);
    }
    throw new Error(`nothing listens at port ${streamPort} in ${container.namespace}`);
  }

  async #showTables(): Promise<void> {
    this.#title('The MAC table: who is where, in each network');
    await this.#control(['get', 'fdb']);
  }

  async #showLaw(): Promise<void> {
    this.#title('The counters, and the law that they obey: every packet is accounted for');
    await this.#control(['get', 'stats']);
    this.#print('  received = forwarded + consumed + dropped + held, for every port;');
    this.#print('  offered = transmitted + dropped on the way out, for every port; and both sides meet:');
    // Containers send now and then by themselves (MLD, router solicitations); a count amid a packet is asked again.
    for (let attempts = 1; ; attempts += 1) {
      this.#continue();
      const stats = await this.#process.client.read<PortStats>('stats') as unknown as Stats;
      const equations = equationsOf(stats);
      const holds = equations.every((equation) => equation.holds);
      if (!holds && attempts < 10) {
        await pause(100);
        continue;
      }
      for (const { text } of equations) this.#print(`    ${text}`);
      if (!holds) throw new Error('the counters do not add up, which is a bug in the switch');
      this.#print('  the law holds');
      return;
    }
  }

  async #explain(): Promise<void> {
    this.#title('Why: the verdict of the dataplane itself, for a frame that nobody has sent');
    const [web, db, lab] = actors as [Actor, Actor, Actor];
    const http = (from: Actor, to: Actor): string[] => (
      ['explain', '--port', from.name, '--to', to.addresses[0], '--protocol', 'tcp', '--destination-port', '80']);
    await this.#verdict(http(web, db), 'allow');
    await this.#verdict(http(web, lab), 'drop');
    await this.#verdict([...http(web, db), '--from', lab.addresses[0]], 'drop');
  }

  async #verdict(words: readonly string[], expected: string): Promise<void> {
    await this.#control(words);
    const { verdict } = parse<{ verdict: string }>(await this.#control([...words, '-o', 'json'], { quiet: true }));
    if (verdict !== expected) throw new Error(`\`vswitchctl ${typed(words)}\` says ${verdict}, not ${expected}`);
  }

  /** Runs vswitchctl, shown as typed together with what it prints. */
  async #control(words: readonly string[], { quiet = false } = {}): Promise<string> {
    this.#continue();
    if (!quiet) this.#say(`$ vswitchctl ${typed(words)}`);
    const output = await this.#process.command(words);
    if (!quiet) this.#print(indent(output));
    return output;
  }

  #pingWords(from: Actor, to: Actor, family: number): string[] {
    // One answer within two seconds: the second try is for a machine that is busy elsewhere.
    const version = family === 0 ? '-4' : '-6';
    return this.#container(from.name).inside(['ping', version, '-c', '1', '-w', '2', to.addresses[family] as string]);
  }

  #container(name: string): Container {
    const container = this.#containers.get(name);
    if (container === undefined) throw new Error(`no container ${name} was made`);
    return container;
  }

  get #process(): DaemonProcess {
    if (this.#daemon === undefined) throw new Error('vswitchd was not started');
    return this.#daemon;
  }

  get #folder(): string {
    return this.#process.folder;
  }

  #continue(): void {
    this.#interrupted.throwIfAborted();
  }

  #title(text: string): void {
    this.#continue();
    this.#step += 1;
    this.#print(`\n${this.#step}. ${text}`);
  }

  #say(line: string): void {
    this.#print(`  ${line}`);
  }
}

function parse<T>(text: string): T {
  return JSON.parse(text) as T;
}

function indent(text: string): string {
  return text.trimEnd().split('\n').map((line) => `    ${line}`).join('\n');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3)).join('').trimEnd()).join('\n');
}
