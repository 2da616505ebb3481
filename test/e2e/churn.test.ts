/**
 * Ports come and go at random, their devices and namespaces too, and in the end nothing is left of them.
 *
 *   netns p0 … pN ── vswitchd: descriptors, threads, memory          netns witness: a veth into each of the others,
 *                                                                   which is gone when the kernel has freed that one
 *
 * They do so twice: after the first time the code is warm and histories are as long as they become, and the second adds nothing.
 * VSW_CHURN_PORTS and VSW_CHURN_SECONDS make each longer; `npm run endurance` runs it with 300 ports for a minute.
 */
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { ApiError } from '../../src/api/client.ts';
import type { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { chance, seed } from '../harness/random.ts';
import { compiled, lacking, network, pause, tapPort, Topology, type Host } from '../harness/topology.ts';

const portCount = Number(process.env['VSW_CHURN_PORTS'] ?? 30);
const seconds = Number(process.env['VSW_CHURN_SECONDS'] ?? 4);
const hands = 4;
// Resident memory is that of both sides, and differs by up to 10 MB with the garbage that there was last; by more if V8 had more room for it.
const nodeOptions = `--max-semi-space-size=1 --expose-gc --import=${compiled('test/harness/memory-probe.js')}`;
const heapSlackMb = 1;
const residentSlackMb = 12;

interface Holdings {
  readonly descriptors: number;
  readonly threads: number;
  readonly heapMb: number;
  readonly residentMb: number;
}

async function holdings(topology: Topology, daemon: DaemonProcess): Promise<Holdings> {
  const told = (): string[] => [...daemon.log.matchAll(/^held (\d+) bytes$/gm)].map(([, bytes]) => bytes!);
  const already = told().length;
  process.kill(daemon.pid!, 'SIGUSR2');
  await topology.until('the daemon says what it holds', () => told().length > already);
  const folder = `/proc/${daemon.pid}`;
  return {
    descriptors: readdirSync(`${folder}/fd`).length,
    threads: readdirSync(`${folder}/task`).length,
    heapMb: Number(told().at(-1)) / 2 ** 20,
    residentMb: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`${folder}/status`, 'utf8'))?.[1]) / 2 ** 10,
  };
}

function portOf(host: Host, number: number): object {
  return tapPort(host, 'blue', number, { addresses: [`10.77.${number >> 8}.${number & 255}/16`, `fd00:77::${number.toString(16)}/64`] });
}

/** Does something to one port of its own; what the switch may rightly refuse is no failure. */
async function meddle(daemon: DaemonProcess, host: Host, number: number, random: () => number, counts: Map<string, number>): Promise<void> {
  const acts: readonly [weight: number, name: string, act: () => Promise<unknown>][] = [
    [10, 'attached', async () => await daemon.client.apply([portOf(host, number)])],
    [7, 'detached', async () => await daemon.client.delete([{ kind: 'Port', name: host.container.name }])],
    [1, 'device deleted', async () => await host.container.attempt(['ip', 'link', 'delete', 'eth0'])],
    [1, 'device changed', async () => await host.container.attempt(['ip', 'link', 'set', 'eth0', 'mtu', '1400'])],
    [1, 'namespace gone', async () => await host.container.remove()],
    [2, 'namespace made', async () => await host.container.create().catch(() => undefined)],
  ];
  let left = random() * acts.reduce((sum, [weight]) => sum + weight, 0);
  const [, name, act] = acts.find(([weight]) => (left -= weight) < 0) ?? acts[0]!;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  try {
    await act();
  } catch (error) {
    // Deleting what is not there, attaching in the very moment that the namespace goes.
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Some hands at random for a while, each at ports of its own; in the end all ports are deleted. */
async function churn(daemon: DaemonProcess, hosts: readonly Host[], forSeconds: number, from: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const end = Date.now() + forSeconds * 1000;
  await Promise.all(Array.from({ length: hands }, async (_, hand) => {
    const random = chance(from + hand);
    while (Date.now() < end) {
      const index = Math.floor(random() * Math.ceil((hosts.length - hand) / hands)) * hands + hand;
      await meddle(daemon, hosts[index]!, index + 1, random, counts);
    }
  }));
  const { items } = await daemon.client.list('ports');
  await daemon.client.delete(items.map(({ metadata: { name } }) => ({ kind: 'Port', name })));
  return counts;
}

t.test(`${portCount} ports at random for twice ${seconds} s`, { skip: lacking(), timeout: (2 * seconds + 120) * 1000 }, async (t) => {
  await using topology = await Topology.open(t);
  const witness = await topology.host('witness');
  const hosts = Array.from({ length: portCount }, (_, index) => topology.planned(`p${index}`));
  const script = hosts.map(({ namespace }, index) => `ip netns add ${namespace}
ip -n ${witness.namespace} link add w${index} type veth peer name w netns ${namespace}`);
  await topology.run(['sh', '-e'], { input: script.join('\n') });
  const daemon = await topology.daemon({ wrapper: ['env', `NODE_OPTIONS=${nodeOptions}`] });
  await daemon.client.apply([network('blue', { subnets: ['10.77.0.0/16', 'fd00:77::/64'] })]);
  t.comment(`VSW_SEED=${seed}`);
  await daemon.client.apply(hosts.map((host, index) => portOf(host, index + 1)));
  await churn(daemon, hosts, seconds, seed + hands);
  await pause(300);
  const before = await holdings(topology, daemon);

  const counts = await churn(daemon, hosts, seconds, seed);
  t.comment([...counts].map(([name, count]) => `${name} ${count}`).join(', '));
  t.ok((counts.get('attached') ?? 0) > 0 && (counts.get('detached') ?? 0) > 0);
  t.strictSame((await daemon.client.list('ports')).items, []);
  let after = await holdings(topology, daemon);
  await topology.until('descriptors and threads are as before', async () => {
    after = await holdings(topology, daemon);
    return after.descriptors <= before.descriptors && after.threads <= before.threads;
  }).catch(() => undefined);
  t.comment(JSON.stringify({ before, after }));
  t.equal(after.descriptors, before.descriptors, 'no descriptor is left');
  t.equal(after.threads, before.threads, 'no thread is left');
  const grown = (what: 'heapMb' | 'residentMb'): string => `${before[what].toFixed(1)} MB, then ${after[what].toFixed(1)} MB`;
  t.ok(after.heapMb <= before.heapMb + heapSlackMb, `nothing is held in JavaScript (${grown('heapMb')})`);
  t.ok(after.residentMb <= before.residentMb + residentSlackMb, `no memory is left (${grown('residentMb')})`);

  const left = await topology.run(['sh', '-c', `for n in ${hosts.map(({ namespace }) => namespace).join(' ')}; do ip -n $n -o link show eth0 2>/dev/null; done; true`]);
  t.equal(left, '', 'no device is left');
  await topology.run(['sh', '-c', `for n in ${hosts.map(({ namespace }) => namespace).join(' ')}; do ip netns delete $n 2>/dev/null; done; true`]);
  const links = async (): Promise<number> => (await witness.run(['ip', '-o', 'link', 'show', 'type', 'veth'])).split('\n').filter((line) => line !== '').length;
  await topology.until('the kernel freed the namespaces', async () => (await links()) === 0, 20_000).catch(() => undefined);
  t.equal(await links(), 0, 'no namespace is held');
});
