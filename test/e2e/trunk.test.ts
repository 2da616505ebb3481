/**
 * Trunks with real kernels: what goes to one is tagged, what comes from one with a tag is in that network.
 *
 *   ┌─ netns router ─┐       ┌──── vswitchd ─────┐       ┌─ netns dev-a ──┐
 *   │ eth0  dev      ├───────┤ dev   vlan 100    ├───────┤ eth0 10.77.0.1 │
 *   │  (200 prod)    │ trunk │ prod  vlan 200    ├───┐   └────────────────┘
 *   └────────────────┘       └───────────────────┘   │   ┌─ netns prod-a ─┐
 *                                                    └───┤ eth0 10.78.0.1 │
 *                                                        └────────────────┘
 *
 * Nothing here needs the kernel's 8021q: tags are pushed and read by AF_PACKET (test/harness/tags.py).
 */
import { join } from 'node:path';
import t from 'tap';
import type { Running } from '../../src/demo/command.ts';
import { lacking, network, numbersTo, tapPort, Topology, type Host } from '../harness/topology.ts';
import { root } from '../tidy/tree.ts';

const script = join(root, 'test/harness/tags.py');
const skip = lacking('ping', 'python3');

interface Heard {
  isTagged: boolean; tpid: number; vlan: number; priority: number; needsChecksum: boolean; gso: number; gsoSize: number;
  checksumStart: number; length: number; start: string;
}

interface Scene {
  topology: Topology;
  router: Host;
  devA: Host;
  prodA: Host;
  tags(host: Host, ...words: string[]): Promise<Running>;
  hear(host: Host, count: number, etherType: string, cause: () => Promise<unknown>, lengthMin?: number): Promise<Heard[]>;
}

async function scene(topology: Topology, trunk: object, prod: object = {}): Promise<Scene> {
  const [router, devA, prodA] = await topology.hosts('router', 'dev-a', 'prod-a');
  await topology.daemon();
  await topology.apply([
    network('dev', { vlan: 100, subnets: ['10.77.0.0/24'] }), network('prod', { vlan: 200, subnets: ['10.78.0.0/24'], ...prod }),
    tapPort(devA, 'dev', 1, { addresses: ['10.77.0.1/24'] }), tapPort(prodA, 'prod', 1, { addresses: ['10.78.0.1/24'] }),
    { ...tapPort(router, 'dev', 9), spec: { type: 'tap', netns: router.namespace, device: 'eth0', ...trunk } },
  ]);
  const tags = async (host: Host, ...words: string[]): Promise<Running> => {
    const running = host.start(['python3', '-B', script, ...words], { timeoutMs: 60_000 });
    const isQuiet = !['answer', 'hear', 'gather'].includes(words[0] ?? '');
    if (isQuiet) await running.finished;
    else await topology.until(`tags.py ${words[0]} is ready`, () => running.answer.startsWith('ready') || !running.isRunning);
    return running;
  };
  const hear = async (host: Host, count: number, etherType: string, cause: () => Promise<unknown>, lengthMin = 0): Promise<Heard[]> => {
    const listening = await tags(host, 'hear', 'eth0', String(count), etherType, String(lengthMin));
    await cause();
    const { answer } = await listening.finished;
    return answer.trim().split('\n').slice(1).map((line) => JSON.parse(line) as Heard);
  };
  return { topology, router, devA, prodA, tags, hear };
}

const both = { trunk: { networks: ['dev', 'prod'], native: 'dev' }, addresses: ['10.77.0.9/24', '10.78.0.9/24'] };
const macOf = async (host: Host): Promise<string> => (await host.run(['cat', '/sys/class/net/eth0/address'])).trim();
const bare = (mac: string): string => mac.trim().replaceAll(':', '');

t.test('a kernel pings over a tag, and the same trunk without one', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const { router, devA, prodA, tags } = await scene(topology, both);
  await tags(router, 'answer', 'eth0', '200', '10.78.0.9');
  t.strictSame((await devA.pings('10.77.0.9', 3, 0.05)).answered, numbersTo(3), 'the native network needs no tag: the kernel itself answers');
  t.strictSame((await prodA.pings('10.78.0.9', 3, 0.05)).answered, numbersTo(3), 'in prod it is the station behind VLAN 200');
  t.notOk(await devA.reaches('10.78.0.9', { seconds: 1 }), 'dev is not prod');

  t.match(await topology.control('get', 'ports'), /router +\[dev\],prod/);
  t.match(await topology.control('describe', 'port', 'router'), /networks:\n +- dev\n +- prod\n +native: dev/);
  t.match(await topology.control('describe', 'network', 'prod'), /prod-a[^]*router/);
  t.match(await topology.control('get', 'neighbors', '--network', 'prod'), /prod +10\.78\.0\.9 +\S+ +router/);
  t.match(await topology.control('get', 'fdb', '--network', 'prod'), /router +static/);
  t.match(await topology.control('get', 'flows', '--network', 'prod'), /icmp[^]*10\.78\.0\.1/);
  const explain = async (...words: string[]): Promise<object> => JSON.parse(await topology.control('explain', '--port', 'router', ...words, '-o', 'json')) as object;
  t.match(await explain('--network', 'prod', '--to', '10.78.0.1'), { verdict: 'allow', network: 'prod', receivers: ['prod-a'], frame: /vlan 200/ });
  t.match(await explain('--to', '10.77.0.1'), { verdict: 'allow', network: 'dev', receivers: ['dev-a'] });
  t.match(await explain('--network', 'prod', '--to', '10.78.0.1', '--from', '10.77.0.9'), { verdict: 'drop', stage: 'anti_spoof', reason: 'ip_spoofed', network: 'prod' });
  const { items, totals } = await topology.stats();
  const sum = (name: 'offeredPackets' | 'forwardedPackets'): number => items.reduce((total, item) => total + item[name], 0);
  t.equal(sum('offeredPackets'), sum('forwardedPackets') + totals.copiedPackets + totals.originatedPackets, 'the law holds');
});

t.test('tags and priorities as they stand on the wire', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const { router, prodA, tags, hear } = await scene(topology, { trunk: { networks: ['dev', 'prod'], native: 'dev' }, addresses: [], antiSpoof: false }, { etherTypes: [0x88b5] });
  const [routerMac, prodMac] = [bare(await macOf(router)), bare(await macOf(prodA))];
  const payload = '88b5' + '00'.repeat(46);
  const fromProd = (tag: string): string => `${routerMac}${prodMac}${tag}${payload}`;
  const fromRouter = (tag: string): string => `${prodMac}${routerMac}${tag}${payload}`;

  const [plain, urgent] = await hear(router, 2, '88b5', async () => {
    await tags(prodA, 'send', 'eth0', fromProd(''));
    await tags(prodA, 'send', 'eth0', fromProd('8100a000'));
  });
  t.match(plain, { isTagged: true, tpid: 0x8100, vlan: 200, priority: 0 });
  t.match(urgent, { isTagged: true, vlan: 200, priority: 5 }, 'what a priority tag said goes on');
  const [untagged] = await hear(prodA, 1, '88b5', async () => await tags(router, 'send', 'eth0', fromRouter('8100e0c8')));
  t.match(untagged, { isTagged: false, start: new RegExp(`^${prodMac}${routerMac}88b5`) }, 'an access port gets no tag');

  await tags(router, 'send', 'eth0', fromRouter('8100012c'));
  await topology.until('VLAN 300 is counted', async () => await topology.drops('router', 'vlan_not_carried') === 1);
  await tags(prodA, 'send', 'eth0', fromProd('810000c8'));
  await topology.until('a tag of a host is counted', async () => await topology.drops('prod-a', 'vlan_not_carried') === 1);
  const last = JSON.parse(await topology.control('explain', '--port', 'router', '--last', '1', '-o', 'json')) as { items: { frame: string; now: { reason: string } }[] };
  t.match(last.items[0], { frame: new RegExp(`^${prodMac}${routerMac}8100012c88b5`), now: { reason: 'vlan_not_carried' } }, 'a dead frame is shown with its tag');

  await topology.apply([network('prod', { vlan: 200, subnets: ['10.78.0.0/24'], etherTypes: [0x88b5], carryTags: true })]);
  const [carried] = await hear(router, 1, '8100', async () => await tags(prodA, 'send', 'eth0', fromProd('81000005')));
  t.match(carried, { isTagged: true, vlan: 200, start: new RegExp(`^${routerMac}${prodMac}8100000588b5`) }, 'with carryTags it stands behind ours');
  const [bare5] = await hear(prodA, 1, '88b5', async () => await tags(router, 'send', 'eth0', fromRouter('810000c881000007')));
  t.match(bare5, { isTagged: true, vlan: 7 }, 'and comes out as it was');

  await topology.apply([network('prod', { vlan: 201, subnets: ['10.78.0.0/24'], etherTypes: [0x88b5] })]);
  const [moved] = await hear(router, 1, '88b5', async () => await tags(prodA, 'send', 'eth0', fromProd('')));
  t.match(moved, { isTagged: true, vlan: 201 }, 'a changed vlan is in force at once');
});

t.test('a kernel\'s super-frames stay whole under a tag, in both directions', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const { router, prodA, tags, hear } = await scene(topology, both);
  const [heard] = await hear(router, 1, '0800', async () => await tags(prodA, 'burst', '10.78.0.9', '5000', '1000', '10'), 1000);
  t.match(heard, { isTagged: true, vlan: 200 });
  if (heard?.gso === 0) t.comment('this kernel has no UDP super-frames on a TAP: it cut them itself');
  else t.match(heard, { gso: 5, gsoSize: 1000, needsChecksum: true, checksumStart: 34, length: 14 + 20 + 8 + 10_000 }, 'one frame of ten datagrams');

  const gathering = await tags(prodA, 'gather', '10.78.0.1', '5001', '10');
  await tags(router, 'send-super', 'eth0', '200', '10.78.0.9', '10.78.0.1', await macOf(prodA), '5001', '1000', '10');
  const { answer } = await gathering.finished;
  t.match(JSON.parse(answer.trim().split('\n')[1] ?? '{}'), { sizes: Array.from({ length: 10 }, () => 1000), isWhole: true }, 'the receiving kernel takes it for ten datagrams with good checksums');
  t.equal(await topology.drops('router', 'offload_malformed'), 0);
});
