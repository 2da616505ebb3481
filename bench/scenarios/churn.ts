/**
 * churn: what packets feel of changes: TCP beside 100 changes a second, against the same stream without.
 *
 * One stream runs all the time, and changes come and go in turns, so that each pair of neighbouring turns saw the same
 * machine. What counts is the median over the pairs with its interval. A change is one that the driver's users make: for
 * vswitch a commit of a new generation that touches a port of the same network.
 *
 * Who asks for changes, and the switch that makes them, need processors that the stream would have used. So the same is
 * measured once more with as much CPU time burnt beside it at the same pace and nothing changed: what changes cost
 * beyond that, packets feel.
 */
import { keptOf, ratiosOfPairs } from '../pairs.ts';
import { measure, type Measure } from '../result.ts';
import { peer, peerEnvironment, pieces } from '../peers.ts';
import { pause } from '../lab.ts';
import { connectPair, receivedBytes, untilListening } from './pair.ts';
import { secondsOf } from '../usage.ts';
import { needsContainers, type Scenario } from './scenario.ts';

/** Enough for an interval that one outlier does not widen. */
const pairs = 16;
const actsPerSecond = 100;
const turnMs = 700;
const restMs = 100;

export const churn: Scenario = {
  name: 'churn',
  about: `TCP throughput kept under ${actsPerSecond} changes a second, over ${pairs} pairs of turns`,
  pieces: [pieces.iperf3],
  without: (driver) => needsContainers(driver) ?? (driver.isPair === true ? 'there is nothing to change' : undefined),
  async run(lab, driver) {
    const pair = await connectPair(lab, driver, 3);
    const { change } = pair.switch;
    if (change === undefined) throw new Error(`${driver.name} has no change at such a pace`);
    const cost = await costOf(change, pair.switch.pids);
    const seconds = Math.ceil((2 * pairs * 2 * (turnMs + restMs)) / 1000) + 5;
    const options = { env: peerEnvironment(), timeoutMs: (seconds + 30) * 1000 };
    const server = lab.start(pair.other.inside([peer('iperf3'), '-s', '-1', '-p', '5303']), options);
    await untilListening(pair.other, 5303);
    const client = lab.start(pair.one.inside([peer('iperf3'), '-c', pair.otherAddress, '-p', '5303', '-t', String(seconds), '-C', 'cubic']), options);
    await pause(1500);

    const turn = async (act: (() => Promise<void>) | undefined, count: () => void): Promise<number> => {
      const deadline = performance.now() + turnMs;
      const done = act === undefined ? pause(turnMs) : keepActing(act, deadline, count);
      const bytes = receivedBytes(server.pid ?? 0);
      const start = performance.now();
      await pause(turnMs - 50);
      const rate = (receivedBytes(server.pid ?? 0) - bytes) / (performance.now() - start);
      await done;
      await pause(restMs);
      return rate;
    };
    const keptUnder = async (variant: string, act: () => Promise<void>): Promise<Measure[]> => {
      let acts = 0;
      const ratios = await ratiosOfPairs(pairs, async (isActing) => await turn(isActing ? act : undefined, () => { acts += 1; }));
      if (!client.isRunning) throw new Error(`the stream ended early: ${client.output}`);
      return [...keptOf(variant, ratios), measure(variant, 'rate', acts / ((pairs * turnMs) / 1000), 'a second')];
    };
    const changed = await keptUnder(`${actsPerSecond} changes/s`, change);
    const burnt = await keptUnder('as much CPU time, no change', async () => await burn(cost));
    client.end();
    server.end();
    return [measure(`${actsPerSecond} changes/s`, 'cpu_per_change', cost), ...changed, ...burnt];
  },
};

/** CPU time of one change in milliseconds, ours and the switch's, while nothing else goes on. */
async function costOf(change: () => Promise<void>, pids: readonly number[]): Promise<number> {
  const count = 100;
  const spent = (): number => secondsOf([process.pid, ...pids]) * 1000;
  for (let index = 0; index < count; index += 1) await change();
  const before = spent();
  for (let index = 0; index < count; index += 1) await change();
  return (spent() - before) / count;
}

/** Needs a processor for so long, and lets others have their turn afterwards. */
async function burn(ms: number): Promise<void> {
  const end = process.cpuUsage().user + process.cpuUsage().system + ms * 1000;
  while (process.cpuUsage().user + process.cpuUsage().system < end);
  await pause(0);
}

/** At the pace, and never more than one at a time: a slow driver shows the pace that it reaches. */
async function keepActing(act: () => Promise<void>, deadline: number, count: () => void): Promise<void> {
  let due = performance.now();
  while (performance.now() < deadline) {
    await act();
    count();
    due += 1000 / actsPerSecond;
    await pause(Math.max(0, due - performance.now()));
  }
}
