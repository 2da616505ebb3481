/**
 * What rules cost a stream: it runs all the time, and the rules come and go in turns, so that each pair of neighbouring turns
 * saw the same machine and the same connection.
 */
import type { Running } from '../../src/demo/command.ts';
import { pause, type Lab } from '../lab.ts';
import { keptOf, ratiosOfPairs } from '../pairs.ts';
import { peer, peerEnvironment } from '../peers.ts';
import type { Measure } from '../result.ts';
import { trafficProgram } from '../traffic/program.ts';
import { ready, receivedBytes, receivedDatagrams, untilListening, type Pair } from './pair.ts';

/** Many, since two per cent are asked about: neighbouring turns of one stream differ by ten on two busy cores. */
const pairs = 64;
const turnMs = 400;
/** From a change of the rules to the reading: until each side is back at its pace. */
const restMs = 200;
const streamSeconds = Math.ceil((pairs * 2 * (turnMs + restMs)) / 1000) + 15;
const timeoutMs = (streamSeconds + 30) * 1000;

interface Flowing {
  readonly sender: Running;
  readonly receiver: Running;
  received(): number;
}

/** Nothing where the switch cannot change its rules under traffic. */
export async function keptWithRules(lab: Lab, pair: Pair, kind: 'tcp' | 'udp', variant: string): Promise<Measure[]> {
  const { filter } = pair.switch;
  if (filter === undefined) return [];
  const { sender, receiver, received } = kind === 'tcp' ? await startTcp(lab, pair) : await startUdp(lab, pair);
  await pause(1500);
  let isOn = false;
  const ratios = await ratiosOfPairs(pairs, async (isWith) => {
    if (isWith !== isOn) await filter(isWith);
    isOn = isWith;
    await pause(restMs);
    const [start, before] = [performance.now(), received()];
    await pause(turnMs);
    return (received() - before) / (performance.now() - start);
  });
  if (!sender.isRunning) throw new Error(`the stream ended early: ${sender.output}`);
  if (isOn) await filter(false);
  for (const running of [sender, receiver]) running.end();
  await Promise.all([sender.finished, receiver.finished]);
  return keptOf(variant, ratios);
}

async function startTcp(lab: Lab, { one, other, otherAddress }: Pair): Promise<Flowing> {
  const options = { env: peerEnvironment(), timeoutMs };
  const receiver = lab.start(other.inside([peer('iperf3'), '-s', '-1', '-p', '5304']), options);
  await untilListening(other, 5304);
  const sender = lab.start(one.inside([peer('iperf3'), '-c', otherAddress, '-p', '5304', '-t', String(streamSeconds), '-C', 'cubic']), options);
  return { sender, receiver, received: () => receivedBytes(receiver.pid ?? 0) };
}

async function startUdp(lab: Lab, { one, other, otherAddress }: Pair): Promise<Flowing> {
  const receiver = lab.start(other.inside([await trafficProgram('udp_receiver'), '5404', String(streamSeconds), '0']), { timeoutMs });
  await ready(receiver);
  const sender = lab.start(one.inside([await trafficProgram('udp_sender'), otherAddress, '5404', String(streamSeconds), '64', '1', '0']), { timeoutMs });
  return { sender, receiver, received: () => receivedDatagrams(receiver.pid ?? 0) };
}
