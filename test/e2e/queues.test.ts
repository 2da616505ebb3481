/**
 * TAPs of several queues: workers share one container's frames, each flow keeps its order.
 *
 *   ┌─ netns web ─┐ queue 0  ┌── vswitchd ──────────┐ queue 0  ┌─ netns db ──┐
 *   │ eth0 .1 ::1 ├──────────┤ worker a             ├──────────┤ eth0 .2 ::2 │
 *   │             ├──────────┤ worker b             ├──────────┤             │
 *   └─────────────┘ queue 1  └──────────────────────┘ queue 1  └─────────────┘
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { findImbalances } from '../harness/checkers.ts';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

async function pair(topology: Topology, workers: number, queues: number): Promise<[web: Host, db: Host]> {
  const [web, db] = await topology.hosts('web', 'db');
  await topology.daemon({ workers });
  await topology.apply([network('blue'), tapPort(web, 'blue', 1, { queues }), tapPort(db, 'blue', 2, { queues })]);
  return [web, db];
}

async function holdsTheLaw(t: Test, topology: Topology): Promise<void> {
  let wrong: string[] = [];
  await topology.until('the counters add up', async () => {
    wrong = findImbalances(await topology.stats());
    return wrong.length === 0;
  }, 3000).catch(() => {});
  t.strictSame(wrong, [], 'received and offered packets are all accounted for');
}

/** The queues that the container's kernel sends by. */
async function queuesOf(host: Host): Promise<number> {
  const names = await host.run(['ls', '/sys/class/net/eth0/queues']);
  return names.split(/\s+/).filter((name) => name.startsWith('tx-')).length;
}

/** Flows of numbered datagrams, as fast as they go; and what came of them: how many, and how many behind a later one. */
const talker = `
import socket, struct, sys
address, first, flows, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
family = socket.AF_INET6 if ':' in address else socket.AF_INET
socks = []
for flow in range(flows):
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind(('', first + flow))
    sock.connect((address, 7777))
    socks.append(sock)
for number in range(1, count + 1):
    for sock in socks:
        try:
            sock.send(struct.pack('!I', number))
        except (BlockingIOError, ConnectionRefusedError):
            pass
print('said')
`;
const listener = `
import socket, struct
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
sock.bind(('::', 7777))
print('ready', flush=True)
last, came, behind = {}, 0, 0
sock.settimeout(30)
while True:
    data, peer = sock.recvfrom(100)
    if data == b'end':
        break
    number, = struct.unpack('!I', data)
    came += 1
    if number <= last.get(peer, 0):
        behind += 1
    last[peer] = max(number, last.get(peer, 0))
    sock.sendto(data, peer)
print('heard', len(last), came, behind, flush=True)
`;
const ending = 'import socket, sys; s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.sendto(b"end", (sys.argv[1], 7777))';

t.test('flows over two queues and two workers stay in order', { skip: lacking('python3', 'ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await pair(topology, 2, 2);
  t.equal(await queuesOf(web), 2);
  const hearing = db.start(['python3', '-c', listener]);
  await topology.until('the listener is ready', () => hearing.answer.includes('ready'));
  // What waits for a neighbour's MAC may be overtaken, in the container's kernel, by what did not have to.
  t.ok(await web.reaches('10.77.0.2') && await web.reaches('fd00:77::2'));
  for (const [address, first] of [['10.77.0.2', 21_000], ['fd00:77::2', 22_000]] as const) {
    t.match(await web.run(['python3', '-c', talker, address, String(first), '16', '2000']), /said/);
  }
  await topology.until('the listener hears the end', async () => {
    await db.attempt(['python3', '-c', ending, '::1']);
    return hearing.answer.includes('heard');
  });
  const [, flows = 0, came = 0, behind = 0] = (/heard (\d+) (\d+) (\d+)/.exec(hearing.answer) ?? []).map(Number);
  t.equal(flows, 32, 'every flow was heard');
  t.ok(came > 6400, `${came} of 64000 datagrams came`);
  t.equal(behind, 0, 'none of them behind a later one');
  await holdsTheLaw(t, topology);
});

t.test('TCP in both directions over several queues', { skip: lacking('iperf3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await pair(topology, 2, 2);
  for (const address of ['10.77.0.2', 'fd00:77::2']) {
    const server = db.start(['iperf3', '--server', '--one-off']);
    await db.untilListening(5201);
    const report = JSON.parse(await web.run(['iperf3', '--client', address, '--time', '2', '--parallel', '4', '--bidir', '--json'])) as {
      end: { sum_received: { bytes: number }; sum_received_bidir_reverse: { bytes: number } };
    };
    await server.finished;
    t.ok(report.end.sum_received.bytes > 1_000_000, `${address}: there`);
    t.ok(report.end.sum_received_bidir_reverse.bytes > 1_000_000, `${address}: and back`);
  }
  await holdsTheLaw(t, topology);
});

/** A few connections to an echo that talk, wait for a word of ours, and talk on. */
const clients = `
import socket, sys
socks = [socket.create_connection(('10.77.0.2', 7778), timeout=60) for _ in range(8)]
def talk(word):
    for sock in socks:
        sock.sendall(word)
    for sock in socks:
        assert sock.recv(len(word), socket.MSG_WAITALL) == word
    print(word.decode(), flush=True)
talk(b'before')
open(sys.argv[1]).read()
talk(b'after')
`;
const server = `
import socket, threading
listening = socket.create_server(('', 7778))
def echo(sock):
    while data := sock.recv(100):
        sock.sendall(data)
while True:
    threading.Thread(target=echo, args=(listening.accept()[0],), daemon=True).start()
`;

t.test('a TAP of several queues is kept over a restart, and so are the connections over it', { skip: lacking('python3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await topology.hosts('web', 'db');
  const daemon = await topology.daemon({ workers: 2 });
  await topology.apply([network('blue'), tapPort(web, 'blue', 1, { queues: 2 }), tapPort(db, 'blue', 2, { queues: 2 })]);
  const index = async (): Promise<string> => (await web.run(['cat', '/sys/class/net/eth0/ifindex'])).trim();
  const before = await index();
  db.start(['python3', '-c', server]);
  await db.untilListening(7778);
  const word = `${await mkdtemp(join(tmpdir(), 'vsw-queues-'))}/word`;
  topology.defer(async () => await rm(dirname(word), { recursive: true }));
  await topology.run(['mkfifo', word]);
  const talking = web.start(['python3', '-c', clients, word], { timeoutMs: 120_000 });
  await topology.until('the connections talk', () => talking.answer.includes('before'), 30_000);
  await daemon.stop('SIGKILL');
  await daemon.start();
  t.equal(await index(), before, 'the device is the same');
  t.equal(await queuesOf(web), 2, 'with as many queues');
  await writeFile(word, 'go on');
  const { code, output } = await talking.finished;
  t.equal(code, 0, 'the connections talk on');
  t.match(output, /after/);
});

t.test('the number of queues is refused where it cannot be', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web] = await pair(topology, 1, 2);
  t.equal(await queuesOf(web), 1, 'one worker opens one queue');
  t.ok(await web.reaches('10.77.0.2'), 'which is enough');
  await t.rejects(topology.apply([tapPort(web, 'blue', 1, { queues: 1 })]), /a TAP keeps the number of its queues as long as it stands: write spec\.queues: 2/);
  await t.rejects(topology.apply([tapPort(web, 'blue', 1, { queues: 64 })]), /64 is out of bounds/);
  t.ok(await web.reaches('10.77.0.2'), 'and nothing changed');
  await topology.control('delete', 'port', 'web');
  await topology.apply([tapPort(web, 'blue', 1, { queues: 1 })]);
  t.ok(await web.reaches('10.77.0.2'), 'deleted and applied again it has one');
});
