/**
 * TCP conversations by chance: two honest ends, a network that loses, repeats and delays, and somebody who forges.
 *
 * What an end does, what becomes of each segment on its way, and how far from a number that matters a forged one is, are all small
 * choices, so that a story that fails shrinks to a few sentences.
 */
import fc from 'fast-check';
import type { EndPlan, TcpEnd } from '../model/tcp-end.ts';
import type { End, ModelTcp, Segment } from '../model/tcp.ts';

/** Of a segment: lost before the switch or behind it, held back before or behind it until somebody lets it go, or there twice. */
export type Way = 'arrives' | 'unseen' | 'lost' | 'late' | 'behind' | 'twice';
export type Act = 'open' | 'send' | 'repeat' | 'close' | 'read' | 'abort' | 'crash' | 'keepAlive';
export type Mark = 'end' | 'edge' | 'oldest' | 'wanted' | 'zero';

export interface Forgery {
  readonly flags: string;
  readonly sequence: Mark;
  readonly offset: number;
  readonly acknowledges: 'end' | 'acked' | 'oldest' | 'zero';
  readonly acknowledgeOffset: number;
  readonly length: number;
  readonly window: number;
  readonly scale: number | undefined;
  readonly hasTimestamps: boolean;
}

export type TcpStep =
  | { readonly step: 'act'; readonly talk: number; readonly end: End; readonly act: Act; readonly size: number; readonly ways: readonly Way[] }
  | { readonly step: 'handshake'; readonly talk: number }
  | { readonly step: 'let go'; readonly talk: number; readonly which: number }
  | { readonly step: 'forge'; readonly talk: number; readonly end: End; readonly forgery: Forgery }
  | { readonly step: 'wait'; readonly ms: number }
  | { readonly step: 'policy'; readonly policy: number };

export interface TalkPlan {
  readonly isWide: boolean;
  readonly ends: readonly [EndPlan, EndPlan];
}

export interface TcpStory {
  readonly talks: readonly TalkPlan[];
  readonly isLoose: boolean;
  readonly steps: readonly TcpStep[];
}

const endPlan: fc.Arbitrary<EndPlan> = fc.record({
  first: fc.constantFrom(1000, 1000, 2 ** 32 - 3, 2 ** 31 - 2, 0), buffer: fc.constantFrom(8192, 1000, 60_000, 200_000, 1), scale: fc.constantFrom(undefined, 0, 2, 7, 14),
});
const talkPlan: fc.Arbitrary<TalkPlan> = fc.record({ isWide: fc.boolean(), ends: fc.tuple(endPlan, endPlan) });
const way: fc.Arbitrary<Way> = fc.constantFrom('arrives', 'arrives', 'arrives', 'unseen', 'lost', 'late', 'behind', 'twice');
const talk = fc.nat(1);
const end = fc.constantFrom<End>(0, 1);

const act: fc.Arbitrary<TcpStep> = fc.record({
  step: fc.constant('act' as const), talk, end, ways: fc.array(way, { maxLength: 3 }), size: fc.constantFrom(100, 1, 1000, 1400, 7000),
  act: fc.constantFrom<Act>('open', 'open', 'send', 'send', 'send', 'send', 'repeat', 'repeat', 'close', 'close', 'read', 'keepAlive', 'abort', 'crash'),
});
const handshake: fc.Arbitrary<TcpStep> = fc.record({ step: fc.constant('handshake' as const), talk });
const release: fc.Arbitrary<TcpStep> = fc.record({ step: fc.constant('let go' as const), talk, which: fc.nat(3) });
const offset = fc.constantFrom(0, 0, 0, 1, -1, 2, -2, 3, 100, -100, 1000, 65_535, 65_536, -65_536, 65_537, 200_000, 2 ** 31, 2 ** 31 - 1);
const forgery: fc.Arbitrary<Forgery> = fc.record({
  flags: fc.constantFrom('A', 'A', 'PA', 'R', 'R', 'RA', 'S', 'S', 'SA', 'FA', 'F', 'SR', 'SF', '', 'FSRPAU', 'AU', 'AE'),
  sequence: fc.constantFrom<Mark>('end', 'edge', 'oldest', 'wanted', 'zero'), offset,
  acknowledges: fc.constantFrom('end', 'acked', 'oldest', 'zero'), acknowledgeOffset: offset,
  length: fc.constantFrom(0, 0, 0, 1, 10, 1000), window: fc.constantFrom(0, 1, 1000, 65_535), scale: fc.constantFrom(undefined, 3, 14, 200), hasTimestamps: fc.boolean(),
});
const forge: fc.Arbitrary<TcpStep> = fc.record({ step: fc.constant('forge' as const), talk, end, forgery });
const wait: fc.Arbitrary<TcpStep> = fc.record({ step: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, 4999, 5000, 7999, 8000, 12_000, 15_000, 20_000, 29_999, 30_000, 100_000) });
const policy: fc.Arbitrary<TcpStep> = fc.record({ step: fc.constant('policy' as const), policy: fc.nat(5) });

const weighted = (steps: readonly (readonly [number, fc.Arbitrary<TcpStep>])[]): fc.Arbitrary<TcpStep> => fc.oneof(...steps.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Nobody forges, nothing changes, and nothing is overtaken: whatever the ends say must pass. */
const calmAct = (act as fc.Arbitrary<Extract<TcpStep, { step: 'act' }>>).map((one): TcpStep => ({ ...one, act: one.act === 'crash' ? 'read' : one.act, ways: one.ways.map((each) => (each === 'late' ? 'lost' : each)) }));
const stories = (steps: fc.Arbitrary<TcpStep>): fc.Arbitrary<TcpStory> => fc.record({
  talks: fc.array(talkPlan, { minLength: 1, maxLength: 2 }), isLoose: fc.constantFrom(true, true, false), steps: fc.array(steps, { minLength: 5, maxLength: 40 }),
});
export const calmStories = stories(weighted([[10, calmAct], [2, handshake], [2, release]]));
export const wildStories = stories(weighted([[10, act], [3, handshake], [3, release], [8, forge], [1, wait], [1, policy]]));

const wrapped = (number: number): number => ((number % 2 ** 32) + 2 ** 32) % 2 ** 32;

/** What somebody forges who knows the numbers; where there is no connection yet they are nobody's. */
export function forged({ flags, sequence, offset: by, acknowledges, acknowledgeOffset, ...rest }: Forgery, end: End, connection: ModelTcp | undefined): Segment {
  const nobody = { end: 1000, edge: 9000, acked: 1000, window: 8192 };
  const [own, other] = [connection?.numbers(end) ?? nobody, connection?.numbers(end === 0 ? 1 : 0) ?? nobody];
  const number = { end: own.end, edge: other.edge, oldest: own.end - other.window, wanted: other.acked, zero: 0 }[sequence];
  const acknowledged = { end: other.end, acked: own.acked, oldest: other.end - own.window - 65_536, zero: 0 }[acknowledges];
  const isScaling = flags.includes('S');
  return {
    flags, sequence: wrapped(number + by), acknowledgment: flags.includes('A') ? wrapped(acknowledged + acknowledgeOffset) : 0, window: rest.window, length: rest.length,
    ...(isScaling && rest.scale !== undefined ? { scale: rest.scale } : {}), ...(isScaling && rest.hasTimestamps ? { hasTimestamps: true } : {}),
  };
}

/** What an end says when its program wants this. */
export function perform(who: TcpEnd, what: Act, size: number): Segment[] {
  switch (what) {
    case 'open': return who.open();
    case 'send': return who.send(size);
    case 'repeat': return who.repeat(size);
    case 'close': return who.close();
    case 'read': return who.read();
    case 'abort': return who.abort();
    case 'keepAlive': return who.keepAlive();
    case 'crash': {
      who.crash();
      return [];
    }
  }
}
