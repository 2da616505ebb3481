/**
 * testpmd: DPDK's own program, from a capture that its driver copies in over and over to a port that drops. It only rewrites
 * MACs: no lookup at all, the bare limit.
 */
import { until, type Lab } from '../lab.ts';
import { peer, peerEnvironment, pieces } from '../peers.ts';
import { threadNs } from '../usage.ts';
import { filePrefix, hugePages, plugins } from './dpdk.ts';
import type { Driver, MemoryWish } from './driver.ts';

async function forward(lab: Lab, { capture, seconds }: MemoryWish): Promise<number[]> {
  const folder = await hugePages(lab, 512);
  const words = [
    peer('dpdk-testpmd'), '-l', '0,1', '--no-pci', `--huge-dir=${folder}`, `--file-prefix=${filePrefix}`, ...plugins().flatMap((path) => ['-d', path]),
    `--vdev=net_pcap0,rx_pcap=${capture},infinite_rx=1`, '--vdev=net_null1,no-rx=1', '--',
    '--forward-mode=mac', '--nb-cores=1', '--stats-period=1', '--auto-start', '--total-num-mbufs=180000',
  ];
  const running = lab.start(words, { env: peerEnvironment(), timeoutMs: (seconds + 30) * 1000 });
  const sent = (): number[] => [...running.output.matchAll(/TX-packets: (\d+)/g)].map((match) => Number(match[1]));
  await until('testpmd forwards', () => {
    if (!running.isRunning) throw new Error(`testpmd ended:\n${running.output.slice(-1500)}`);
    return sent().some((packets) => packets > 0);
  }, 30_000);
  const pid = running.pid ?? 0;
  const rates: number[] = [];
  // It prints its counters once a second; each print is one reading.
  const reading = async (): Promise<{ packets: number; ns: number }> => {
    const known = sent().length;
    await until('testpmd prints its counters', () => sent().length >= known + 2, 10_000);
    return { packets: Math.max(...sent()), ns: threadNs(pid, /worker/) };
  };
  let before = await reading();
  for (let round = 0; round < Math.max(2, Math.round(seconds)); round += 1) {
    const after = await reading();
    rates.push(((after.packets - before.packets) * 1e3) / (after.ns - before.ns));
    before = after;
  }
  return rates;
}

export const testpmd: Driver = {
  name: 'testpmd',
  about: "DPDK's testpmd in mode mac: no lookup, the bare limit",
  pieces: [pieces.testpmd],
  flowsMax: 100_000,
  forward,
};
