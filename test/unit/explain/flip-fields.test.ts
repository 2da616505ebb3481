import t from 'tap';
import { ethernet, ipv4, tcp } from '../../harness/frames.ts';
import { flipOfAnswer, labelled, switchWith } from './explained.ts';
import { policy, port } from '../intent/resources.ts';

const two = [labelled('a', 1), labelled('b', 2)];
const [macA, macB] = ['020000000001', '020000000002'];
const frame = (type: string, rest = ''): string => `${macB}${macA}${type}${rest}`.padEnd(120, '0');
const ends = { source: '10.77.0.1', destination: '10.77.0.2' };
/** What a sends to b over IPv4. */
const packet = (protocol: number, payload: Uint8Array, source = '02:00:00:00:00:01', tags: readonly { vlan: number }[] = []): Uint8Array =>
  ethernet({ source, destination: '02:00:00:00:00:02', type: 0x0800, payload: ipv4({ ...ends, protocol, payload }), tags });

t.test('an address that is not the port\'s is given to it, and where that cannot be it may send from any', async (t) => {
  const product = await switchWith(t, two);
  const own = flipOfAnswer(product, { port: 'a', from: '10.77.0.99', to: '10.77.0.2' });
  t.match(own.answer, { verdict: 'drop', reason: 'ip_spoofed' });
  t.match(own.answer.flip!.resources, [{ kind: 'Port', metadata: { name: 'a' }, spec: { addresses: ['10.77.0.1/24', 'fd00:77::1/64', '10.77.0.99/24'] } }]);
  t.equal(own.flipped.verdict, 'allow');
  const others = flipOfAnswer(product, { port: 'a', from: '10.77.0.2', to: '10.77.0.2' });
  t.match(others.answer.flip!.resources, [{ spec: { antiSpoof: false } }], 'that is the address of b');
  t.equal(others.flipped.verdict, 'allow');
});

t.test('ARP for an address, and a MAC of another', async (t) => {
  const product = await switchWith(t, two);
  const arp = `${'ff'.repeat(6)}${macA}0806000108000604000102000000000` + `10a4d0063${'0'.repeat(12)}0a4d00c8`;
  const claimed = flipOfAnswer(product, { port: 'a', frame: arp });
  t.match(claimed.answer, { reason: 'arp_spoofed' });
  t.match(claimed.answer.flip!.resources, [{ spec: { addresses: ['10.77.0.1/24', 'fd00:77::1/64', '10.77.0.99/24'] } }]);
  t.equal(claimed.flipped.verdict, 'allow');
  const foreign = flipOfAnswer(product, { port: 'a', frame: packet(47, new Uint8Array(20), '02:00:00:00:00:42') });
  t.match(foreign.answer, { reason: 'mac_spoofed', flip: { resources: [{ spec: { antiSpoof: false } }] } });
  t.equal(foreign.flipped.verdict, 'allow');
});

t.test('EtherTypes are listed, and listed no more', async (t) => {
  const product = await switchWith(t, two);
  const { answer, flipped } = flipOfAnswer(product, { port: 'a', frame: frame('88cc') });
  t.match(answer, { reason: 'ether_type_denied', flip: { resources: [{ kind: 'Network', spec: { etherTypes: [0x88cc] } }] } });
  t.equal(flipped.verdict, 'allow');
  await product.apply(answer.flip!.resources);
  t.equal(flipOfAnswer(product, { port: 'a', frame: frame('88cc') }).flipped.reason, 'ether_type_denied');
});

t.test('a frame that is too long for its receiver, and one that would go back', async (t) => {
  const product = await switchWith(t, [port('a', { mac: '02:00:00:00:00:01', antiSpoof: false }), labelled('b', 2, {}, { mtu: 1300 })]);
  const long = flipOfAnswer(product, { port: 'a', frame: packet(47, new Uint8Array(1400)) });
  t.match(long.answer, { reason: 'mtu_exceeded', port: 'b', flip: { resources: [{ metadata: { name: 'b' }, spec: { mtu: 1420 } }] } });
  t.equal(long.flipped.verdict, 'allow');
  const back = flipOfAnswer(product, { port: 'a', frame: `${macA}020000000042` + frame('0806', '0001080006040001' + '020000000042' + '0a4d0007' + '0'.repeat(12) + '0a4d0008').slice(24) });
  t.match(back.answer, { reason: 'hairpin', flip: { resources: [{ spec: { hairpin: true } }] } });
  t.equal(back.flipped.verdict, 'allow');
});

t.test('tags pass when the network carries them', async (t) => {
  const product = await switchWith(t, two);
  const { answer, flipped } = flipOfAnswer(product, { port: 'a', frame: packet(47, new Uint8Array(20), '02:00:00:00:00:01', [{ vlan: 9 }]) });
  t.match(answer, { reason: 'vlan_not_carried', flip: { resources: [{ kind: 'Network', spec: { carryTags: true } }] } });
  t.equal(flipped.verdict, 'allow');
});

t.test('a connection whose beginning was not seen is picked up when the network says so', async (t) => {
  const product = await switchWith(t, [...two, policy('open', {}, { ingress: [{ action: 'allow' }] })], { tcpLoose: false });
  const { answer, flipped } = flipOfAnswer(product, { port: 'a', frame: packet(6, tcp(ends, 4000, 80, new Uint8Array(4), { flags: 'A' })) });
  t.match(answer, { stage: 'connection', reason: 'connection_invalid', connection: { standing: 'invalid' }, flip: { resources: [{ kind: 'Network', spec: { tcpLoose: true } }] } });
  t.equal(flipped.verdict, 'allow');
});
