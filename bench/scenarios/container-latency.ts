/**
 * container-latency: the round trip of 64 bytes of UDP between two containers.
 *
 * Both ends are pinned, since free placement falls on one core or on two and so shows two distributions in one. The switch
 * stays where its scheduler puts it.
 */
import { availableParallelism } from 'node:os';
import { pieces } from '../peers.ts';
import { peer, peerEnvironment } from '../peers.ts';
import type { Lab } from '../lab.ts';
import { measure, type Measure } from '../result.ts';
import { trafficProgram } from '../traffic/program.ts';
import { connectPair, ready, untilListening, type Pair } from './pair.ts';
import { needsContainers, wanted, type Scenario } from './scenario.ts';

interface Placement {
  readonly variant: string;
  readonly client: number;
  readonly server: number;
  readonly besideBulk?: boolean;
}

const placements: readonly Placement[] = [
  { variant: 'same core', client: 0, server: 0 },
  { variant: 'two cores', client: 0, server: 1 },
  { variant: 'two cores, beside bulk', client: 0, server: 1, besideBulk: true },
];

async function roundTrips(lab: Lab, pair: Pair, seconds: number, { client, server, besideBulk = false }: Placement): Promise<{ p50: number; p99: number }> {
  const program = await trafficProgram('round_trip');
  const answering = lab.start(pair.other.inside([program, 'serve', '5501', String(server)]));
  await ready(answering);
  const bulk = besideBulk ? await startBulk(lab, pair, seconds + 2) : undefined;
  const asked = await lab.start(pair.one.inside([program, 'ask', pair.otherAddress, '5501', String(seconds), String(client)]), { timeoutMs: (seconds + 30) * 1000 }).finished;
  answering.end();
  await answering.finished;
  await bulk?.();
  if (asked.code !== 0) throw new Error(`no round trip: ${asked.output}`);
  return JSON.parse(asked.answer) as { p50: number; p99: number };
}

/** One TCP stream the same way; the answer ends it. */
async function startBulk(lab: Lab, pair: Pair, seconds: number): Promise<() => Promise<void>> {
  const options = { env: peerEnvironment(), timeoutMs: (seconds + 30) * 1000 };
  const server = lab.start(pair.other.inside([peer('iperf3'), '-s', '-1', '-p', '5302']), options);
  await untilListening(pair.other, 5302);
  const client = lab.start(pair.one.inside([peer('iperf3'), '-c', pair.otherAddress, '-p', '5302', '-t', String(seconds), '-C', 'cubic']), options);
  await new Promise((resolve) => {
    setTimeout(resolve, 700);
  });
  if (!client.isRunning) throw new Error(`the bulk ended: ${client.output}`);
  return async () => {
    client.end();
    server.end();
    await Promise.all([client.finished, server.finished]);
  };
}

export const containerLatency: Scenario = {
  name: 'container-latency',
  about: 'round trip of 64 bytes: both ends on one core, on two, and beside a bulk TCP stream',
  pieces: [pieces.iperf3],
  without: needsContainers,
  async run(lab, driver, settings) {
    const pair = await connectPair(lab, driver);
    const measures: Measure[] = [];
    for (const placement of placements) {
      if (!wanted(placement.variant, settings) || Math.max(placement.client, placement.server) >= availableParallelism()) continue;
      const { p50, p99 } = await roundTrips(lab, pair, settings.seconds, placement);
      measures.push(measure(placement.variant, 'rtt_p50', p50), measure(placement.variant, 'rtt_p99', p99));
    }
    return measures;
  },
};
