/**
 * Multicast with real kernels: who joined gets it, who did not does not, and kernels answer the switch's queries.
 *
 *   ┌─ netns web ─┐      ┌──── vswitchd ────┐      ┌─ netns db ──┐
 *   │ eth0 .1 ::1 ├──────┤ network blue     ├──────┤ eth0 .2 ::2 │  joins
 *   └── sends ────┘ TAP  │ snooping, querier│ TAP  └─────────────┘
 *                        └────────┬─────────┘ TAP  ┌─ netns log ─┐
 *                                 └────────────────┤ eth0 .3 ::3 │  does not, and looks at all that comes
 *                                                  └─────────────┘
 */
import t from 'tap';
import { findImbalances } from '../harness/checkers.ts';
import { lacking, network, pause, tapPort, Topology, type Host } from '../harness/topology.ts';

// They wait for queries, and not for the machine.
t.jobs = 2;

const group4 = '239.7.7.7';
const group6 = 'ff15::7:7';

/** Joins a group and says what it gets, until nothing came for so many seconds, or for two after the word `later`. */
const receiver = `
import socket, struct, sys
group, port = sys.argv[1], int(sys.argv[2])
wide = ':' in group
s = socket.socket(socket.AF_INET6 if wide else socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', port))
if wide:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, group) + struct.pack('@I', socket.if_nametoindex('eth0')))
else:
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + struct.pack('@ii', 0, socket.if_nametoindex('eth0')))
print('joined', flush=True)
s.settimeout(float(sys.argv[3]))
try:
    while True:
        text = s.recv(2000).decode()
        print(text, flush=True)
        if text == 'later': s.settimeout(2)
except socket.timeout:
    pass
`;

/** Sends one datagram to a group. */
const sender = `
import socket, struct, sys
group, port, text = sys.argv[1], int(sys.argv[2]), sys.argv[3]
wide = ':' in group
s = socket.socket(socket.AF_INET6 if wide else socket.AF_INET, socket.SOCK_DGRAM)
index = socket.if_nametoindex('eth0')
if wide:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 4)
else:
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack('@4s4si', b'\\0' * 4, b'\\0' * 4, index))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 4)
s.sendto(text.encode(), (group, port))
`;

/** Says the destination of every frame that the device gets, for so many seconds. */
const watcher = `
import socket, sys, time
end = time.monotonic() + float(sys.argv[1])
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind(('eth0', 0))
print('watching', flush=True)
try:
    while time.monotonic() < end:
        s.settimeout(max(0.01, end - time.monotonic()))
        frame, address = s.recvfrom(2000)
        if address[2] != 4: print(frame[:6].hex(), flush=True)
except socket.timeout:
    pass
`;

interface Group {
  network: string;
  group: string;
  port: string;
  type: string;
}

const python = (script: string, ...words: string[]): string[] => ['python3', '-c', script, ...words];

async function groups(topology: Topology): Promise<Group[]> {
  return (JSON.parse(await topology.control('get', 'groups', '-o', 'json')) as { items: Group[] }).items;
}

async function opened(topology: Topology): Promise<[web: Host, db: Host, log: Host]> {
  const [web, db, log] = await topology.hosts('web', 'db', 'log');
  await topology.daemon();
  const blue = network('blue');
  const spec = { ...(blue as { spec?: object }).spec, multicast: { snooping: true, querier: true, querySeconds: 4, responseSeconds: 1 } };
  await topology.apply([{ ...blue, spec }, tapPort(web!, 'blue', 1), tapPort(db!, 'blue', 2), tapPort(log!, 'blue', 3)]);
  await topology.until('memberships are trusted', async () => {
    const shown = JSON.parse(await topology.control('get', 'network', 'blue', '-o', 'json')) as { status?: { multicast?: Record<string, { filtering: boolean; querier: string }> } };
    const { ipv4, ipv6 } = shown.status?.multicast ?? {};
    return ipv4?.filtering === true && ipv6?.filtering === true && ipv4.querier === 'self' && ipv6.querier === 'self';
  }, 20_000);
  return [web!, db!, log!];
}

for (const [name, group, mac] of [['IPv4', group4, '01005e070707'], ['IPv6', group6, '333300070007']] as const) {
  t.test(`${name}: who joined gets it, who did not does not, and who left is forgotten`, { skip: lacking('python3'), timeout: 180_000 }, async (t) => {
    await using topology = await Topology.open(t);
    const [web, db, log] = await opened(topology);
    const isMember = async (): Promise<boolean> => (await groups(topology)).some((one) => one.group === group && one.port === 'db' && one.type === 'member');

    const seen = log.start(python(watcher, '15'));
    const got = db.start(python(receiver, group, '7000', '12'));
    await topology.until('the switch heard of the group', isMember, 10_000);
    t.notOk((await groups(topology)).some((one) => one.group === group && one.port !== 'db'), 'from db alone');
    for (const text of ['one', 'two', 'three']) await web.run(python(sender, group, '7000', text));

    // Longer than a membership lives: it stays because db's kernel answers what the switch asks.
    await pause(10_500);
    t.ok(await isMember(), 'a kernel that is asked says that it still wants the group');
    await web.run(python(sender, group, '7000', 'later'));
    const lines = (await got.finished).output.trim().split('\n');
    t.strictSame(lines, ['joined', 'one', 'two', 'three', 'later'], 'db gets all of it');
    const frames = (await seen.finished).output.trim().split('\n');
    t.notOk(frames.includes(mac), 'log sees nothing of the group');
    t.ok(frames.includes(name === 'IPv4' ? '01005e000001' : '333300000001'), 'but what the switch asks');

    await topology.until('the switch knows that db left', async () => !(await isMember()), 15_000);
    const events = JSON.parse(await topology.control('get', 'events', '-o', 'json')) as { items: { type: string; group?: string; port?: string }[] };
    const told = events.items.filter((event) => event.group === group).map(({ type, port }) => `${type} ${port}`);
    t.strictSame(told, ['group_joined db', 'group_left db'], 'watchers were told');
    await topology.until('the counters add up', async () => findImbalances(await topology.stats()).length === 0, 3000);
    t.strictSame(findImbalances(await topology.stats()), []);
  });
}
