/**
 * What root inside a container does to its own device: noticed within a second, told, put right.
 *
 *   netns a .1 ── vswitchd ── netns b .2 eth0    (renamed, moved, deleted, another MAC or MTU, down)
 */
import t from 'tap';
import type { Test } from 'tap';
import type { SwitchEvent } from '../../src/switch/answers.ts';
import { lacking, network, pause, tapPort, Topology, type Host } from '../harness/topology.ts';

/** Noticing has to take less than this on a machine that does other things as well. */
const noticedMs = 1000;

interface Pair {
  readonly topology: Topology;
  readonly a: Host;
  readonly b: Host;
  /** The events of port b since the start. */
  events(): Promise<SwitchEvent[]>;
  /** Waits for an event of port b, and how long it took counts. */
  noticed(what: string, isIt: (event: SwitchEvent) => boolean): Promise<SwitchEvent>;
}

async function pair(t: Test, spec: object = {}): Promise<Pair & AsyncDisposable> {
  const topology = await Topology.open(t);
  const [a, b] = await topology.hosts('a', 'b');
  const daemon = await topology.daemon();
  await topology.apply([network('blue'), tapPort(a, 'blue', 1), tapPort(b, 'blue', 2, spec)]);
  t.ok(await a.reaches('10.77.0.2'));
  const events = async (): Promise<SwitchEvent[]> => {
    const { items } = await daemon.client.read<SwitchEvent>('events');
    return items.filter((event) => 'port' in event && event.port === 'b');
  };
  let seen = (await events()).length;
  return {
    topology, a, b, events,
    noticed: async (what, isIt) => {
      const start = Date.now();
      let found: SwitchEvent | undefined;
      await topology.until(`told: ${what}`, async () => {
        found = (await events()).slice(seen).find(isIt);
        return found !== undefined;
      });
      seen = (await events()).indexOf(found!) + 1 || seen + 1;
      const late = Date.parse(found!.time) - start;
      t.ok(late < noticedMs, `${what}: noticed within a second (${late} ms)`);
      return found!;
    },
    [Symbol.asyncDispose]: async () => await topology[Symbol.asyncDispose](),
  };
}

const changed = (field: string, seen: string) => (event: SwitchEvent): boolean => (
  event.type === 'device_changed' && event.field === field && event.seen === seen);

async function bothWays(t: Test, { a, b }: Pair): Promise<void> {
  t.ok(await a.reaches('10.77.0.2', { seconds: 3 }), 'IPv4 passes');
  t.ok(await b.reaches('fd00:77::1', { seconds: 3 }), 'IPv6 passes');
}

const link = async (host: Host): Promise<{ mtu: number; address: string; flags: string[] } | undefined> => {
  const { code, answer } = await host.attempt(['ip', '-j', 'link', 'show', 'eth0']);
  return code === 0 ? (JSON.parse(answer) as [{ mtu: number; address: string; flags: string[] }])[0] : undefined;
};

t.test('an MTU is put back, with the IPv6 that a small one took away', { skip: lacking('ping') }, async (t) => {
  await using world = await pair(t);
  const { topology, b } = world;
  await b.run(['ip', 'link', 'set', 'eth0', 'mtu', '900']);
  const event = await world.noticed('the MTU', changed('mtu', '900'));
  t.match(event, { wanted: '1500', putBack: true });
  t.equal((await link(b))?.mtu, 1500);
  const { status } = await topology.port('b');
  t.equal(status.state, 'ready');
  t.match(status.message, /MTU 900 .* put back to 1500/);
  await bothWays(t, world);
});

t.test('a MAC is put back', { skip: lacking('ping') }, async (t) => {
  await using world = await pair(t, { mac: '02:00:00:00:00:02' });
  await world.b.run(['ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:66']);
  const event = await world.noticed('the MAC', changed('mac', '02:00:00:00:00:66'));
  t.match(event, { wanted: '02:00:00:00:00:02', putBack: true });
  t.equal((await link(world.b))?.address, '02:00:00:00:00:02');
  await bothWays(t, world);
});

t.test('a name is put back, and a connection over it never notices', { skip: lacking('ping') }, async (t) => {
  await using world = await pair(t, { routes: [{ to: '192.168.9.0/24', via: '10.77.0.1' }] });
  const { topology, b } = world;
  await b.run(['ip', 'link', 'set', 'eth0', 'name', 'net9']);
  t.match(await world.noticed('the name', changed('name', 'net9')), { wanted: 'eth0', putBack: true });
  t.ok(await link(b));
  t.match(await b.run(['ip', 'route']), '192.168.9.0/24');
  await bothWays(t, world);

  // Both at once, or the switch is quicker; then once more.
  await b.run(['ip', 'link', 'add', 'eth8', 'type', 'veth', 'peer', 'name', 'eth9']);
  await topology.until('another device has the name', async () => (
    (await b.attempt(['ip', '-batch', '-'], { input: 'link set eth0 name net9\nlink set eth8 name eth0\n' })).code === 0));
  const clash = await world.noticed('a name that another took', (event) => event.type === 'device_changed' && event.field === 'name' && !event.putBack);
  t.match(clash, { seen: 'net9', message: /net9/ });
  t.match((await topology.port('b')).status, { state: 'ready', message: /another device there has its name/ });
  await bothWays(t, world);
  await b.run(['ip', 'link', 'delete', 'eth0']);
  await world.noticed('the name is free again', changed('name', 'net9'));
  t.ok(await link(b));
});

t.test('a device that is set down stays down until it is set up, and has then what it lost', { skip: lacking('ping') }, async (t) => {
  await using world = await pair(t, { routes: [{ to: '192.168.9.0/24', via: '10.77.0.1' }] });
  const { topology, a, b } = world;
  await b.run(['ip', 'link', 'set', 'eth0', 'down']);
  t.match(await world.noticed('down', changed('link', 'down')), { wanted: 'up', putBack: false });
  t.match((await topology.port('b')).status, { state: 'ready', message: 'eth0 is down in its namespace' });
  t.notOk(await a.reaches('10.77.0.2', { seconds: 1 }));
  t.notOk((await link(b))?.flags.includes('UP'), 'nobody sets it up against the will of its container');
  await b.run(['ip', 'link', 'set', 'eth0', 'up']);
  await world.noticed('up', changed('link', 'up'));
  t.equal((await topology.port('b')).status.message, '');
  t.match(await b.run(['ip', 'route']), '192.168.9.0/24', 'the route is there again');
  await bothWays(t, world);
});

t.test('a device that was deleted is made anew', { skip: lacking('ping') }, async (t) => {
  await using world = await pair(t, { mac: '02:00:00:00:00:02' });
  await world.b.run(['ip', 'link', 'delete', 'eth0']);
  t.match(await world.noticed('the deletion', ({ type }) => type === 'port_waiting'), { message: /deleted/ });
  await world.noticed('its return', ({ type }) => type === 'port_ready');
  t.equal((await link(world.b))?.address, '02:00:00:00:00:02');
  await bothWays(t, world);
});

t.test('a device that was moved to another namespace is taken away there and made anew', { skip: lacking('ping') }, async (t) => {
  await using world = await pair(t);
  const elsewhere = await world.topology.host('elsewhere');
  await world.b.run(['ip', 'link', 'set', 'eth0', 'netns', elsewhere.namespace]);
  t.match(await world.noticed('the move', ({ type }) => type === 'port_waiting'), { message: /moved/ });
  await world.noticed('its return', ({ type }) => type === 'port_ready');
  t.equal(await link(elsewhere), undefined, 'no device is left where it was moved to');
  await bothWays(t, world);
});

t.test('a name that another device took away fails the port, and it returns with the name', { skip: lacking('ping') }, async (t) => {
  await using world = await pair(t);
  const { topology, b } = world;
  await b.run(['ip', 'link', 'add', 'eth8', 'type', 'veth', 'peer', 'name', 'eth9']);
  await topology.until('another device has the name', async () => (
    (await b.attempt(['ip', '-batch', '-'], { input: 'link delete eth0\nlink set eth8 name eth0\n' })).code === 0));
  await topology.until('it failed', async () => (await topology.port('b')).status.state === 'failed');
  t.match((await topology.port('b')).status.message, /eth0 is there already and is no TAP/);
  await b.run(['ip', 'link', 'delete', 'eth0']);
  await topology.until('it is ready again', async () => (await topology.port('b')).status.state === 'ready', 15_000);
  await bothWays(t, world);
});

t.test('who changes his device without end has to wait, and the others do not', { skip: lacking('ping') }, async (t) => {
  await using world = await pair(t);
  const { topology, a, b } = world;
  const hostile = b.start(['sh', '-c', 'while :; do ip link set eth0 mtu 1400; ip link set eth0 mtu 1300; ip link del eth0; done']);
  const { namespace } = await topology.host('c');
  t.ok(namespace);
  await topology.until('told', async () => (await topology.control('get', 'events', '-o', 'json')).includes('again and again'), 20_000);
  const before = (await world.events()).length;
  await pause(2000);
  t.ok((await world.events()).length - before <= 12, 'it makes a few events, not a flood');
  await topology.apply([tapPort(topology.planned('c'), 'blue', 3)]);
  t.ok(await a.reaches('10.77.0.3', { seconds: 3 }), 'others are attached and served meanwhile');
  hostile.end('SIGKILL');
  await hostile.finished;
  await topology.until('it is well again', async () => await a.reaches('10.77.0.2', { seconds: 1 }), 30_000);
});
