/**
 * Golden cases: these bytes in, those bytes out, these deaths.
 *
 * Every case is played in four ways, with and without what the flow cache remembers, frame by frame and
 * in batches, and the slow twin plays it too. A case that tells the life of connections is played in three: frame by
 * frame, in batches, and with a new generation before every frame, which must change nothing. VSW_UPDATE=1 writes deaths.json anew (captures come from
 * scapy alone); VSW_CASE=NAME plays the cases whose name contains it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { checkLaw, compareFrames, findImbalances } from '../harness/checkers.ts';
import { StoryClock } from '../harness/clock.ts';
import type { Delivered } from '../model/slow-switch.ts';
import { type DeathRow, type Player, ProductPlayer, TwinPlayer } from './player.ts';
import type { Resource } from '../model/world.ts';
import { cutBatches, type Deaths, listStories, readStory, type Story } from './story.ts';

interface Way {
  name: string;
  batchSize: number;
  repeats: number; // each frame so many times: from the second on the flow cache knows it
  cold: boolean; // what the cache remembers is flushed before every batch
  stirred?: boolean; // before every batch something changes that is none of the story's business
}

const ways: readonly Way[] = [
  { name: 'frame by frame, cache off', batchSize: 1, repeats: 1, cold: true },
  { name: 'frame by frame, each twice', batchSize: 1, repeats: 2, cold: false },
  { name: 'in batches, cache off', batchSize: 64, repeats: 1, cold: true },
  { name: 'in batches, each thrice', batchSize: 20, repeats: 3, cold: false },
];

const waysOfOneLife: readonly Way[] = [
  { name: 'frame by frame', batchSize: 1, repeats: 1, cold: false },
  { name: 'in batches', batchSize: 64, repeats: 1, cold: false },
  { name: 'a generation for each frame', batchSize: 1, repeats: 1, cold: false, stirred: true },
];

function bystander(round: number): Resource[] {
  return [
    { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'elsewhere' }, spec: { subnets: ['10.99.0.0/24'] } },
    { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'bystander' }, spec: { network: 'elsewhere', type: 'memory', mac: '02:00:00:00:00:63', addresses: ['10.99.0.1/24'], mtu: 1400 + (round % 2) } },
  ];
}

interface Outcome {
  got: Map<string, Delivered[]>;
  deaths: DeathRow[];
}

async function play(player: Player, story: Story, way: Way): Promise<Outcome> {
  await player.apply(story.resources);
  const ports = story.resources.filter(({ kind }) => kind === 'Port').map(({ metadata }) => metadata.name);
  const clock = new StoryClock(player);
  const got = new Map<string, Delivered[]>();
  const due = [...story.changes];
  let round = 0;
  const settle = async (timeMs: number): Promise<void> => {
    for (let change = due[0]; change !== undefined && change.atMs <= timeMs; change = due[0]) {
      due.shift();
      clock.moveTo(change.atMs);
      if (change.resources.length > 0) await player.apply(change.resources);
      for (const { kind, name } of change.deleted) await player.remove(kind, name);
    }
    clock.moveTo(timeMs);
    if (way.stirred === true) await player.apply(bystander(round++));
  };
  for (const { timeMs, port, frames } of cutBatches(story.sent, way.batchSize)) {
    await settle(timeMs);
    if (way.cold) player.flushFlows();
    for (const { frame, offload } of frames) for (let count = 0; count < way.repeats; ++count) player.send(port, frame, offload);
    player.run();
    for (const name of ports) {
      const taken = player.take(name);
      if (taken.length > 0) got.set(name, [...(got.get(name) ?? []), ...taken]);
    }
  }
  return { got, deaths: player.deaths() };
}

/** What a port must get when every frame is sent `repeats` times: all that one frame caused, so many times. */
interface Expected {
  got: Map<string, Delivered[]>;
  deaths: Deaths;
}

function expand(story: Story, way: Way): Expected {
  if (way.repeats === 1) return { got: story.expected, deaths: story.deaths };
  const twin = new TwinPlayer();
  const once = new Map<string, Delivered[][]>();
  void twin.apply(story.resources);
  const clock = new StoryClock(twin);
  for (const { timeMs, port, frame, offload } of story.sent) {
    clock.moveTo(timeMs);
    for (let count = 0; count < way.repeats; ++count) twin.send(port, frame, offload);
    for (const name of story.expected.keys()) once.set(name, [...(once.get(name) ?? []), twin.take(name)]);
  }
  // A fault asks how many frames came before, so what becomes of two is not twice what becomes of one.
  const hasFaults = story.resources.some(({ spec }) => spec['fault'] !== undefined);
  const times = Object.fromEntries(Object.entries(story.deaths).map(([reason, death]) => [reason, { ...death, count: death.count * way.repeats }]));
  return { got: new Map([...once].map(([name, groups]) => [name, groups.flat()])), deaths: hasFaults ? summarise(twin.deaths()) : times };
}

function summarise(deaths: readonly DeathRow[], isOneLife = false): Deaths {
  const summary: Deaths = {};
  for (const { direction, reason, packets } of [...deaths].sort((a, b) => (a.reason < b.reason ? -1 : 1))) {
    summary[reason] ??= { direction, count: 0 };
    summary[reason].count += packets;
    if (!isOneLife && /^(egress|ingress)_denied$/.test(reason)) summary[reason].rule = 'default';
  }
  return summary;
}

function compare(t: Test, { got, deaths }: Outcome, { got: expected, deaths: wantedDeaths }: Expected): void {
  for (const name of new Set([...got.keys(), ...expected.keys()])) {
    const received = got.get(name) ?? [];
    const wanted = expected.get(name) ?? [];
    const difference = compareFrames(received.map(({ frame }) => frame), wanted.map(({ frame }) => frame));
    for (const line of difference) t.comment(line);
    t.same(difference[0], undefined, `${name} gets ${wanted.length} frames, byte for byte`);
    if (difference.length > 0) continue;
    t.same(received.map(({ offload }) => offload), wanted.map(({ offload }) => offload), `${name} gets the offloads beside them`);
  }
  const counts = Object.fromEntries(Object.entries(summarise(deaths)).map(([reason, { direction, count }]) => [reason, `${direction} ${count}`]));
  const wantedCounts = Object.fromEntries(Object.entries(wantedDeaths).map(([reason, { direction, count }]) => [reason, `${direction} ${count}`]));
  t.same(counts, wantedCounts, 'these deaths');
}

const wantedCase = process.env['VSW_CASE'] ?? '';
const isUpdate = process.env['VSW_UPDATE'] === '1';

for (const name of listStories().filter((name) => name.includes(wantedCase))) {
  t.test(name, async (t) => {
    let story = await readStory(name);
    if (isUpdate) {
      await using product = await ProductPlayer.open();
      const { deaths } = await play(product, story, (story.isOneLife ? waysOfOneLife : ways)[0] as Way);
      writeFileSync(join(story.folder, 'deaths.json'), `${JSON.stringify(summarise(deaths, story.isOneLife), null, 2)}\n`);
      story = await readStory(name);
    }
    if (!story.isOneLife) await t.test('the slow twin', async (t) => {
      const twin = new TwinPlayer();
      compare(t, await play(twin, story, ways[0] as Way), { got: story.expected, deaths: story.deaths });
      t.same(findImbalances(twin.ledger()), [], 'the law holds in the twin');
    });
    for (const way of story.isOneLife ? waysOfOneLife : ways) {
      await t.test(way.name, async (t) => {
        await using product = await ProductPlayer.open();
        compare(t, await play(product, story, way), expand(story, way));
        checkLaw(t, product.ledger(), product.deaths());
      });
    }
    const denied = Object.entries(story.deaths).find(([, { rule }]) => rule !== undefined);
    if (denied === undefined) return;
    await t.test('the rule that denied is named', async (t) => {
      const [reason, { rule }] = denied;
      await using product = await ProductPlayer.open();
      await product.apply(story.resources);
      const explained = story.sent.map(({ port, frame }) => product.product.explain({ port, frame })).filter((answer) => answer.reason === reason);
      t.ok(explained.length > 0, `explain says ${reason}`);
      for (const answer of explained) {
        t.equal(answer.rule, rule, 'by this rule');
        t.equal(answer.verdict, 'drop');
      }
    });
  });
}
