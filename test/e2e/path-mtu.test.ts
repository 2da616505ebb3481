/**
 * Containers of different MTUs find out what fits between them, by what the switch tells their kernels.
 *
 *   ┌─ netns jumbo ────┐      ┌── vswitchd ──┐      ┌─ netns usual ────┐
 *   │ eth0 .1, 9000    ├──────┤ network blue ├──────┤ eth0 .2, 1500    │
 *   └──────────────────┘ TAP  │              │ TAP  └──────────────────┘
 *   ┌─ netns large ────┐      │              │
 *   │ eth0 .3, 9000    ├──────┤              │
 *   └──────────────────┘ TAP  └──────────────┘
 */
import t, { type Test } from 'tap';
import { findImbalances } from '../harness/checkers.ts';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

async function mixed(topology: Topology): Promise<[jumbo: Host, usual: Host, large: Host]> {
  const [jumbo, usual, large] = await topology.hosts('jumbo', 'usual', 'large');
  await topology.daemon();
  await topology.apply([
    network('blue', { mtu: 9000 }), tapPort(jumbo, 'blue', 1), tapPort(usual, 'blue', 2, { mtu: 1500 }), tapPort(large, 'blue', 3),
  ]);
  return [jumbo, usual, large];
}

async function holdsTheLaw(t: Test, topology: Topology): Promise<void> {
  let wrong: string[] = [];
  await topology.until('the counters add up', async () => {
    wrong = findImbalances(await topology.stats());
    return wrong.length === 0;
  }, 3000).catch(() => {});
  t.strictSame(wrong, [], 'received and offered packets are all accounted for');
}

/** What the host's kernel believes to fit on the way. */
async function knownMtu(host: Host, address: string): Promise<number> {
  return Number(/\bmtu (\d+)/.exec(await host.run(['ip', 'route', 'get', address]))?.[1] ?? 0);
}

/** Python that says at once what the kernel says of a datagram. */
const sender = `
import errno, socket, sys
family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
level, discover, ask = (41, 23, 24) if family == socket.AF_INET6 else (0, 10, 14)
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.setsockopt(level, discover, int(sys.argv[2]))
sock.settimeout(0.2)
sock.connect((sys.argv[1], 7777))
size = int(sys.argv[3])
for attempt in range(50):
    try:
        sock.send(bytes(size))
    except OSError as error:
        if error.errno != errno.EMSGSIZE: raise
        print('too long for', sock.getsockopt(level, ask))
        sys.exit()
    try:
        print('answered', sock.recv(100).decode())
        sys.exit()
    except TimeoutError:
        pass
    except OSError as error:
        if error.errno != errno.EMSGSIZE: raise
print('nothing')
`;
const echo = `
import socket
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.bind(('::', 7777))
print('ready', flush=True)
while True:
    data, peer = sock.recvfrom(65536)
    sock.sendto(str(len(data)).encode(), peer)
`;
const [never, always] = ['0', '2']; // IP_PMTUDISC_DONT, IP_PMTUDISC_DO

t.test('UDP that may not be fragmented is told the MTU, and gets through when it keeps to it', { skip: lacking('python3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [jumbo, usual, large] = await mixed(topology);
  for (const host of [usual, large]) {
    const answering = host.start(['python3', '-c', echo]);
    await topology.until('the echo is ready', () => answering.answer.includes('ready'));
  }
  const say = async (address: string, discover: string, size: number): Promise<string> =>
    (await jumbo.run(['python3', '-c', sender, address, discover, String(size)])).trim();
  for (const [address, headers] of [['10.77.0.2', 28], ['fd00:77::2', 48]] as const) {
    t.equal(await say(address, always, 9000 - headers), 'too long for 1500', `${address}: jumbo`);
    t.equal(await knownMtu(jumbo, address), 1500, 'the kernel keeps what it was told');
    t.equal(await say(address, always, 1500 - headers), `answered ${1500 - headers}`, 'what fits is answered');
    t.equal(await say(address, always, 1501 - headers), 'too long for 1500', 'one byte more is refused by the own kernel');
  }
  t.equal(await say('10.77.0.3', always, 8972), 'answered 8972', 'between equals 9,000 bytes pass');
  t.equal(await say('fd00:77::3', always, 8952), 'answered 8952', 'over IPv6, too');
  t.ok(await topology.drops('usual', 'mtu_exceeded') >= 2, 'what died has a name');
  await holdsTheLaw(t, topology);
});

t.test('UDP that may be fragmented is fragmented by its sender once that was told', { skip: lacking('python3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [jumbo, usual] = await mixed(topology);
  const answering = usual.start(['python3', '-c', echo]);
  await topology.until('the echo is ready', () => answering.answer.includes('ready'));
  for (const address of ['10.77.0.2', 'fd00:77::2']) {
    t.equal(await knownMtu(jumbo, address), 0, 'nothing is known yet');
    for (const size of [5000, 20_000]) {
      t.equal((await jumbo.run(['python3', '-c', sender, address, never, String(size)])).trim(), `answered ${size}`, `${size} bytes to ${address}`);
    }
    t.equal(await knownMtu(jumbo, address), 1500);
  }
  await holdsTheLaw(t, topology);
});

t.test('ping is told, too', { skip: lacking('ping') }, async (t) => {
  await using topology = await Topology.open(t);
  const [jumbo] = await mixed(topology);
  t.ok(await jumbo.reaches('10.77.0.3', { options: ['-s', '8972', '-M', 'do'] }), 'jumbo to jumbo');
  const { code, output } = await jumbo.attempt(['ping', '-c', '1', '-W', '1', '-s', '8972', '-M', 'do', '10.77.0.2']);
  t.not(code, 0);
  t.match(output, /From 10\.77\.0\.2.*Frag needed.*mtu = 1500/, 'it names who could not take it, and what it takes');
  const wide = await jumbo.attempt(['ping', '-c', '1', '-W', '1', '-s', '8952', '-M', 'do', 'fd00:77::2']);
  t.match(wide.output, /From fd00:77::2.*Packet too big.*mtu=1500/);
});

t.test('TCP whose ends believe in jumbo segments finds its way in both directions', { skip: lacking('iperf3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [jumbo, usual] = await mixed(topology);
  // A peer that offers more than its device takes, as one does behind a tunnel.
  await usual.run(['ip', 'route', 'change', '10.77.0.0/24', 'dev', 'eth0', 'proto', 'kernel', 'scope', 'link', 'src', '10.77.0.2', 'advmss', '8960']);
  await usual.run(['ip', '-6', 'route', 'change', 'fd00:77::/64', 'dev', 'eth0', 'proto', 'kernel', 'metric', '256', 'advmss', '8940']);
  for (const address of ['10.77.0.2', 'fd00:77::2']) {
    for (const direction of [[], ['--reverse']]) {
      const before = await topology.drops('usual', 'mtu_exceeded');
      const server = usual.start(['iperf3', '--server', '--one-off']);
      await usual.untilListening(5201);
      const report = JSON.parse(await jumbo.run(['iperf3', '--client', address, '--time', '2', '--json', ...direction])) as {
        end: { sum_received: { bytes: number } };
        start: { tcp_mss_default: number };
      };
      await server.finished;
      const name = `${address} ${direction.length > 0 ? 'to jumbo' : 'to usual'}`;
      t.ok(report.end.sum_received.bytes > 10_000_000, `${name}: ${report.end.sum_received.bytes} bytes`);
      if (direction.length > 0) continue;
      t.ok(report.start.tcp_mss_default > 8000, `${name}: it began with ${report.start.tcp_mss_default} bytes a segment`);
      t.ok(await topology.drops('usual', 'mtu_exceeded') > before, `${name}: something was too large`);
      t.equal(await knownMtu(jumbo, address), 1500, `${name}: and its sender was told`);
    }
  }
  await holdsTheLaw(t, topology);
});
