/**
 * What explain says of policies: the rule that it names decides, the change that it gives flips the verdict, and both on real frames,
 * new and of a connection that is there already. Who reaches whom is what it says of each two.
 */
import fc from 'fast-check';
import t from 'tap';
import { parseIp } from '../../src/address/ip.ts';
import { composeFrame, tagFrame } from '../../src/explain/compose.ts';
import type { Explanation, NamespaceResource, Resource as AnyResource } from '../../src/index.ts';
import { ProductPlayer } from '../golden/player.ts';
import { holds } from '../harness/random.ts';
import { hosts, policyWorld } from './policy-worlds.ts';

interface Question {
  readonly network: 'dev' | 'prod';
  readonly family: 4 | 6;
  readonly from: number;
  readonly to: number;
  readonly how: { readonly protocol: number; readonly destinationPort: number };
}
type Resource = Exclude<AnyResource, NamespaceResource>;
interface Spec {
  readonly network?: string;
  readonly trunk?: { readonly networks: readonly string[] };
  readonly addresses?: readonly string[];
}
type Rule = Readonly<Record<string, unknown>> & { readonly name?: string };
type Named = Pick<Explanation, 'policy' | 'rule'>;

const question: fc.Arbitrary<Question> = fc.record({
  network: fc.constantFrom('dev', 'dev', 'prod'), family: fc.constantFrom(4, 6), from: fc.constantFrom(...hosts), to: fc.constantFrom(...hosts),
  how: fc.record({ protocol: fc.constantFrom(6, 6, 17, 132, 1, 47), destinationPort: fc.constantFrom(80, 81, 443, 1) }),
});

const nobody = '192.0.2.254/32';
const addressOf = (network: string, family: 4 | 6, index: number): string =>
  family === 4 ? `10.0.${network === 'dev' ? 0 : 1}.${index}` : `fd00:${network === 'dev' ? '' : '1:'}:${index}`;

/** The frame that asks, as its port sends it. */
function frameOf({ network, family, from, to, how }: Question, isTrunk: boolean): Uint8Array {
  const frame = composeFrame({
    sourceMac: `02:00:00:00:00:0${from}`, destinationMac: `02:00:00:00:00:0${to}`, source: parseIp(addressOf(network, family, from))!,
    destination: parseIp(addressOf(network, family, to))!, protocol: how.protocol === 1 && family === 6 ? 58 : how.protocol, sourcePort: 4000, destinationPort: how.destinationPort,
  });
  return isTrunk ? tagFrame(frame, network === 'dev' ? 10 : 11) : frame;
}

/** The resources without what the answer names: a rule that can match nobody in its place. */
function without({ policy, rule }: Named, direction: 'ingress' | 'egress', all: readonly Resource[]): Resource {
  const [kind, ...rest] = policy.split('/');
  const found = all.find((one) => one.kind === kind && (kind === 'NetworkPolicy' ? `${one.metadata.namespace ?? 'default'}/${one.metadata.name}` : one.metadata.name) === rest.join('/'))!;
  const spec = found.spec as Record<string, unknown>;
  if (kind === 'Network') {
    if (rule === 'nodeAddresses') return { ...found, spec: { ...spec, nodeAddresses: [] } } as unknown as Resource;
    const defaults = { ingress: 'allow', egress: 'allow', ...(spec['defaultPolicy'] as object | undefined) };
    return { ...found, spec: { ...spec, defaultPolicy: { ...defaults, [direction]: defaults[direction] === 'allow' ? 'drop' : 'allow' } } } as unknown as Resource;
  }
  if (rule === 'default' && kind === 'NetworkPolicy') return { ...found, spec: { ...spec, podSelector: { matchLabels: { nobody: 'here' } } } } as unknown as Resource;
  if (rule === 'default') return { ...found, spec: { ...spec, default: Object.fromEntries(Object.entries(spec['default'] as object).filter(([name]) => name !== direction)) } } as unknown as Resource;
  const field = direction === 'ingress' ? 'from' : 'to';
  const emptied = (spec[direction] as readonly Rule[]).map((one, index) => (
    (one.name ?? `${direction}[${index}]`) === rule ? { ...one, [field]: [kind === 'Policy' ? { cidr: nobody } : { ipBlock: { cidr: nobody } }] } : one));
  return { ...found, spec: { ...spec, [direction]: emptied } } as unknown as Resource;
}

class Inquiry {
  readonly #player: ProductPlayer;
  readonly #ports: ReadonlyMap<number, { readonly name: string; readonly spec: Spec }>;

  constructor(player: ProductPlayer) {
    this.#player = player;
    this.#ports = new Map((player.product.get('Port') as readonly Resource[]).map(({ metadata, spec }) => {
      const name = (metadata.namespace ?? 'default') === 'default' ? metadata.name : `${metadata.namespace}/${metadata.name}`;
      return [Number(metadata.name.slice(1)), { name, spec: spec as Spec }];
    }));
  }

  /** What is wrong with what is said about this question; undefined when nothing is. */
  async findLie(asked: Question): Promise<string | undefined> {
    const [from, to] = [this.#ports.get(asked.from), this.#ports.get(asked.to)];
    if (from === undefined || to === undefined || from === to || !isIn(from.spec, asked.network) || !isIn(to.spec, asked.network)) return undefined;
    const frame = frameOf(asked, from.spec.trunk !== undefined);
    const first = this.#explainQuietly(from.name, frame);
    if (typeof first === 'string') return first;
    const line = (text: string): string => `${JSON.stringify(asked)} ${first.verdict} ${first.policy} ${first.rule}: ${text}`;
    if (first.policy === '' || first.rule === '') return line(`nobody decided: ${JSON.stringify(first)}`);
    const wrong = this.#nameIsWrong(from.name, frame, first) ?? this.#flipIsWrong(from.name, frame, first);
    if (wrong !== undefined) return line(wrong);
    const isAllowed = first.verdict === 'allow';
    if (this.#arrives(from.name, to.name, frame) !== isAllowed) return line('the frame fared otherwise');

    // Now there may be a connection: the frame, seen once more, is part of it.
    const again = this.#explainQuietly(from.name, frame);
    if (typeof again === 'string') return again;
    if ((again.verdict === 'allow') !== isAllowed || again.rule !== first.rule) return line(`then ${again.verdict} ${again.policy} ${again.rule}`);
    if (isAllowed && !['established', 'untracked'].includes(again.connection?.standing ?? 'untracked')) return line(`its connection is ${again.connection?.standing}`);
    const stillWrong = this.#flipIsWrong(from.name, frame, again);
    if (stillWrong !== undefined) return line(`of a connection: ${stillWrong}`);
    await this.#player.product.apply(again.flip!.resources);
    return this.#arrives(from.name, to.name, frame) === isAllowed ? line(`with ${JSON.stringify(again.flip)} applied the frame fared as before`) : undefined;
  }

  /** Who reaches whom by TCP to this port, as explain says it of each two. */
  reachIsWrong(destinationPort: number): string | undefined {
    const { product } = this.#player;
    const before = this.#seen();
    const { ports, rows } = product.explain({ reach: { protocol: 'tcp', destinationPort } });
    if (this.#seen() !== before) return 'asking who reaches whom changed something';
    for (const [row, sender] of ports.entries()) {
      for (const [column, receiver] of ports.entries()) {
        const may = sender !== receiver && this.#mayReach(sender, receiver, destinationPort);
        const said = rows[row]![column];
        if (said !== (sender === receiver ? '-' : may ? '.' : 'X')) return `${sender} to ${receiver}: ${said}`;
      }
    }
    return undefined;
  }

  #mayReach(sender: string, receiver: string, destinationPort: number): boolean {
    const { product } = this.#player;
    const [from, to] = [sender, receiver].map((name) => [...this.#ports].find(([, port]) => port.name === name)!);
    if (from === undefined || to === undefined) return false;
    // Beside the addresses that hosts have by their number, one may declare a link-local one.
    const place = (['dev', 'prod'] as const).find((network) => isIn(from[1].spec, network) && isIn(to[1].spec, network) && [from, to].some(([, { spec }]) => spec.network === network));
    const own = place === undefined ? [] : addressesIn(from[1].spec, place);
    const others = place === undefined ? [] : addressesIn(to[1].spec, place);
    for (const [source, destination] of own.flatMap((one) => others.map((other) => [one, other] as const))) {
      if (![source, destination].some((address) => address.startsWith('fe80:'))) continue;
      const { verdict } = product.explain({ port: sender, from: source, to: destination, protocol: 'tcp', destinationPort, ...(from[1].spec.trunk !== undefined && { network: place! }) });
      if (verdict === 'allow') return true;
    }
    return (['dev', 'prod'] as const).filter((network) => isIn(from[1].spec, network) && isIn(to[1].spec, network)).some((network) => ([4, 6] as const).some((family) => {
      const frame = frameOf({ network, family, from: from[0], to: to[0], how: { protocol: 6, destinationPort } }, from[1].spec.trunk !== undefined);
      return product.explain({ port: sender, frame }).verdict === 'allow';
    }));
  }

  #seen(): string {
    const { product } = this.#player;
    return JSON.stringify([product.stats(), product.drops(), product.fdb(), product.flows(), product.usage(), product.rules().map(({ lastHit: _, ...counts }) => counts), product.generation, product.events().length]);
  }

  #explainQuietly(port: string, frame: Uint8Array): Explanation | string {
    const before = this.#seen();
    const answer = this.#player.product.explain({ port, frame });
    return this.#seen() === before ? answer : 'asking changed something';
  }

  #nameIsWrong(port: string, frame: Uint8Array, { verdict, policy, rule, reason }: Explanation): string | undefined {
    const { product } = this.#player;
    const all = ['Network', 'Policy', 'NetworkPolicy'].flatMap((kind) => product.get(kind) as readonly Resource[]);
    const candidate = without({ policy, rule }, reason === 'egress_denied' ? 'egress' : 'ingress', all);
    const other = product.explain({ port, frame, with: [candidate] });
    // The same name in the other direction is another rule.
    return other.verdict === verdict && other.policy === policy && other.rule === rule && other.reason === reason ? `without it ${JSON.stringify(candidate)} it is the same` : undefined;
  }

  #flipIsWrong(port: string, frame: Uint8Array, { verdict, flip }: Explanation): string | undefined {
    if (flip === undefined) return 'there is no flip';
    const flipped = this.#player.product.explain({ port, frame, with: flip.resources });
    return (flipped.verdict === 'allow') === (verdict === 'allow') ? `with ${JSON.stringify(flip)} still ${flipped.verdict} ${flipped.policy} ${flipped.rule}` : undefined;
  }

  #arrives(from: string, to: string, frame: Uint8Array): boolean {
    this.#player.send(from, frame);
    this.#player.run();
    const got = this.#player.take(to).length;
    for (const { name } of this.#ports.values()) if (name !== to) this.#player.take(name);
    return got > 0;
  }
}

/** The IPv6 addresses that it has in this network. */
function addressesIn({ addresses = [] }: Spec, network: 'dev' | 'prod'): string[] {
  const elsewhere = network === 'dev' ? 'fd00:1::' : 'fd00::';
  return addresses.flatMap((address) => (address.includes(':') && !address.startsWith(elsewhere) ? [address.split('/')[0]!] : []));
}

function isIn({ network, trunk }: Spec, wanted: string): boolean {
  return network === wanted || trunk?.networks.includes(wanted) === true;
}

t.test('explain tells who decided, and what would change it', { timeout: 600_000 }, async (t) => {
  const property = fc.asyncProperty(policyWorld, fc.array(question, { minLength: 8, maxLength: 8 }), async (resources, questions) => {
    await using player = await ProductPlayer.open();
    await player.product.apply(resources);
    const inquiry = new Inquiry(player);
    const unreached = inquiry.reachIsWrong(80);
    if (unreached !== undefined) throw new Error(unreached);
    for (const one of questions) {
      const lie = await inquiry.findLie(one);
      if (lie !== undefined) throw new Error(lie);
    }
  });
  await holds(t, 'the named rule, its flip, and who reaches whom', property as fc.IRawProperty<unknown>, 60);
});
