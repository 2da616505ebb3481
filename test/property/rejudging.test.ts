/** What the operator changes holds from the next frame on, for flows that were known before, too. */
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { broadcastMac, ethernet, ipv4, tcp, udp } from '../harness/frames.ts';
import type { Resource } from '../model/world.ts';

const macOf = (number: number): string => `02:00:00:00:00:0${number}`;

function network(name: string, spec: object = {}): Resource {
  return { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name }, spec: { subnets: ['10.0.0.0/24'], ...spec } };
}

function port(name: string, number: number, network: string, spec: object = {}): Resource {
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name },
    spec: { network, type: 'memory', mac: macOf(number), addresses: [`10.0.0.${number}/24`], ...spec },
  };
}

function datagram(source: string, destination: string, from = '10.0.0.1', to = '10.0.0.2'): Uint8Array {
  const payload = ipv4({ source: from, destination: to, protocol: 17, payload: udp({ source: from, destination: to }, 1000, 2000, new Uint8Array(20)) });
  return ethernet({ source, destination, type: 0x0800, payload });
}

/** Sends the frame from `from`, and answers which of the ports got one. */
function whoGets(product: ProductPlayer, from: string, frame: Uint8Array, ports: readonly string[]): string[] {
  product.send(from, frame);
  product.run();
  return ports.filter((name) => product.take(name).length > 0);
}

t.test('a port that loses its address may not send from it any more', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([network('one'), port('a', 1, 'one'), port('b', 2, 'one')]);
  const frame = datagram(macOf(1), macOf(2));
  for (let i = 0; i < 3; i += 1) t.strictSame(whoGets(product, 'a', frame, ['b']), ['b']);
  await product.apply([port('a', 1, 'one', { addresses: ['10.0.0.9/24'] })]);
  t.strictSame(whoGets(product, 'a', frame, ['b']), []);
  await product.apply([port('a', 1, 'one')]);
  t.strictSame(whoGets(product, 'a', frame, ['b']), ['b']);
});

t.test('a network that denies denies what it allowed before', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([network('one'), port('a', 1, 'one'), port('b', 2, 'one')]);
  const frame = datagram(macOf(1), macOf(2));
  for (let i = 0; i < 3; i += 1) t.strictSame(whoGets(product, 'a', frame, ['b']), ['b']);
  await product.apply([network('one', { defaultPolicy: { egress: 'drop' } })]);
  t.strictSame(whoGets(product, 'a', frame, ['b']), []);
});

t.test('what a network knew before it denies is denied, and what it did not know is no connection', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([network('one'), port('a', 1, 'one'), port('b', 2, 'one')]);
  const ends = { source: '10.0.0.1', destination: '10.0.0.2' };
  const segment = (from: number, flags: string): Uint8Array => ethernet({
    source: macOf(1), destination: macOf(2), type: 0x0800,
    payload: ipv4({ ...ends, protocol: 6, payload: tcp(ends, from, 80, new Uint8Array(0), { flags, sequence: 1000, acknowledgment: 1, window: 1000 }) }),
  });
  t.strictSame(whoGets(product, 'a', segment(40_000, 'A'), ['b']), ['b']);
  await product.apply([network('one', { defaultPolicy: { egress: 'drop' } })]);
  t.strictSame(whoGets(product, 'a', segment(40_000, 'R'), ['b']), []);
  t.strictSame(product.deaths(), [{ port: 'a', direction: 'receive', reason: 'egress_denied', packets: 1 }]);
  t.strictSame(whoGets(product, 'a', segment(50_000, 'R'), ['b']), []);
  t.match(product.deaths(), [{ reason: 'connection_invalid', packets: 1 }, { reason: 'egress_denied', packets: 1 }]);
});

t.test('a network that carries an EtherType no more ends what was known of it', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([network('one', { etherTypes: [0x88b5] }), port('a', 1, 'one'), port('b', 2, 'one')]);
  const frame = ethernet({ source: macOf(1), destination: macOf(2), type: 0x88b5, payload: new Uint8Array(46) });
  for (let i = 0; i < 3; i += 1) t.strictSame(whoGets(product, 'a', frame, ['b']), ['b']);
  await product.apply([network('one')]);
  t.strictSame(whoGets(product, 'a', frame, ['b']), []);
});

t.test('a flood that was known reaches who came later, and does not miss who left', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([network('one'), port('a', 1, 'one'), port('b', 2, 'one')]);
  const frame = datagram(macOf(1), broadcastMac, '10.0.0.1', '10.0.0.255');
  for (let i = 0; i < 3; i += 1) t.strictSame(whoGets(product, 'a', frame, ['b']), ['b']);
  await product.apply([port('c', 3, 'one')]);
  t.strictSame(whoGets(product, 'a', frame, ['b', 'c']), ['b', 'c']);
  await product.remove('Port', 'b');
  t.strictSame(whoGets(product, 'a', frame, ['c']), ['c']);
});

t.test('a MAC learned in one network means nothing in another', async (t) => {
  await using product = await ProductPlayer.open();
  const loose = { antiSpoof: false };
  await product.apply([
    network('one'), port('a', 1, 'one', loose), port('b', 2, 'one', loose),
    network('two'), port('d', 4, 'two', loose), port('e', 5, 'two', loose), port('f', 6, 'two', loose),
  ]);
  const guest = '02:00:00:00:00:77';
  const names = ['a', 'b', 'd', 'e', 'f'];
  t.strictSame(whoGets(product, 'e', datagram(guest, broadcastMac), names), ['d', 'f'], 'the guest is behind e, in two');
  t.strictSame(whoGets(product, 'd', datagram(macOf(4), guest), names), ['e'], 'there it is known');
  t.strictSame(whoGets(product, 'a', datagram(macOf(1), guest), names), ['b'], 'and in one nobody knows it');
});

t.test('a MAC that nobody knew is known from its first frame on', async (t) => {
  await using product = await ProductPlayer.open();
  const loose = { antiSpoof: false };
  await product.apply([network('one'), port('a', 1, 'one', loose), port('b', 2, 'one', loose), port('c', 3, 'one', loose)]);
  const guest = '02:00:00:00:00:77';
  const frame = datagram(macOf(1), guest);
  for (let i = 0; i < 3; i += 1) t.strictSame(whoGets(product, 'a', frame, ['b', 'c']), ['b', 'c'], 'it may be anywhere');
  t.strictSame(whoGets(product, 'c', datagram(guest, macOf(1)), ['a', 'b']), ['a']);
  t.strictSame(whoGets(product, 'a', frame, ['b', 'c']), ['c']);
});

t.test('what is above a storm limit dies, and a second later as much passes again', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([network('one', { stormLimit: { broadcast: 3 } }), port('a', 1, 'one'), port('b', 2, 'one')]);
  const frame = datagram(macOf(1), broadcastMac, '10.0.0.1', '10.0.0.255');
  for (const round of ['at first', 'and again']) {
    const got = Array.from({ length: 6 }, () => whoGets(product, 'a', frame, ['b']).length);
    t.strictSame(got, [1, 1, 1, 0, 0, 0], round);
    product.advance(1000);
  }
});

function labelled(name: string, number: number, app: string, spec: object = {}): Resource {
  const plain = port(name, number, 'one', spec);
  return { ...plain, metadata: { name, labels: { app } } as Resource['metadata'] };
}

function policy(spec: object): Resource {
  return { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'rules' }, spec: { appliesTo: { ports: { matchLabels: { app: 'db' } } }, ...spec } };
}

const forth = datagram(macOf(1), macOf(2));
const back = ((): Uint8Array => {
  const ends = { source: '10.0.0.2', destination: '10.0.0.1' };
  return ethernet({ source: macOf(2), destination: macOf(1), type: 0x0800, payload: ipv4({ ...ends, protocol: 17, payload: udp(ends, 2000, 1000, new Uint8Array(20)) }) });
})();
const closed = network('one', { defaultPolicy: { ingress: 'drop' } });

t.test('a label of the sender that a rule asks for ends and brings back what it allowed, in both directions', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([closed, labelled('a', 1, 'web'), labelled('b', 2, 'db'), policy({ ingress: [{ action: 'allow', from: [{ ports: { matchLabels: { app: 'web' } } }] }] })]);
  t.strictSame([whoGets(product, 'a', forth, ['b']), whoGets(product, 'b', back, ['a'])], [['b'], ['a']]);
  await product.apply([labelled('a', 1, 'stranger')]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [[], []]);
  await product.apply([labelled('a', 1, 'web')]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [['a'], ['b']]);
});

t.test('a label of the receiver that a rule of the sender asks for does the same', async (t) => {
  await using product = await ProductPlayer.open();
  const rules = policy({ appliesTo: { ports: { matchLabels: { app: 'web' } } }, egress: [{ action: 'allow', to: [{ ports: { matchLabels: { app: 'db' } } }] }], default: { egress: 'drop' } });
  await product.apply([network('one'), labelled('a', 1, 'web'), labelled('b', 2, 'db'), rules]);
  t.strictSame([whoGets(product, 'a', forth, ['b']), whoGets(product, 'b', back, ['a'])], [['b'], ['a']]);
  await product.apply([labelled('b', 2, 'stranger')]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [[], []]);
});

t.test('a name of a port that means another number now does the same', async (t) => {
  await using product = await ProductPlayer.open();
  const named = (number: number): Resource => labelled('b', 2, 'db', { namedPorts: [{ name: 'dns', protocol: 'udp', port: number }] });
  await product.apply([closed, labelled('a', 1, 'web'), named(2000), policy({ ingress: [{ action: 'allow', protocols: [{ udp: ['dns'] }] }] })]);
  t.strictSame([whoGets(product, 'a', forth, ['b']), whoGets(product, 'b', back, ['a'])], [['b'], ['a']]);
  await product.apply([named(2001)]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [[], []]);
});

t.test('a prefix that excepts an address now does the same', async (t) => {
  await using product = await ProductPlayer.open();
  const rules = (except: readonly string[]): Resource => policy({ ingress: [{ action: 'allow', from: [{ cidr: '10.0.0.0/24', except: [...except] }] }] });
  await product.apply([closed, labelled('a', 1, 'web'), labelled('b', 2, 'db'), rules([])]);
  t.strictSame([whoGets(product, 'a', forth, ['b']), whoGets(product, 'b', back, ['a'])], [['b'], ['a']]);
  await product.apply([rules(['10.0.0.1/32'])]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [[], []]);
});

t.test('a network that begins to be judged knows who began what was there, and forgets nothing when it ends', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([network('one'), labelled('a', 1, 'web'), labelled('b', 2, 'db')]);
  t.strictSame([whoGets(product, 'a', forth, ['b']), whoGets(product, 'b', back, ['a'])], [['b'], ['a']]);
  await product.apply([closed, policy({ ingress: [{ action: 'allow', protocols: [{ udp: [2000] }] }] })]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [['a'], ['b']], 'a began it, and may');
  await product.apply([policy({ ingress: [{ action: 'allow', protocols: [{ udp: [1] }] }] })]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [[], []], 'and now may not');
  await product.apply([network('one')]);
  await product.remove('Policy', 'rules');
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [['a'], ['b']], 'nobody is judged any more');
});

t.test('a default that denies from now on ends what it allowed, also where others were judged before', async (t) => {
  await using product = await ProductPlayer.open();
  const forOthers = policy({ ingress: [{ action: 'allow' }] });
  await product.apply([network('one'), labelled('a', 1, 'web'), labelled('b', 2, 'web'), labelled('c', 3, 'db'), forOthers]);
  t.strictSame([whoGets(product, 'a', forth, ['b']), whoGets(product, 'b', back, ['a'])], [['b'], ['a']]);
  await product.apply([closed]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [[], []]);
  await product.apply([network('one')]);
  t.strictSame([whoGets(product, 'b', back, ['a']), whoGets(product, 'a', forth, ['b'])], [['a'], ['b']]);
});

t.test('an address that a port loses is not spoken from in a connection that is known', async (t) => {
  await using product = await ProductPlayer.open();
  await product.apply([closed, labelled('a', 1, 'web'), labelled('b', 2, 'db'), policy({ ingress: [{ action: 'allow' }] })]);
  t.strictSame([whoGets(product, 'a', forth, ['b']), whoGets(product, 'b', back, ['a'])], [['b'], ['a']]);
  await product.apply([labelled('a', 1, 'web', { addresses: ['10.0.0.9/24'] })]);
  t.strictSame(whoGets(product, 'a', forth, ['b']), [], 'not by who lost it');
  await product.apply([labelled('a', 1, 'web'), labelled('b', 2, 'db', { addresses: ['10.0.0.8/24'] })]);
  t.strictSame(whoGets(product, 'b', back, ['a']), [], 'nor by the other end');
});
