/**
 * A port's share of the flow table: who opens a flow pays for it, whoever has used up his share forwards as before,
 * only without being remembered, and nobody else notices. Where connections are tracked, a flood of new ones ends none that is
 * established, whoever floods.
 */
import fc from 'fast-check';
import t from 'tap';
import { ProductPlayer } from '../golden/player.ts';
import { findImbalances } from '../harness/checkers.ts';
import { ethernet, ipv4, tcp, udp } from '../harness/frames.ts';
import { holds } from '../harness/random.ts';
import type { Resource } from '../model/world.ts';

const name = (index: number): string => `guest-${index}`;
const mac = (index: number): string => `02:00:00:00:00:0${index + 1}`;
const address = (index: number): string => `10.0.0.${index + 1}`;
const idleMs = 31_000; // longer than a silent UDP flow is kept

interface Saying {
  from: number;
  to: number;
  port: number;
  restMs: number;
}

const saying: fc.Arbitrary<Saying> = fc.record({
  from: fc.nat(2), to: fc.nat(2), port: fc.integer({ min: 1, max: 5 }), restMs: fc.oneof({ weight: 40, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(idleMs) }),
}).filter(({ from, to }) => from !== to);

function resources(flows: readonly number[]): Resource[] {
  return [
    { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'blue' }, spec: { subnets: ['10.0.0.0/24'] } },
    ...flows.map((most, index): Resource => ({
      apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: name(index) },
      spec: { network: 'blue', type: 'memory', mac: mac(index), addresses: [`${address(index)}/24`], limits: { flows: most } },
    })),
  ];
}

/** Both directions of a conversation have one port number at both ends, so a reply is told by its addresses alone. */
function frameOf({ from, to, port }: Saying): Uint8Array {
  const ends = { source: address(from), destination: address(to) };
  const payload = ipv4({ ...ends, protocol: 17, payload: udp(ends, port, port, new Uint8Array(8)) });
  return ethernet({ source: mac(from), destination: mac(to), type: 0x0800, payload });
}

t.test('a flow is paid for by who opened it', { timeout: 600_000 }, async (t) => {
  const limits = fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(1, 2, 4, 100)));
  const property = fc.asyncProperty(limits, fc.array(saying, { minLength: 1, maxLength: 80 }), async (shares, story) => {
    await using player = await ProductPlayer.open();
    await player.apply(resources(shares));
    const payers = new Map<string, number>();
    const refused = [0, 0, 0];
    for (const [step, one] of story.entries()) {
      if (one.restMs > 0) {
        player.advance(one.restMs);
        payers.clear();
      }
      const key = `${Math.min(one.from, one.to)} ${Math.max(one.from, one.to)} ${one.port}`;
      const held = [...payers.values()].filter((payer) => payer === one.from).length;
      if (!payers.has(key)) {
        if (held < (shares[one.from] ?? 0)) payers.set(key, one.from);
        else refused[one.from] = (refused[one.from] ?? 0) + 1;
      }
      player.send(name(one.from), frameOf(one));
      player.run();
      const told = `after ${step + 1} frames`;
      if (player.take(name(one.to)).length !== 1) throw new Error(`${told}: the frame did not arrive`);
      const known = player.product.flows().length;
      if (known !== payers.size) throw new Error(`${told}: ${known} flows are known, not ${payers.size}`);
    }
    const stats = player.product.stats();
    const counted = [0, 1, 2].map((index) => stats.items.find(({ port }) => port === name(index))?.flowsRefused);
    if (counted.join() !== refused.join()) throw new Error(`refused ${counted.join()}, not ${refused.join()}`);
    const wrong = findImbalances(stats, player.deaths());
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  await holds(t, 'shares are kept, and cost a port nothing but its memory', property as fc.IRawProperty<unknown>, 40);
});

const nothing = new Uint8Array(0);

function segment(from: number, to: number, ports: readonly [number, number], flags: string, sequence: number, acknowledgment: number): Uint8Array {
  const ends = { source: address(from), destination: address(to) };
  const payload = ipv4({ ...ends, protocol: 6, payload: tcp(ends, ...ports, nothing, { flags, sequence, acknowledgment, window: 8192 }) });
  return ethernet({ source: mac(from), destination: mac(to), type: 0x0800, payload });
}

t.test('a flood of new connections ends none that is established', { timeout: 600_000 }, async (t) => {
  const tracked: Resource[] = [
    ...resources([65_536, 65_536, 65_536]).map((resource) => (resource.kind === 'Network' ? { ...resource, spec: { ...resource.spec, defaultPolicy: { ingress: 'drop' } } } : resource)),
    { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'open' }, spec: { appliesTo: {}, ingress: [{ action: 'allow', protocols: [{ tcp: [80] }, { udp: [80] }] }] } },
  ];
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.constantFrom(0, 1, 2), fc.constantFrom<'S' | 'A' | 'udp'>('S', 'A', 'udp'), async (count, flooder, kind) => {
    await using player = await ProductPlayer.open(1024, 256);
    await player.apply(tracked);
    const ask = (from: number, to: number, frame: Uint8Array): boolean => {
      player.send(name(from), frame);
      player.run();
      return player.take(name(to)).length === 1;
    };
    const established = Array.from({ length: count }, (_, index) => 1000 + index);
    for (const port of established) {
      const isOpen = ask(0, 1, segment(0, 1, [port, 80], 'S', 100, 0)) && ask(1, 0, segment(1, 0, [80, port], 'SA', 500, 101)) && ask(0, 1, segment(0, 1, [port, 80], 'A', 101, 501));
      if (!isOpen) throw new Error(`the connection from ${port} did not open`);
    }
    const target = flooder === 1 ? 2 : 1;
    for (let port = 10_000; port < 11_500; ++port) {
      const ends = { source: address(flooder), destination: address(target) };
      const datagram = ethernet({ source: mac(flooder), destination: mac(target), type: 0x0800, payload: ipv4({ ...ends, protocol: 17, payload: udp(ends, port, 80, nothing) }) });
      player.send(name(flooder), kind === 'udp' ? datagram : segment(flooder, target, [port, 80], kind, 100, 1));
      if (port % 100 === 0) player.run();
    }
    player.run();
    for (const index of [0, 1, 2]) player.take(name(index));
    for (const port of established) {
      if (!ask(1, 0, segment(1, 0, [80, port], 'A', 501, 101))) throw new Error(`the server's word on ${port} did not arrive after the flood`);
      if (!ask(0, 1, segment(0, 1, [port, 80], 'A', 101, 501))) throw new Error(`the client's word on ${port} did not arrive after the flood`);
    }
    const wrong = findImbalances(player.product.stats(), player.deaths());
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  await holds(t, 'every one of them lives on', property as fc.IRawProperty<unknown>, 15);
});
