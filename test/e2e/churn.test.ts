/**
 * Ports come and go at random, their devices and namespaces too, and in the end nothing is left of them.
 *
 *   netns p0 … pN ── vswitchd: descriptors, threads, memory          netns witness: a veth into each of the others,
 *                                                                   which is gone when the kernel has freed that one
 *
 * VSW_CHURN_PORTS and VSW_CHURN_SECONDS make it longer; `npm run endurance` runs it with 300 ports for a minute.
 */
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { ApiError } from '../../src/api/client.ts';
import type { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { chance, seed } from '../harness/random.ts';
import { lacking, network, pause, tapPort, Topology, type Host } from '../harness/topology.ts';

const portCount = Number(process.env['VSW_CHURN_PORTS'] ?? 30);
const seconds = Number(process.env['VSW_CHURN_SECONDS'] ?? 4);
const hands = 4;
const memorySlackMb = 24; // what V8 keeps for itself between two collections

interface Holdings {
  readonly descriptors: number;
  readonly threads: number;
  readonly memoryMb: number;
}

function holdings({ pid }: DaemonProcess): Holdings {
  const memory = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, threads: readdirSync(`/proc/${pid}/task`).length, memoryMb: Number(memory) / 1024 };
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

t.test(`${portCount} ports at random for ${seconds} s`, { skip: lacking(), timeout: (seconds + 120) * 1000 }, async (t) => {
  await using topology = await Topology.open(t);
  const witness = await topology.host('witness');
  const hosts = Array.from({ length: portCount }, (_, index) => topology.planned(`p${index}`));
  const script = hosts.map(({ namespace }, index) => `ip netns add ${namespace}
ip -n ${witness.namespace} link add w${index} type veth peer name w netns ${namespace}`);
  await topology.run(['sh', '-e'], { input: script.join('\n') });
  const daemon = await topology.daemon();
  await daemon.client.apply([network('blue', { subnets: ['10.77.0.0/16', 'fd00:77::/64'] })]);
  const ports = hosts.map((host, index) => portOf(host, index + 1));
  const references = hosts.map(({ container: { name } }) => ({ kind: 'Port', name }));
  // Once before, so that what is only made at the first time is there already.
  await daemon.client.apply(ports);
  await daemon.client.delete(references);
  await pause(300);
  const before = holdings(daemon);

  t.comment(`VSW_SEED=${seed}`);
  const counts = new Map<string, number>();
  const end = Date.now() + seconds * 1000;
  await Promise.all(Array.from({ length: hands }, async (_, hand) => {
    const random = chance(seed + hand);
    while (Date.now() < end) {
      const index = Math.floor(random() * Math.ceil((portCount - hand) / hands)) * hands + hand;
      await meddle(daemon, hosts[index]!, index + 1, random, counts);
    }
  }));
  t.comment([...counts].map(([name, count]) => `${name} ${count}`).join(', '));
  t.ok((counts.get('attached') ?? 0) > 0 && (counts.get('detached') ?? 0) > 0);

  const { items } = await daemon.client.list('ports');
  await daemon.client.delete(items.map(({ metadata: { name } }) => ({ kind: 'Port', name })));
  t.strictSame((await daemon.client.list('ports')).items, []);
  await topology.until('descriptors and threads are as before', () => {
    const now = holdings(daemon);
    return now.descriptors <= before.descriptors && now.threads <= before.threads;
  }).catch(() => undefined);
  const after = holdings(daemon);
  t.comment(JSON.stringify({ before, after }));
  t.equal(after.descriptors, before.descriptors, 'no descriptor is left');
  t.equal(after.threads, before.threads, 'no thread is left');
  t.ok(after.memoryMb <= before.memoryMb + memorySlackMb, `no memory is left (${before.memoryMb.toFixed(0)} MB, then ${after.memoryMb.toFixed(0)} MB)`);

  const left = await topology.run(['sh', '-c', `for n in ${hosts.map(({ namespace }) => namespace).join(' ')}; do ip -n $n -o link show eth0 2>/dev/null; done; true`]);
  t.equal(left, '', 'no device is left');
  await topology.run(['sh', '-c', `for n in ${hosts.map(({ namespace }) => namespace).join(' ')}; do ip netns delete $n 2>/dev/null; done; true`]);
  const links = async (): Promise<number> => (await witness.run(['ip', '-o', 'link', 'show', 'type', 'veth'])).split('\n').filter((line) => line !== '').length;
  await topology.until('the kernel freed the namespaces', async () => (await links()) === 0, 20_000).catch(() => undefined);
  t.equal(await links(), 0, 'no namespace is held');
});
