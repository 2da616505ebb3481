/**
 * Operations by chance on a real kernel; after each the world is what a simple model says.
 *
 *   netns h1 … h5 (there or not, each in `blue`, in `red` or nowhere) ── vswitchd (stopped, killed, started again)
 *
 * All hosts of both networks share one subnet, so only their network keeps them apart. VSW_SEED lives through a
 * world again; VSW_RUNS=20 lives twenty times as long.
 */
import t, { type Test } from 'tap';
import { ApiError } from '../../src/api/client.ts';
import type { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { findImbalances, type DropRow } from '../harness/checkers.ts';
import { chance, seed } from '../harness/random.ts';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

const operations = Math.max(1, Math.round(14 * Number(process.env['VSW_RUNS'] ?? '1')));
const networkNames = ['blue', 'red'] as const;
type NetworkName = (typeof networkNames)[number];

interface ModelPort {
  readonly network: NetworkName;
  readonly label: string;
  /** The last part of both its addresses. */
  readonly number: number;
}

/** What there should be, and nothing of how it comes about. */
class Model {
  readonly ports = new Map<number, ModelPort>();
  readonly namespaces = new Set<number>();
  readonly denying = new Set<NetworkName>();
  generation = 0;

  isReady(index: number): boolean {
    return this.ports.has(index) && this.namespaces.has(index);
  }

  /** A ping needs both ways, and its request the receiver's ingress. */
  reaches(from: number, to: number): boolean {
    const [mine, theirs] = [this.ports.get(from), this.ports.get(to)];
    if (mine === undefined || theirs === undefined || !this.isReady(from) || !this.isReady(to)) return false;
    return mine.network === theirs.network && !this.denying.has(mine.network);
  }

  portRows(): object[] {
    return [...this.ports].sort(([a], [b]) => a - b).map(([index, port]) => (
      { name: `h${index}`, network: port.network, label: port.label, state: this.isReady(index) ? 'ready' : 'waiting' }));
  }
}

class World {
  readonly model = new Model();
  readonly topology: Topology;
  readonly daemon: DaemonProcess;
  readonly hosts: readonly Host[];
  readonly #random: () => number;

  constructor(topology: Topology, daemon: DaemonProcess, hosts: readonly Host[], random: () => number) {
    [this.topology, this.daemon, this.hosts, this.#random] = [topology, daemon, hosts, random];
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)] as Item;
  }

  host(index: number): Host {
    return this.hosts[index - 1] as Host;
  }

  resourceOf(index: number, { network: name, label, number }: ModelPort): object {
    const resource = tapPort(this.host(index), name, number) as { metadata: object };
    return { ...resource, metadata: { ...resource.metadata, labels: { tier: label } } };
  }

  async put(index: number, port: ModelPort): Promise<void> {
    this.#changed(await this.daemon.client.apply([this.resourceOf(index, port)]));
    this.model.ports.set(index, port);
  }

  async detach(index: number): Promise<void> {
    this.#changed(await this.daemon.client.delete([{ kind: 'Port', name: `h${index}` }]));
    this.model.ports.delete(index);
  }

  async setPolicy(name: NetworkName, ingress: 'allow' | 'drop'): Promise<void> {
    this.#changed(await this.daemon.client.apply([network(name, { defaultPolicy: { ingress, egress: 'allow' } })]));
    if (ingress === 'drop') this.model.denying.add(name);
    else this.model.denying.delete(name);
  }

  async setNamespace(index: number, isThere: boolean): Promise<void> {
    if (isThere) await this.host(index).container.create();
    else await this.host(index).container.remove();
    if (isThere) this.model.namespaces.add(index);
    else this.model.namespaces.delete(index);
  }

  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.daemon.stop(signal);
    await this.daemon.start();
  }

  /** Two ports with one address, and one in no network: all of it is refused. */
  async applyWrong(index: number): Promise<string> {
    const port = this.resourceOf(index, { network: 'blue', label: 'wrong', number: 77 }) as { spec: object };
    const other = this.resourceOf(index % this.hosts.length + 1, { network: 'blue', label: 'wrong', number: 77 });
    const answer = await this.daemon.client.apply([{ ...port, spec: { ...port.spec, network: 'nowhere' } }, other, port])
      .then(() => 'taken', (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        return 'refused';
      });
    return answer;
  }

  #changed({ generation }: { generation: number }): void {
    if (generation < this.model.generation) throw new Error(`generation ${generation} after ${this.model.generation}`);
    this.model.generation = generation;
  }
}

/** One operation that may be done in this world, in words and as an act. */
function choose(world: World): { told: string; act: () => Promise<unknown> } {
  const { model } = world;
  const index = world.pick([1, 2, 3, 4, 5]);
  const port = model.ports.get(index);
  const name = world.pick(networkNames);
  if (port === undefined) {
    const made = { network: name, label: world.pick(['web', 'db']), number: index };
    return world.pick([
      { told: `attach h${index} to ${name}`, act: async () => await world.put(index, made) },
      { told: `attach h${index} to ${name}`, act: async () => await world.put(index, made) },
      { told: 'apply what is wrong', act: async () => await world.applyWrong(index) },
      { told: 'restart by SIGKILL', act: async () => await world.restart('SIGKILL') },
    ]);
  }
  const isThere = model.namespaces.has(index);
  const isDenying = model.denying.has(name);
  const label = port.label === 'web' ? 'db' : 'web';
  return world.pick([
    { told: `detach h${index}`, act: async () => await world.detach(index) },
    { told: `relabel h${index}`, act: async () => await world.put(index, { ...port, label }) },
    { told: `move h${index} to ${name}`, act: async () => await world.put(index, { ...port, network: name }) },
    { told: `give h${index} another address`, act: async () => await world.put(index, { ...port, number: port.number < 20 ? port.number + 20 : index }) },
    { told: `${isThere ? 'end' : 'make'} the namespace of h${index}`, act: async () => await world.setNamespace(index, !isThere) },
    { told: `${isThere ? 'end' : 'make'} the namespace of h${index}`, act: async () => await world.setNamespace(index, !isThere) },
    { told: `${name} ${isDenying ? 'allows' : 'denies'}`, act: async () => await world.setPolicy(name, isDenying ? 'allow' : 'drop') },
    { told: 'restart by SIGKILL', act: async () => await world.restart('SIGKILL') },
    { told: 'restart by SIGTERM', act: async () => await world.restart('SIGTERM') },
    { told: 'apply what is wrong', act: async () => await world.applyWrong(index) },
  ]);
}

async function portRows({ daemon }: World): Promise<object[]> {
  const { items } = await daemon.client.list('ports');
  return items.map(({ metadata, spec, status }) => ({
    name: metadata.name, network: (spec as { network: string }).network, label: (metadata as { labels?: { tier?: string } }).labels?.tier,
    state: (status as { state: string }).state,
  })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The counters are read while frames move, so an equation may be a frame ahead; one that is wrong stays wrong. */
async function checkCounters(t: Test, world: World): Promise<void> {
  let wrong: string[] = [];
  let names: string[] = [];
  await world.topology.until('the law holds', async () => {
    const stats = await world.topology.stats();
    names = stats.items.map(({ port }) => port).filter((name) => /^h\d$/.test(name)).sort();
    wrong = findImbalances(stats as unknown as Parameters<typeof findImbalances>[0]);
    return wrong.length === 0;
  }, 3000).catch(() => undefined);
  t.strictSame(wrong, [], 'the counters obey the law');
  t.strictSame(names, [...world.model.ports.keys()].sort((a, b) => a - b).map((index) => `h${index}`), 'each port has its counters, and nobody else');
}

/** Every pair by explain; of those that reach and of those that do not, one by the kernel, too. */
async function checkReach(t: Test, world: World): Promise<void> {
  const { model } = world;
  const pairs = [...model.ports.keys()].flatMap((from) => [...model.ports.keys()].filter((to) => to !== from).map((to) => ({ from, to })));
  const wrong: string[] = [];
  for (const { from, to } of pairs) {
    const address = `10.77.0.${model.ports.get(to)!.number}`;
    const { verdict, reason } = await world.daemon.client.explain({ port: `h${from}`, to: address, protocol: 'icmp' });
    if ((verdict === 'allow') !== model.reaches(from, to)) wrong.push(`h${from} → h${to}: explain says ${String(verdict)} ${String(reason)}`);
  }
  t.strictSame(wrong, [], `explain knows who reaches whom (${pairs.length} pairs)`);
  const there = pairs.filter(({ from }) => model.isReady(from));
  const [open, shut] = [there.filter(({ from, to }) => model.reaches(from, to)), there.filter(({ from, to }) => !model.reaches(from, to))];
  if (open.length > 0) {
    const { from, to } = world.pick(open);
    const family = world.pick(['10.77.0.', 'fd00:77::']);
    t.ok(await world.host(from).reaches(`${family}${model.ports.get(to)!.number}`, { seconds: 5 }), `h${from} reaches h${to}`);
  }
  if (shut.length > 0) {
    const { from, to } = world.pick(shut);
    const words = ['ping', '-c', '2', '-i', '0.01', '-W', '0.2', `10.77.0.${model.ports.get(to)!.number}`];
    t.not((await world.host(from).attempt(words)).code, 0, `h${from} does not reach h${to}`);
  }
}

async function checkTables(t: Test, world: World): Promise<void> {
  const { items } = await world.daemon.client.read<{ port: string; address: string; network: string }>('neighbors');
  const known = items.map(({ port, network: name, address }) => `${port} ${name} ${address}`).filter((row) => /^h\d/.test(row)).sort();
  const wanted = [...world.model.ports]
    .flatMap(([index, { network: name, number }]) => [`h${index} ${name} 10.77.0.${number}`, `h${index} ${name} fd00:77::${number}`]).sort();
  t.strictSame(known, wanted, 'each declared address has its port, and no other is known');
}

t.test(`${operations} operations, VSW_SEED=${seed}`, { skip: lacking('ping'), timeout: 60_000 + operations * 15_000 }, async (t) => {
  await using topology = await Topology.open(t);
  const hosts = [1, 2, 3, 4, 5].map((index) => topology.planned(`h${index}`));
  const daemon = await topology.daemon();
  const world = new World(topology, daemon, hosts, chance(seed));
  await daemon.client.apply(networkNames.map((name) => network(name)));
  for (const index of [1, 2, 3, 4]) await world.setNamespace(index, true);
  for (const index of [1, 2, 3]) await world.put(index, { network: index === 3 ? 'red' : 'blue', label: 'web', number: index });

  for (let count = 1; count <= operations; ++count) {
    const { told, act } = choose(world);
    await t.test(`${count}. ${told}`, async (t) => {
      const answer = await act();
      if (told === 'apply what is wrong') t.equal(answer, 'refused');
      const wanted = JSON.stringify(world.model.portRows());
      await topology.until('the ports are what the model says', async () => JSON.stringify(await portRows(world)) === wanted, 10_000).catch(() => undefined);
      t.strictSame(await portRows(world), world.model.portRows(), 'the ports are what the model says');
      const { generation } = await daemon.client.generation();
      t.ok(generation >= world.model.generation, `generation ${generation} is not before ${world.model.generation}`);
      world.model.generation = generation;
      await checkTables(t, world);
      await checkReach(t, world);
      await checkCounters(t, world);
    });
    if (!t.passing()) break;
  }
  for (const index of [...world.model.ports.keys()]) await world.detach(index);
  const { items } = await daemon.client.read<DropRow>('flows');
  t.strictSame(items, [], 'no flow is left without ports');
  for (const index of world.model.namespaces) {
    t.not((await world.host(index).attempt(['ip', 'link', 'show', 'eth0'])).code, 0, `no device is left in h${index}`);
  }
});
