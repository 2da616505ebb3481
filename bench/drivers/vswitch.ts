/** vswitch: our own daemon as it comes, anti-spoof on; in memory the library with one worker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { addressOf, labPrefix, macOf, type Lab } from '../lab.ts';
import type { Driver, MemoryWish, RunningSwitch } from './driver.ts';

const network = { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'bench' }, spec: {} };

function portOf(number: number, netns: string, spec: object = {}): object {
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `c${number}` },
    spec: { network: 'bench', netns, device: 'eth0', mac: macOf(number), addresses: [`${addressOf(number)}/16`], persist: false, ...spec },
  };
}

const memoryProgram = fileURLToPath(new URL('../memory/forward.js', import.meta.url));

async function forward(lab: Lab, { capture, frames, antiSpoof, seconds }: MemoryWish): Promise<readonly number[]> {
  const running = lab.start([process.execPath, memoryProgram, capture, join(lab.folder, 'empty.pcap'), String(frames), antiSpoof ? 'anti-spoof' : 'l2', String(seconds)], {
    timeoutMs: (seconds + 60) * 1000,
  });
  const { code, answer, output } = await running.finished;
  if (code !== 0) throw new Error(`the forwarding program ended with ${code}:\n${output}`);
  return JSON.parse(answer) as number[];
}

/** `more` is applied with the network, before anything is attached. */
export async function openVswitchd(lab: Lab, more: readonly object[] = []): Promise<RunningSwitch> {
  const daemon = await DaemonProcess.make(labPrefix);
  lab.defer(async () => await daemon.remove());
  await daemon.start();
  await daemon.client.apply([network, ...more]);
  let changes = 0;
  const attached: { number: number; netns: string }[] = [];
  return {
    pids: [daemon.pid ?? 0],
    async attach(numbers) {
      const containers = await Promise.all(numbers.map(async (number) => ({ number, netns: (await lab.numbered(number)).namespace })));
      attached.push(...containers);
      await daemon.client.apply(containers.map(({ number, netns }) => portOf(number, netns)));
    },
    async change() {
      changes += 1;
      const last = attached.at(-1);
      if (last === undefined) throw new Error('nothing is attached that could be changed');
      await daemon.client.apply([portOf(last.number, last.netns, { limits: { macs: 16 + (changes % 2) } })]);
    },
  };
}

export async function versionOfVswitch(): Promise<string> {
  const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../../../package.json', import.meta.url)), 'utf8')) as { version: string };
  return version;
}

export const vswitch: Driver = {
  name: 'vswitch',
  about: 'vswitchd with TAP ports and anti-spoofing, as it comes',
  pieces: [],
  version: versionOfVswitch,
  open: async (lab) => await openVswitchd(lab),
  flowsMax: 1_000_000,
  isGuarded: true,
  forward,
};
