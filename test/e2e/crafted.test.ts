/**
 * Packets that no kernel would send, from an end that wants more than it is allowed, with real kernels at both ends as judges.
 *
 *   ┌─ netns web ──┐      ┌─── vswitchd ──────────────┐      ┌─ netns db ───┐
 *   │ eth0 .1      ├──────┤ network blue: db accepts  ├──────┤ eth0 .2      │
 *   └──────────────┘ TAP  │ 80, 53, 9 and SCTP 3868;  │ TAP  │ serves 80, 53│
 *   ┌─ netns mallory ┐    │ nobody else accepts       │      └──────────────┘
 *   │ eth0 .3        ├────┤ anything                  │
 *   └────────────────┘    └───────────────────────────┘
 *
 * All of them go through raw-socket. Numbers of living connections are read at the server's device, so that forgeries are as good
 * as they can be; what kernels made of them is read from their own counters.
 */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { be16, be32, icmp, ipv4, join as bytes, tcp, udp, type Bytes } from '../harness/frames.ts';
import { craft, Talk, untilLost } from '../harness/talk.ts';
import { lacking, network, pause, tapPort, Topology, type Host } from '../harness/topology.ts';
import { root } from '../tidy/tree.ts';

const skip = lacking('python3', 'ping');
const [web, db, mallory] = ['10.77.0.1', '10.77.0.2', '10.77.0.3'];
const [forth, back] = [{ source: web, destination: db }, { source: db, destination: web }];
const nothing = new Uint8Array(0);

const policy = {
  apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'db-serves' },
  spec: {
    appliesTo: { ports: { matchLabels: { app: 'db' } } },
    ingress: [{ action: 'allow', protocols: [{ tcp: [80] }, { udp: [53, 9] }, { sctp: [3868] }, { icmp: 'echo-request' }] }],
  },
};

async function scene(topology: Topology, spec: object = {}): Promise<readonly [web: Host, db: Host, mallory: Host]> {
  const hosts = await topology.hosts('web', 'db', 'mallory');
  await topology.daemon();
  const ports = hosts.map((host, index) => {
    const port = tapPort(host, 'blue', index + 1) as { metadata: object };
    return { ...port, metadata: { ...port.metadata, labels: { app: host.container.name } } };
  });
  await topology.apply([network('blue', { defaultPolicy: { ingress: 'drop' }, ...spec }), ...ports, policy]);
  hosts[1].start(['python3', join(root, 'test/harness/pods.py'), 'serve', '80', '53']);
  await hosts[1].untilListening(80);
  return hosts;
}

/** A number that the kernel counts, of those that /proc/net names in one line and gives in the next. */
async function counted(host: Host, file: 'netstat' | 'snmp', group: string, name: string): Promise<number> {
  const lines = (await host.run(['cat', `/proc/net/${file}`])).split('\n').filter((line) => line.startsWith(`${group}:`));
  const [names, values] = lines.map((line) => line.trim().split(/\s+/));
  return Number(values?.[names?.indexOf(name) ?? -1]);
}

/** Tells of each segment that comes for port 80 what its sender sends next, and what it waits for. */
const watcher = `
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
print('ready', flush=True)
while True:
    packet, (_, _, kind, *_) = s.recvfrom(65536)
    if kind == socket.PACKET_OUTGOING or packet[9] != 6: continue
    header = (packet[0] & 15) * 4
    segment = packet[header:struct.unpack('>H', packet[2:4])[0]]
    port, to, sequence, acknowledged = struct.unpack('>HHII', segment[:12])
    if to != 80: continue
    length = len(segment) - (segment[12] >> 4) * 4 + (1 if segment[13] & 2 else 0)
    print('next', port, (sequence + length) & 0xffffffff, acknowledged, flush=True)
`;

class Numbers {
  readonly #running: ReturnType<Host['start']>;

  private constructor(running: ReturnType<Host['start']>) {
    this.#running = running;
  }

  static async watch(topology: Topology, server: Host): Promise<Numbers> {
    const running = server.start(['python3', '-c', watcher]);
    await topology.until('the server\'s device is watched', () => running.answer.includes('ready'), 20_000);
    return new Numbers(running);
  }

  /** What both ends send next, once the last acknowledgement has come. */
  async now(): Promise<{ client: number; server: number }> {
    for (let before = ''; before !== this.#running.answer;) {
      before = this.#running.answer;
      await pause(400);
    }
    const last = this.#running.answer.trim().split('\n').at(-1)?.split(' ') ?? [];
    return { client: Number(last[2]), server: Number(last[3]) };
  }
}

function segment(ends: typeof forth, ports: readonly [number, number], facts: Parameters<typeof tcp>[4], payload: Bytes = nothing): Bytes {
  return ipv4({ ...ends, protocol: 6, payload: tcp(ends, ...ports, payload, facts) });
}

async function untilCounted(topology: Topology, host: Host, file: 'netstat' | 'snmp', group: string, name: string, least: number): Promise<void> {
  await topology.until(`${name} of ${host.namespace} is ${least}`, async () => await counted(host, file, group, name) >= least, 20_000);
}

t.test('a blind SYN and a reset beside the mark are challenged by the kernels and change nothing; an exact one ends the connection', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, server] = await scene(topology);
  const watch = await Numbers.watch(topology, server);
  const talk = new Talk(topology, client, db);
  const port = await talk.port();
  t.equal(await talk.say(), '4');

  let numbers = await watch.now();
  const challenged = await counted(client, 'netstat', 'TcpExt', 'TCPChallengeACK');
  await craft(server, web, [segment(back, [80, port], { flags: 'R', sequence: (numbers.server + 1000) >>> 0, acknowledgment: 0 })]);
  await untilCounted(topology, client, 'netstat', 'TcpExt', 'TCPChallengeACK', challenged + 1);
  t.equal(await talk.say(), '4', 'a reset in the window, but not where it is waited for');

  for (const [host, ends, ports, name] of [[server, back, [80, port], web], [client, forth, [port, 80], db]] as const) {
    const other = host === server ? client : server;
    const before = await counted(other, 'netstat', 'TcpExt', 'TCPSYNChallenge');
    await craft(host, name, [segment(ends, ports, { flags: 'S', sequence: 0x1234_5678 })]);
    await untilCounted(topology, other, 'netstat', 'TcpExt', 'TCPSYNChallenge', before + 1);
    t.equal(await talk.say(), '4', `a SYN of ${host.container.name}`);
  }

  numbers = await watch.now();
  const lost = await topology.drops('db', 'connection_invalid');
  await craft(server, web, [
    segment(back, [80, port], { flags: 'R', sequence: (numbers.server + 0x4000_0000) >>> 0, acknowledgment: 0 }),
    segment(back, [80, port], { flags: 'PA', sequence: numbers.server, acknowledgment: (numbers.client + 0x4000_0000) >>> 0 }, bytes([1, 2, 3])),
    segment(back, [80, port], { flags: 'PA', sequence: (numbers.server - 0x4000_0000) >>> 0, acknowledgment: numbers.client }, bytes([1, 2, 3])),
    segment(back, [80, port], { flags: 'SF', sequence: numbers.server, acknowledgment: numbers.client }),
    segment(back, [80, port], { flags: '', sequence: numbers.server, acknowledgment: numbers.client }),
  ]);
  await untilLost(topology, 'db', 'connection_invalid', lost + 5);
  t.equal(await talk.say(), '4', 'what is not in the window, and what no end says, never arrives');

  numbers = await watch.now();
  await craft(server, web, [segment(back, [80, port], { flags: 'R', sequence: numbers.server, acknowledgment: 0 })]);
  t.equal(await talk.say(), 'ConnectionResetError', 'it is the other end\'s to end it');
});

t.test('whoever knows all numbers of a connection cannot speak about it from elsewhere', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, server, other] = await scene(topology);
  const watch = await Numbers.watch(topology, server);
  const talk = new Talk(topology, client, db);
  const port = await talk.port();
  t.equal(await talk.say(), '4');
  let numbers = await watch.now();
  const error = (source: string, code: number, rest: Bytes): Bytes => {
    const said = segment(forth, [port, 80], { sequence: numbers.client, acknowledgment: numbers.server }, bytes([0]));
    return ipv4({ source, destination: web, protocol: 1, payload: icmp(3, code, bytes(rest, said)) });
  };
  const tooBig = (source: string): Bytes => error(source, 4, bytes(be16(0), be16(576)));
  await craft(other, web, [tooBig(mallory), error(mallory, 1, bytes(be32(0)))]);
  await untilLost(topology, 'mallory', 'related_unmatched', 2);
  await craft(other, web, [tooBig(db), segment(back, [80, port], { flags: 'R', sequence: numbers.server, acknowledgment: 0 })]);
  await untilLost(topology, 'mallory', 'ip_spoofed', 2);
  t.notMatch(await client.run(['ip', 'route', 'get', db]), /mtu 5/);
  t.equal(await talk.say(), '4');
  // The end itself is believed: this shows that the error was good enough.
  numbers = await watch.now();
  await craft(server, web, [tooBig(db)]);
  await topology.until('the client heard of a smaller MTU', async () => /mtu 5/.test(await client.run(['ip', 'route', 'get', db])), 20_000);
  t.equal(await talk.say(), '4');
});

t.test('with tcpLoose: false nothing but a SYN begins a connection, whatever a policy allows', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, server] = await scene(topology, { tcpLoose: false });
  t.ok(await client.reaches(db), 'addresses are known');
  const resets = await counted(server, 'snmp', 'Tcp', 'OutRsts');
  await craft(client, db, ['A', 'PA', 'FA', 'R', 'RA', 'SA'].map((flags, index) => segment(forth, [5000 + index, 80], { flags, sequence: 1, acknowledgment: 1 })));
  await untilLost(topology, 'web', 'connection_invalid', 6);
  t.equal(await counted(server, 'snmp', 'Tcp', 'OutRsts'), resets, 'the server\'s kernel saw none of them');
  const talk = new Talk(topology, client, db);
  await talk.port();
  t.equal(await talk.say(), '4');
});

function pieceOf(identification: number, from: number, to: number, whole: Bytes, protocol = 17): Bytes {
  return ipv4({ ...forth, protocol, identification, offset: from, more: to < whole.length, payload: whole.subarray(from, to) });
}

async function macOf(host: Host): Promise<string> {
  const [link] = JSON.parse(await host.run(['ip', '-j', 'link', 'show', 'eth0'])) as { address: string }[];
  return link?.address ?? '';
}

async function sendsTo(host: Host, address: string, mac: string, packets: readonly Bytes[]): Promise<void> {
  await host.run(['ip', 'neigh', 'replace', address, 'lladdr', mac, 'dev', 'eth0', 'nud', 'permanent']);
  await craft(host, address, packets);
}

t.test('a fragment whose first one was allowed to somebody else does not reach whoever accepts nothing', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, server, other] = await scene(topology);
  const whole = udp(forth, 4000, 9, new Uint8Array(1500));
  const [dbMac, otherMac] = [await macOf(server), await macOf(other)];
  const before = await counted(server, 'snmp', 'Ip', 'ReasmReqds');
  await sendsTo(client, db, dbMac, [pieceOf(200, 0, 504, whole)]);
  await untilCounted(topology, server, 'snmp', 'Ip', 'ReasmReqds', before + 1);
  await sendsTo(client, db, otherMac, [pieceOf(200, 504, 1000, whole), pieceOf(201, 504, 1000, whole)]);
  await untilLost(topology, 'web', 'ingress_denied', 1);
  // What came before its first one waits, and is judged apart, too.
  await sendsTo(client, db, dbMac, [pieceOf(201, 0, 504, whole)]);
  await untilLost(topology, 'web', 'ingress_denied', 2);
  await sendsTo(client, db, dbMac, [pieceOf(202, 0, 504, whole), pieceOf(202, 504, 1000, whole), pieceOf(202, 1000, whole.length, whole)]);
  await untilCounted(topology, server, 'snmp', 'Ip', 'ReasmOKs', 1);
  t.equal(await counted(other, 'snmp', 'Ip', 'ReasmReqds'), 0, 'nothing of it came to mallory');
});

t.test('headers that are cut into pieces never arrive', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [client, server] = await scene(topology);
  t.ok(await client.reaches(db), 'addresses are known');
  const syn = tcp(forth, 5000, 80, new Uint8Array(40), { flags: 'S' });
  const before = await counted(server, 'snmp', 'Ip', 'ReasmReqds');
  // RFC 1858: the flags stand in a second piece; RFC 3128: a second one writes over them.
  await craft(client, db, [pieceOf(300, 0, 8, syn, 6), pieceOf(300, 8, syn.length, syn, 6)]);
  await untilLost(topology, 'web', 'fragment_malformed', 1);
  await untilLost(topology, 'web', 'fragment_tiny', 1);
  await craft(client, db, [pieceOf(301, 0, 24, tcp(forth, 5000, 80, new Uint8Array(40), { flags: 'A' }), 6)]);
  await untilCounted(topology, server, 'snmp', 'Ip', 'ReasmReqds', before + 1);
  await craft(client, db, [pieceOf(301, 8, 32, syn, 6), pieceOf(301, 16, syn.length, syn, 6)]);
  await untilLost(topology, 'web', 'fragment_tiny', 3);
  // A first one that is there twice, with another port in it.
  const [dns, discard] = [udp(forth, 4000, 53, new Uint8Array(1000)), udp(forth, 4000, 9, new Uint8Array(1000))];
  await craft(client, db, [pieceOf(302, 0, 504, dns), pieceOf(302, 0, 512, discard), pieceOf(302, 504, dns.length, dns)]);
  await untilLost(topology, 'web', 'fragment_overlap', 2);
  t.equal(await counted(server, 'snmp', 'Ip', 'ReasmReqds'), before + 2, 'the two first ones arrived, and nothing that goes with them');
});

function sctpPacket(ends: typeof forth, ports: readonly [number, number], tag: number, type: number, body: Bytes): Bytes {
  const chunk = bytes([type, type === 0 ? 3 : 0], be16(4 + body.length), body);
  return ipv4({ ...ends, protocol: 132, payload: bytes(be16(ports[0]), be16(ports[1]), be32(tag), be32(0), chunk) });
}

t.test('an association is its tags: with another nothing passes, and nothing ends it', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const second = 120; // the default of its first states is three seconds, which a busy machine may need for a packet
  const [client, server] = await scene(topology, { timeouts: { sctpCookieWait: second, sctpCookieEchoed: second } });
  const [clientTag, serverTag] = [0x1111_1111, 0x2222_2222];
  const initOf = (tag: number): Bytes => bytes(be32(tag), be32(65_536), be16(1), be16(1), be32(1));
  const says = async (tag: number, type: number, body: Bytes): Promise<void> => await craft(client, db, [sctpPacket(forth, [5000, 3868], tag, type, body)]);
  const answers = async (tag: number, type: number, body: Bytes): Promise<void> => await craft(server, web, [sctpPacket(back, [3868, 5000], tag, type, body)]);
  const [init, initAck, data, abort, cookieEcho, cookieAck] = [1, 2, 0, 6, 10, 11];
  await answers(clientTag, data, new Uint8Array(16));
  await untilLost(topology, 'db', 'connection_invalid', 1);
  await says(0, init, initOf(clientTag));
  await answers(0x3333_3333, initAck, initOf(serverTag));
  await untilLost(topology, 'db', 'connection_invalid', 2);
  await answers(clientTag, initAck, initOf(serverTag));
  await says(serverTag, cookieEcho, new Uint8Array(8));
  await answers(clientTag, cookieAck, nothing);
  await untilState(t, topology, 'established');
  await says(0x3333_3333, data, new Uint8Array(16));
  await says(clientTag, abort, nothing);
  await untilLost(topology, 'web', 'connection_invalid', 2);
  await answers(serverTag, abort, nothing);
  await untilLost(topology, 'db', 'connection_invalid', 3);
  await untilState(t, topology, 'established');
  await says(serverTag, abort, nothing);
  await untilState(t, topology, 'closed');
});

async function untilState(t: Test, topology: Topology, wanted: string): Promise<void> {
  const state = async (): Promise<string | undefined> => {
    const { items } = JSON.parse(await topology.control('get', 'flows', '-o', 'json')) as { items: { protocol: string; state: string }[] };
    return items.find(({ protocol }) => protocol === 'sctp')?.state;
  };
  await topology.until(`the association is ${wanted}`, async () => await state() === wanted, 20_000);
  t.pass(`the association is ${wanted}`);
}
