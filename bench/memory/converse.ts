/**
 * Connections in memory through our own switch: `converse.js FOLDER SETTINGS`, SETTINGS as JSON.
 *
 * A port plays what goes forth, another what comes back, each frame copied in as a NIC would; what arrives is dropped there.
 * One worker. First the frames that open all connections, then those that answer; so all are established.
 * `established` then plays frames of both directions over and over, and prints millions of packets per second of the
 * worker's own CPU time, reading by reading. `new` prints thousands of connections that were opened in such a second, and of
 * those with their answer, each with a switch of its own, several times.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../src/demo/command.ts';
import { VirtualSwitch } from '../../src/index.ts';
import type { OpeningRates } from '../drivers/driver.ts';
import { policyOf } from '../filter/policy.ts';
import { filterRules } from '../filter/rules.ts';
import { threadNs } from '../usage.ts';
import { emptyCapture } from './capture.ts';
import { conversationPrefix, turnOf, type Turn } from './conversation.ts';

export interface ConverseSettings {
  readonly what: 'established' | 'new';
  readonly connections: number;
  /** 0: no policy and no anti-spoof. */
  readonly rules: number;
  readonly seconds: number;
}

const readings = 9;
const workerThread = /^vsw-worker-0$/m;
const switches = 3;
const flowsLeast = 2 ** 18;
const patienceMs = 60_000;

const [, , folder = '', settingsText = '{}'] = process.argv;
const { what, connections, rules, seconds } = JSON.parse(settingsText) as ConverseSettings;
/** Room for both directions of all, in a table that is half full. */
const flowsMax = Math.max(flowsLeast, 2 ** Math.ceil(Math.log2(4 * connections)));

const quiet = join(folder, 'quiet.pcap');
writeFileSync(quiet, emptyCapture());

/** The capture of a turn, written when it is asked for first. */
const written = new Map<Turn, string>();
function captureOfTurn(turn: Turn): string {
  const known = written.get(turn);
  if (known !== undefined) return known;
  const file = join(folder, `${turn}.pcap`);
  // Only TCP says by itself that a connection is new.
  writeFileSync(file, turnOf(what === 'new' ? { connections, only: 'tcp' } : { connections }, turn));
  written.set(turn, file);
  return file;
}

type Side = 'one' | 'other';

function portOf(side: Side, pcap: object): object {
  const number = side === 'one' ? 1 : 2;
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: side },
    spec: {
      network: 'bench', type: 'pcap', mac: `02:00:00:00:00:0${number}`, addresses: [`10.0.0.${number}/24`], antiSpoof: rules > 0, pcap,
      limits: { flows: flowsMax, ...(rules > 0 ? { connections: 2 * connections } : {}) },
    },
  };
}

async function open(): Promise<VirtualSwitch> {
  const made = await VirtualSwitch.open({ workers: 1, limits: { flows: flowsMax } });
  await made.apply([
    { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'bench' }, spec: {} },
    ...(rules > 0 ? [policyOf(filterRules(rules, conversationPrefix))] : []),
    portOf('one', { read: quiet }), portOf('other', { read: quiet }),
  ]);
  return made;
}

function forwarded(by: VirtualSwitch, side: Side): number {
  return by.stats().items.find(({ port }) => port === side)!.forwardedPackets;
}

function expectNoDrops(by: VirtualSwitch): void {
  if (by.stats().items.every(({ droppedPackets }) => droppedPackets === 0)) return;
  throw new Error(`frames were dropped: ${JSON.stringify(by.drops())}`);
}

/** Connections that found no room would be judged anew with every frame. */
function expectConnections(by: VirtualSwitch): void {
  const held = by.usage().find(({ table, port }) => table === 'flows' && port === 'one')?.used ?? 0;
  if (rules > 0 && held < connections) throw new Error(`${held} of ${connections} connections are held`);
}

/** Plays a turn once; answers the worker's CPU time for it in nanoseconds. */
async function play(by: VirtualSwitch, side: Side, turn: Turn): Promise<number> {
  const read = captureOfTurn(turn);
  const [ns, before] = [threadNs('self', workerThread), forwarded(by, side)];
  await by.apply([portOf(side, { read })]);
  const end = Date.now() + patienceMs;
  while (forwarded(by, side) - before < connections) {
    expectNoDrops(by);
    if (Date.now() > end) throw new Error(`of ${connections} frames of the turn "${turn}" ${forwarded(by, side) - before} passed`);
    await pause(10);
  }
  return threadNs('self', workerThread) - ns;
}

async function ratesOfEstablished(): Promise<number[]> {
  await using virtualSwitch = await open();
  await play(virtualSwitch, 'one', 'open');
  await play(virtualSwitch, 'other', 'answer');
  expectConnections(virtualSwitch);
  const steady = { forth: captureOfTurn('forth'), back: captureOfTurn('back') };
  await virtualSwitch.apply([portOf('one', { read: steady.forth, repeat: true }), portOf('other', { read: steady.back, repeat: true })]);
  const both = (): number => forwarded(virtualSwitch, 'one') + forwarded(virtualSwitch, 'other');
  const [begun, end] = [both(), Date.now() + patienceMs];
  while (both() - begun < 4 * connections && Date.now() < end) await pause(50);
  const rates: number[] = [];
  for (let reading = 0; reading < readings; reading += 1) {
    const [ns, packets] = [threadNs('self', workerThread), both()];
    await pause((seconds * 1000) / readings);
    const [laterNs, laterPackets] = [threadNs('self', workerThread), both()];
    rates.push(((laterPackets - packets) * 1e3) / (laterNs - ns));
  }
  expectNoDrops(virtualSwitch);
  return rates;
}

async function ratesOfNew(): Promise<OpeningRates> {
  const [opened, answered]: [number[], number[]] = [[], []];
  for (let round = 0; round < switches; round += 1) {
    await using virtualSwitch = await open();
    const first = await play(virtualSwitch, 'one', 'open');
    const second = await play(virtualSwitch, 'other', 'answer');
    expectNoDrops(virtualSwitch);
    expectConnections(virtualSwitch);
    opened.push((connections * 1e6) / first);
    answered.push((connections * 1e6) / (first + second));
  }
  return { opened, answered };
}

process.stdout.write(`${JSON.stringify(what === 'new' ? await ratesOfNew() : await ratesOfEstablished())}\n`);
