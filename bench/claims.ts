/**
 * Claims: every figure that README states, with the result that shows it.
 *
 * `stated` is the figure as it stands in README; the result is a file under `bench/results/`, written by the command that
 * README names. test/tidy/documents.test.ts holds the two together: no figure without a claim, no claim that its result
 * does not show.
 */
import type { Metric } from './result.ts';

export interface Claim {
  readonly stated: string;
  readonly result: string;
  readonly scenario: string;
  readonly variant: string;
  readonly driver: string;
  readonly metric: Metric;
}

export const claims: readonly Claim[] = [
  { stated: '58.7 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '1k flows', driver: 'vswitch', metric: 'rate' },
  { stated: '25.7 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '1k flows', driver: 'ovs-dpdk', metric: 'rate' },
  { stated: '35.3 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '100k flows', driver: 'vswitch', metric: 'rate' },
  { stated: '12.7 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '100k flows', driver: 'ovs-dpdk', metric: 'rate' },
  { stated: '29.0 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '1M flows', driver: 'vswitch', metric: 'rate' },
  { stated: '47.0 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '1k connections, 1000 rules', driver: 'vswitch', metric: 'rate' },
  { stated: '5.66 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '1k connections, 1000 rules', driver: 'ovs-dpdk', metric: 'rate' },
  { stated: '29.1 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '100k connections, 1000 rules', driver: 'vswitch', metric: 'rate' },
  { stated: '2.86 Mpps', result: 'bench/results/memory-forward.json', scenario: 'memory-forward', variant: '100k connections, 1000 rules', driver: 'ovs-dpdk', metric: 'rate' },
  { stated: '36.3 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '1 stream', driver: 'vswitch', metric: 'throughput' },
  { stated: '31.1 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '1 stream', driver: 'ovs-tso', metric: 'throughput' },
  { stated: '2.17 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '1 stream', driver: 'ovs', metric: 'throughput' },
  { stated: '51.9 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '1 stream', driver: 'linux-bridge', metric: 'throughput' },
  { stated: '37.2 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '1 stream', driver: 'vswitch-acl', metric: 'throughput' },
  { stated: '32.2 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '1 stream', driver: 'ovs-tso-acl', metric: 'throughput' },
  { stated: '47.5 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '1 stream', driver: 'bridge-nft', metric: 'throughput' },
  { stated: '31.4 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '4 streams', driver: 'vswitch', metric: 'throughput' },
  { stated: '23.5 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '4 streams', driver: 'ovs-tso', metric: 'throughput' },
  { stated: '30.7 Gbit/s', result: 'bench/results/container-tcp.json', scenario: 'container-tcp', variant: '4 streams', driver: 'linux-bridge', metric: 'throughput' },
  { stated: '570 kpps', result: 'bench/results/container-udp.json', scenario: 'container-udp', variant: '64 B', driver: 'vswitch', metric: 'delivered' },
  { stated: '210 kpps', result: 'bench/results/container-udp.json', scenario: 'container-udp', variant: '64 B', driver: 'linux-bridge', metric: 'delivered' },
  { stated: '217 kpps', result: 'bench/results/container-udp.json', scenario: 'container-udp', variant: '64 B', driver: 'ovs-tso', metric: 'delivered' },
  { stated: '568 kpps', result: 'bench/results/container-udp.json', scenario: 'container-udp', variant: '64 B', driver: 'vswitch-acl', metric: 'delivered' },
  { stated: '185 kpps', result: 'bench/results/container-udp.json', scenario: 'container-udp', variant: '64 B', driver: 'bridge-nft', metric: 'delivered' },
  { stated: '206 kpps', result: 'bench/results/container-udp.json', scenario: 'container-udp', variant: '64 B', driver: 'ovs-tso-acl', metric: 'delivered' },
  { stated: '37.4 µs', result: 'bench/results/container-latency.json', scenario: 'container-latency', variant: 'two cores', driver: 'vswitch', metric: 'rtt_p50' },
  { stated: '55.0 µs', result: 'bench/results/container-latency.json', scenario: 'container-latency', variant: 'two cores', driver: 'linux-bridge', metric: 'rtt_p50' },
  { stated: '58.1 µs', result: 'bench/results/container-latency.json', scenario: 'container-latency', variant: 'two cores', driver: 'ovs-tso', metric: 'rtt_p50' },
  { stated: '36.5 µs', result: 'bench/results/container-latency.json', scenario: 'container-latency', variant: 'same core', driver: 'vswitch', metric: 'rtt_p50' },
  { stated: '13.3 µs', result: 'bench/results/container-latency.json', scenario: 'container-latency', variant: 'same core', driver: 'linux-bridge', metric: 'rtt_p50' },
  { stated: '1496 ports/s', result: 'bench/results/attach.json', scenario: 'attach', variant: '64 at once', driver: 'vswitch', metric: 'rate' },
  { stated: '101 ports/s', result: 'bench/results/attach.json', scenario: 'attach', variant: '64 at once', driver: 'linux-bridge', metric: 'rate' },
];

/** Figures of speed in a text: a number with a unit that only measuring gives. */
export function figuresIn(text: string): string[] {
  return [...text.matchAll(/\d[\d.,]*(?:\s|\u00a0)?(?:Mpps|kpps|Gbit\/s|µs|s\/GB|ports\/s)(?![\w/])/g)].map((match) => match[0]);
}
