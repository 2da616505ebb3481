/**
 * Policies against the kernels' own connections, and against packets that no kernel would send.
 *
 *   ┌─ netns web ──┐      ┌─── vswitchd ──────────────┐      ┌─ netns db ───┐
 *   │ eth0 .1      ├──────┤ network blue              ├──────┤ eth0 .2      │
 *   └──────────────┘ TAP  │ db accepts what its       │ TAP  │ serves 80, 53│
 *   ┌─ netns mallory ┐    │ policy lets in; all else  │      └──────────────┘
 *   │ eth0 .3        ├────┤ is denied                 │
 *   └────────────────┘    └───────────────────────────┘
 *
 * Crafted packets go through raw-socket: resets and segments out of window, forged ICMP, fragments out of order and on top of each other.
 */
import { join } from 'node:path';
import t from 'tap';
import { be16, be32, icmp, ipv4, join as bytes, tcp, udp } from '../harness/frames.ts';
import { craft, Talk, untilLost } from '../harness/talk.ts';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';
import { root } from '../tidy/tree.ts';

const program = join(root, 'test/harness/pods.py');
const skip = lacking('python3', 'ping');
const [web, db, mallory] = ['10.77.0.1', '10.77.0.2', '10.77.0.3'];

function labelled(host: Host, number: number, spec: object = {}): object {
  const port = tapPort(host, 'blue', number, spec) as { metadata: object };
  return { ...port, metadata: { ...port.metadata, labels: { app: host.container.name } } };
}

function serves(rules: readonly object[], more: object = {}): object {
  return { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'db-serves' }, spec: { appliesTo: { ports: { matchLabels: { app: 'db' } } }, ingress: rules, ...more } };
}

const allowed = { action: 'allow', protocols: [{ tcp: [80] }, { udp: [53, 9] }, { icmp: 'echo-request' }] };

async function scene(topology: Topology, policy: object = serves([allowed]), malloryIs: object = {}): Promise<readonly [web: Host, db: Host, mallory: Host]> {
  const hosts = await topology.hosts('web', 'db', 'mallory');
  await topology.daemon();
  await topology.apply([network('blue', { defaultPolicy: { ingress: 'drop' } }), labelled(hosts[0], 1), labelled(hosts[1], 2), labelled(hosts[2], 3, malloryIs), policy]);
  hosts[1].start(['python3', program, 'serve', '80', '53']);
  await hosts[1].untilListening(80);
  return hosts;
}

t.test('what a change allows no more stops at once, and goes on when it is allowed again', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client] = await scene(topology);
  const talk = new Talk(topology, client, db, 3);
  const port = await talk.port();
  t.equal(await talk.say(), '4');
  await topology.apply([serves([{ ...allowed, protocols: [{ udp: [53] }] }])]);
  t.equal(await talk.say(), 'TimeoutError', 'the connection is cut, in silence');
  t.ok(await topology.drops('web', 'ingress_denied') > 0);
  t.match(await topology.control('get', 'flows'), new RegExp(`10\\.77\\.0\\.1:${port} .* denied `), 'the table says so');
  const { items } = JSON.parse(await topology.control('get', 'flows', '-o', 'json')) as { items: { sourcePort: number }[] };
  t.match(items.find(({ sourcePort }) => sourcePort === port), { state: 'established', verdict: 'drop', policy: 'Network/blue', rule: 'default' }, 'programs see both');
  await topology.apply([serves([allowed])]);
  await topology.until('the word that got lost is said again by the kernel', async () => /^\d/.test(await talk.say()), 60_000);
});

t.test('ends of what is killed are told by their kernels', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client] = await scene(topology, serves([allowed], { established: 'kill' }));
  const talk = new Talk(topology, client, db);
  await talk.port();
  t.equal(await talk.say(), '4');
  await topology.apply([serves([{ ...allowed, protocols: [{ udp: [53] }] }])]);
  t.equal(await talk.say(), 'ConnectionResetError');
});

t.test('what is kept goes on, and nothing new begins', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client] = await scene(topology, serves([allowed], { established: 'keep' }));
  const talk = new Talk(topology, client, db);
  await talk.port();
  t.equal(await talk.say(), '4');
  await topology.apply([serves([])]);
  t.equal(await talk.say(), '4');
  const { output } = await client.attempt(['python3', program, 'probe', '1', `${db}/tcp/80`]);
  t.notMatch(output, /80/, 'a new one does not begin');
});

const tries = (kind: string): string => `
import socket
s = socket.socket(socket.AF_INET, socket.${kind})
s.settimeout(10)
try:
    s.connect(('${db}', 81 if s.type == socket.SOCK_STREAM else 54))
    s.send(b'x')
    s.recv(1)
except OSError as error: print(type(error).__name__, error.errno)
`;

t.test('whoever is rejected hears it as from the host itself', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client] = await scene(topology, serves([allowed, { action: 'reject' }]));
  t.match(await client.run(['python3', '-c', tries('SOCK_STREAM')]), /ConnectionRefusedError/, 'a reset');
  t.match(await client.run(['python3', '-c', tries('SOCK_DGRAM')]), /OSError 113/, 'ICMP 3/13: no route to host');
  t.ok(await client.reaches(db), 'the rest passes');
});

t.test('a kernel\'s own ICMP error comes back, though the client lets nobody in', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, , other] = await scene(topology);
  const asks = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(10)
s.connect(('${db}', 9))
try:
    s.send(b'x')
    s.recv(1)
except OSError as error: print(type(error).__name__)
`;
  t.match(await client.run(['python3', '-c', asks]), /ConnectionRefusedError/);
  // One that speaks of a datagram which nobody sent.
  const quoted = ipv4({ source: web, destination: mallory, protocol: 17, payload: udp({ source: web, destination: mallory }, 4000, 53, new Uint8Array(8)) });
  await craft(other, web, [ipv4({ source: mallory, destination: web, protocol: 1, payload: icmp(3, 3, bytes(be32(0), quoted)) })]);
  await untilLost(topology, 'mallory', 'related_unmatched', 1);
});

t.test('resets and segments out of the window do nothing to a connection of two kernels', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, server] = await scene(topology);
  const talk = new Talk(topology, client, db);
  const port = await talk.port();
  t.equal(await talk.say(), '4');
  const ends = { source: db, destination: web };
  const forged = [0x1000_0000, 0x5000_0000, 0x9000_0000, 0xd000_0000].flatMap((sequence) => [
    tcp(ends, 80, port, new Uint8Array(0), { flags: 'R', sequence, acknowledgment: 0 }),
    tcp(ends, 80, port, new Uint8Array(100), { flags: 'PA', sequence, acknowledgment: sequence }),
  ]).map((payload) => ipv4({ ...ends, protocol: 6, payload }));
  await craft(server, web, forged);
  // Each number is a window's width away from the connection's with odds of one in some thousands; of eight nearly all die.
  await untilLost(topology, 'db', 'connection_invalid', 6);
  t.equal(await talk.say(), '4', 'it lives');

  // A packet too big for somewhere, that quotes a number which was never sent: the way to db keeps its MTU.
  const quoted = ipv4({ source: web, destination: db, protocol: 6, payload: tcp({ source: web, destination: db }, port, 80, new Uint8Array(0), { sequence: 0x7777_7777 }) });
  await craft(server, web, [ipv4({ ...ends, protocol: 1, payload: icmp(3, 4, bytes(be16(0), be16(576), quoted)) })]);
  await untilLost(topology, 'db', 'related_unmatched', 1);
  t.notMatch(await client.run(['ip', 'route', 'get', db]), /mtu 5/);
  t.equal(await talk.say(), '4');
});

t.test('in another\'s name nobody reaches a connection, even where sources are not checked', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, , other] = await scene(topology, serves([allowed]), { antiSpoof: false });
  const talk = new Talk(topology, client, db);
  const port = await talk.port();
  t.equal(await talk.say(), '4');
  t.notOk(await other.reaches(web, { seconds: 1 }), 'nobody lets mallory in, but the addresses are known now');
  const ends = { source: db, destination: web };
  const before = await topology.drops('mallory', 'connection_invalid');
  await craft(other, web, [0x1000_0000, 0x5000_0000].map((sequence) => ipv4({ ...ends, protocol: 6, payload: tcp(ends, 80, port, new Uint8Array(0), { flags: 'R', sequence, acknowledgment: 0 }) })));
  await untilLost(topology, 'mallory', 'connection_invalid', before + 2);
  t.equal(await talk.say(), '4');
});

const hears = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('0.0.0.0', 9))
s.settimeout(60)
print('ready', flush=True)
while True:
    data = s.recv(4000)
    print('got', len(data), sum(data) % 1000, flush=True)
`;

t.test('fragments are put together by the receiver\'s kernel in whatever order, and on top of each other not at all', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, server] = await scene(topology);
  const heard = server.start(['python3', '-c', hears]);
  await topology.until('somebody listens at 9', () => heard.answer.includes('ready'), 20_000);
  const ends = { source: web, destination: db };
  const data = Uint8Array.from({ length: 1500 }, (_, index) => index & 255);
  const whole = udp(ends, 4000, 9, data);
  const piece = (identification: number, from: number, to: number, port = 9): Uint8Array => {
    const datagram = port === 9 ? whole : udp(ends, 4000, port, data);
    return ipv4({ ...ends, protocol: 17, identification, offset: from, more: to < whole.length, payload: datagram.subarray(from, to) });
  };
  const sum = data.reduce((total, byte) => total + byte, 0) % 1000;
  for (const [index, order] of [[0, 1, 2], [2, 1, 0], [1, 2, 0]].entries()) {
    const cut = [[0, 504], [504, 1000], [1000, whole.length]] as const;
    await craft(client, db, order.map((at) => piece(100 + index, cut[at]![0], cut[at]![1])));
    await topology.until(`datagram ${index} is whole`, () => heard.answer.split(`got 1500 ${sum}`).length === index + 2, 20_000);
  }
  // What is denied is denied whole, and nothing of it is left to be told.
  await craft(client, db, [piece(110, 1000, whole.length, 10), piece(110, 504, 1000, 10), piece(110, 0, 504, 10)]);
  await untilLost(topology, 'web', 'ingress_denied', 3);
  await craft(client, db, [piece(111, 0, 504), piece(111, 496, 1000), piece(111, 1000, whole.length)]);
  await untilLost(topology, 'web', 'fragment_overlap', 2);
  await craft(client, db, [ipv4({ ...ends, protocol: 6, identification: 112, offset: 8, payload: new Uint8Array(32) })]);
  await untilLost(topology, 'web', 'fragment_tiny', 1);
  t.equal(heard.answer.split('got').length, 4, 'nothing else arrived');
});

t.test('a port that floods while it is attached gets nothing through before its policy is active', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [, server, other] = await scene(topology);
  // Whoever floods is there before the device is, and sends as soon as it has an address.
  const floods = `
import socket, time
end = time.time() + 60
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print('ready', flush=True)
while time.time() < end:
    try: s.sendto(b'flood', ('${db}', 53))
    except OSError: pass
`;
  const before = async (): Promise<number> => (await topology.stats()).items.find(({ port }) => port === 'db')?.transmittedPackets ?? 0;
  void server;
  const flooder = other.start(['python3', '-c', floods]);
  await topology.until('the flood flows', () => flooder.answer.includes('ready'), 20_000);
  await untilLost(topology, 'mallory', 'ingress_denied', 0);
  const denied = { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'no-mallory' }, spec: { tier: 'emergency', appliesTo: {}, ingress: [{ action: 'drop', from: [{ ports: { matchLabels: { app: 'mallory' } } }] }] } };
  await topology.apply([denied]);
  for (let round = 0; round < 4; round += 1) {
    await topology.control('delete', 'port', 'mallory');
    await topology.until('what was on its way has arrived', async () => {
      const first = await before();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return await before() === first;
    });
    const count = await before();
    await topology.apply([labelled(other, 3)]);
    await untilLost(topology, 'mallory', 'ingress_denied', 100);
    // The server's kernel may be told an address or two, and nothing else.
    t.ok(await before() - count < 20, `round ${round}: hundreds of datagrams were denied, and none passed`);
  }
  flooder.end('SIGKILL');
});
