/**
 * churn: what packets feel of changes: TCP beside 100 changes a second, against the same stream without.
 *
 * One stream runs all the time, and changes come and go in turns, so that each pair of neighbouring turns saw the same
 * machine. What counts is the median over the pairs with its interval. A change is one that the driver's users make: for
 * vswitch a commit of a new generation that touches a port of the same network.
 */
import { readFileSync } from 'node:fs';
import { measure } from '../result.ts';
import { medianInterval, summarise } from '../statistics.ts';
import { peer, peerEnvironment, pieces } from '../peers.ts';
import { pause } from '../lab.ts';
import { connectPair, untilListening } from './pair.ts';
import { needsContainers, type Scenario } from './scenario.ts';

const pairs = 16;
const changesPerSecond = 100;
const turnMs = 700;
const restMs = 100;

export const churn: Scenario = {
  name: 'churn',
  about: `TCP throughput kept under ${changesPerSecond} changes a second, over ${pairs} pairs of turns`,
  pieces: [pieces.iperf3],
  without: (driver) => needsContainers(driver) ?? (driver.isPair === true ? 'there is nothing to change' : undefined),
  async run(lab, driver) {
    const pair = await connectPair(lab, driver, 3);
    const { change } = pair.switch;
    if (change === undefined) throw new Error(`${driver.name} has no change at such a pace`);
    const seconds = Math.ceil((pairs * 2 * (turnMs + restMs)) / 1000) + 5;
    const options = { env: peerEnvironment(), timeoutMs: (seconds + 30) * 1000 };
    const server = lab.start(pair.other.inside([peer('iperf3'), '-s', '-1', '-p', '5303']), options);
    await untilListening(pair.other, 5303);
    const client = lab.start(pair.one.inside([peer('iperf3'), '-c', pair.otherAddress, '-p', '5303', '-t', String(seconds), '-C', 'cubic']), options);
    await pause(1500);

    let changes = 0;
    const turn = async (changing: boolean): Promise<number> => {
      const deadline = performance.now() + turnMs;
      const done = changing ? keepChanging(change, deadline, () => (changes += 1)) : pause(turnMs);
      const bytes = received(server.pid ?? 0);
      const start = performance.now();
      await pause(turnMs - 50);
      const rate = (received(server.pid ?? 0) - bytes) / (performance.now() - start);
      await done;
      await pause(restMs);
      return rate;
    };
    const ratios: number[] = [];
    for (let index = 0; index < pairs; index += 1) {
      // Which of the two comes first alternates, so that a drift favours neither.
      const first = await turn(index % 2 === 0);
      const second = await turn(index % 2 !== 0);
      const [changing, quiet] = index % 2 === 0 ? [first, second] : [second, first];
      ratios.push((100 * changing) / quiet);
    }
    if (!client.isRunning) throw new Error(`the stream ended early: ${client.output}`);
    client.end();
    server.end();
    const interval = medianInterval(ratios);
    const variant = `${changesPerSecond} changes/s`;
    const achieved = changes / ((pairs * turnMs) / 1000);
    return [
      measure(variant, 'kept', summarise(ratios).median),
      ...(interval === undefined ? [] : [measure(variant, 'kept_low', interval.low), measure(variant, 'kept_high', interval.high)]),
      measure(variant, 'rate', achieved, 'changes/s'),
    ];
  },
};

/** At the pace, and never more than one at a time: a slow driver shows the pace that it reaches. */
async function keepChanging(change: () => Promise<void>, deadline: number, count: () => void): Promise<void> {
  let due = performance.now();
  while (performance.now() < deadline) {
    await change();
    count();
    due += 1000 / changesPerSecond;
    await pause(Math.max(0, due - performance.now()));
  }
}

/** Bytes that the namespace of a process received by its first device. */
function received(pid: number): number {
  const line = readFileSync(`/proc/${pid}/net/dev`, 'utf8').split('\n').find((text) => text.trim().startsWith('eth0:') || /^\s*t\d+:/.test(text));
  return Number(line?.split(':')[1]?.trim().split(/\s+/)[0] ?? Number.NaN);
}
