/**
 * ovs-dpdk: Open vSwitch with DPDK in memory, from a capture that its driver copies in to a port that drops.
 *
 * Frames of flows meet the action NORMAL: learning, L2. Connections meet connection tracking and the rules, and go on to the
 * other port whichever direction they are of: there is one input for both, so the rates are of one thread that gets frames of both.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFlowOf } from '../filter/open-flow.ts';
import { filterRules } from '../filter/rules.ts';
import { pause, until, type Lab } from '../lab.ts';
import { joined } from '../memory/capture.ts';
import { conversationPrefix, turnOf, type Conversation, type Turn } from '../memory/conversation.ts';
import { pieces } from '../peers.ts';
import { threadNs } from '../usage.ts';
import { filePrefix, hugePages, plugins, sample } from './dpdk.ts';
import type { ConversationWish, Driver, MemoryWish, OpeningRates } from './driver.ts';
import { OpenVswitch, openVswitchVersion } from './open-vswitch.ts';

const outPort = 2;
const receiverMac = '02:00:00:00:00:02';
const rounds = 3;

interface Counted {
  readonly received: number;
  readonly missed: number;
}

/** Open vSwitch with one forwarding thread and a port that drops. */
class InMemory {
  readonly #ovs: OpenVswitch;
  #inputs = 0;

  private constructor(ovs: OpenVswitch) {
    this.#ovs = ovs;
  }

  static async start(lab: Lab): Promise<InMemory> {
    const folder = await hugePages(lab, 1100);
    const extra = [`--huge-dir=${folder}`, '--no-pci', `--file-prefix=${filePrefix}`, ...plugins().map((path) => `-d ${path}`)].join(' ');
    const ovs = await OpenVswitch.start(lab, {
      dpdk: true, settings: ['dpdk-init=true', 'dpdk-lcore-mask=0x1', 'pmd-cpu-mask=0x2', 'dpdk-socket-mem=2000', `dpdk-extra="${extra}"`],
    });
    const made = new InMemory(ovs);
    // Nothing passes until the receiver is known: a source at full speed would flood.
    await ovs.replaceFlows('priority=100,actions=drop\n');
    await made.#add('out', 'net_null0,no-rx=1', outPort);
    await ovs.ask('fdb/add', 'br0', 'out', '0', receiverMac);
    return made;
  }

  /** No rules: the bridge learns and switches. */
  async judge(rules: number): Promise<void> {
    await this.#ovs.replaceFlows(rules === 0 ? 'priority=0,actions=NORMAL\n' : openFlowOf(filterRules(rules, conversationPrefix), `output:${outPort}`));
  }

  /** One input more, which plays a capture once or over and over. */
  async input(capture: string, { isRepeated }: { isRepeated: boolean }): Promise<void> {
    this.#inputs += 1;
    // Frames are lost that come before the bridge knows their port, so it is first given to a thread that is not there.
    const device = [`net_pcap${this.#inputs}`, `rx_pcap=${capture}`, ...(isRepeated ? ['infinite_rx=1'] : [])].join(',');
    await this.#add(this.#input, device, outPort + this.#inputs, 'other_config:pmd-rxq-affinity=0:1023');
    await this.#ovs.set('set', 'interface', this.#input, 'other_config:pmd-rxq-affinity=0:1');
  }

  async removeInput(): Promise<void> {
    await this.#ovs.set('del-port', 'br0', this.#input);
  }

  get #input(): string {
    return `in${this.#inputs}`;
  }

  async counted(): Promise<Counted> {
    const text = await this.#ovs.ask('dpif-netdev/pmd-stats-show');
    const pmd = text.slice(text.indexOf('core_id 1'));
    const number = (name: string): number => Number(new RegExp(`${name}[^:]*: ?(\\d+)`).exec(pmd)?.[1] ?? 0);
    return { received: number('packets received'), missed: number('miss with success upcall') };
  }

  /** How many connections it holds. */
  async connections(): Promise<number> {
    return Number((await this.#ovs.ask('dpctl/ct-get-nconns')).trim());
  }

  async forget(): Promise<void> {
    await this.#ovs.ask('dpctl/flush-conntrack');
  }

  threadNs(): number {
    return threadNs(this.#ovs.pid, /^pmd-/);
  }

  /** Until it needs nobody's advice for the frames that are played. */
  async untilSteady(frames: number): Promise<void> {
    let before = await this.counted();
    await until('the first packets of all flows passed', async () => {
      await pause(500);
      const now = await this.counted();
      const isSteady = now.received - before.received > 2 * frames && (now.missed - before.missed) / (now.received - before.received) < 2e-5;
      before = now;
      return isSteady;
    }, 30_000);
  }

  async rates(seconds: number): Promise<number[]> {
    return await sample(seconds, async () => (await this.counted()).received, () => this.threadNs());
  }

  async #add(name: string, device: string, number: number, ...more: readonly string[]): Promise<void> {
    await this.#ovs.set('add-port', 'br0', name, '--', 'set', 'interface', name, 'type=dpdk', `options:dpdk-devargs=${device}`, `ofport_request=${number}`, ...more);
    const failed = (await this.#ovs.set('get', 'interface', name, 'error')).trim();
    if (failed !== '[]') throw new Error(`ovs-dpdk: ${failed}`);
  }
}

async function forward(lab: Lab, { capture, frames, seconds }: MemoryWish): Promise<number[]> {
  const ovs = await InMemory.start(lab);
  await ovs.input(capture, { isRepeated: true });
  await ovs.judge(0);
  await ovs.untilSteady(frames);
  return await ovs.rates(seconds);
}

function write(lab: Lab, conversation: Conversation, turns: readonly Turn[]): string {
  const file = join(lab.folder, `${turns.join('-')}.pcap`);
  writeFileSync(file, joined(turns.map((turn) => turnOf(conversation, turn, { oneWire: true }))));
  return file;
}

/** Over and over, since what comes at the very start may be lost, until every connection is held and was answered. */
async function establish(lab: Lab, ovs: InMemory, connections: number): Promise<void> {
  await ovs.input(write(lab, { connections }, ['open', 'answer']), { isRepeated: true });
  await until(`${connections} connections are held`, async () => (await ovs.connections()) >= connections, 30_000);
  const before = (await ovs.counted()).received;
  await until('all were answered', async () => (await ovs.counted()).received - before > 2 * 2 * connections, 30_000);
  await ovs.removeInput();
}

async function converse(lab: Lab, { connections, rules, seconds }: ConversationWish): Promise<number[]> {
  const ovs = await InMemory.start(lab);
  await ovs.judge(rules);
  if (rules > 0) await establish(lab, ovs, connections);
  await ovs.input(write(lab, { connections }, ['forth', 'back']), { isRepeated: true });
  await ovs.untilSteady(2 * connections);
  const rates = await ovs.rates(seconds);
  const held = rules > 0 ? await ovs.connections() : connections;
  if (held < connections) throw new Error(`ovs-dpdk holds ${held} of ${connections} connections`);
  return rates;
}

/**
 * Plays a capture once; answers the thread's time for each of its frames, by their progress between the first reading that saw some
 * and the last one that did not see all: before and after that it spins.
 */
async function play(ovs: InMemory, capture: string, frames: number, progress: () => Promise<number>): Promise<number> {
  const received = async (): Promise<number> => (await ovs.counted()).received;
  const [before, beforeReceived] = [await progress(), await received()];
  await ovs.input(capture, { isRepeated: false });
  const readings: { readonly ns: number; readonly done: number }[] = [];
  await until(`${frames} frames are judged`, async () => {
    const reading = { ns: ovs.threadNs(), done: (await progress()) - before };
    const isAll = (await received()) - beforeReceived >= frames;
    if (reading.done > 0 && !isAll) readings.push(reading);
    return isAll;
  }, 120_000);
  await ovs.removeInput();
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || last.done === first.done) throw new Error('it was over before it could be read');
  return (last.ns - first.ns) / (last.done - first.done);
}

async function begin(lab: Lab, { connections, rules }: Omit<ConversationWish, 'seconds'>): Promise<OpeningRates> {
  const captures = (['open', 'answer'] as const).map((turn) => write(lab, { connections, only: 'tcp' }, [turn]));
  const ovs = await InMemory.start(lab);
  await ovs.judge(rules);
  const [opened, answered]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    await ovs.forget();
    const first = await play(ovs, captures[0]!, connections, async () => await ovs.connections());
    const second = await play(ovs, captures[1]!, connections, async () => (await ovs.counted()).received);
    opened.push(1e6 / first);
    answered.push(1e6 / (first + second));
  }
  return { opened, answered };
}

export const ovsDpdk: Driver = {
  name: 'ovs-dpdk',
  about: 'Open vSwitch with DPDK, action NORMAL, from a capture to a port that drops',
  pieces: [pieces.ovs, pieces.ovsDpdk],
  flowsMax: 100_000,
  connectionsMax: 100_000,
  version: async () => await openVswitchVersion(pieces.ovsDpdk),
  forward,
  converse,
  begin,
};
