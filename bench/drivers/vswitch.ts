/** vswitch: our own daemon as it comes, anti-spoof on; in memory the library with one worker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DaemonProcess } from '../../src/demo/daemon-process.ts';
import { policyName, policyOf } from '../filter/policy.ts';
import { filterRules, rulesMeasured } from '../filter/rules.ts';
import { addressOf, containersPrefix, labPrefix, macOf, type Lab } from '../lab.ts';
import type { ConverseSettings } from '../memory/converse.ts';
import type { Driver, MemoryWish, OpeningRates, ResourceSwitch, RunningSwitch } from './driver.ts';

const network = { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'bench' }, spec: {} };

/** The rules that are measured with, as a policy of all containers. */
const containersPolicy = policyOf(filterRules(rulesMeasured, containersPrefix));

function portOf(number: number, netns: string, spec: object = {}): object {
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `c${number}` },
    spec: { network: 'bench', netns, device: 'eth0', mac: macOf(number), addresses: [`${addressOf(number)}/16`], persist: false, ...spec },
  };
}

/** Runs one of our programs in memory; answers what it prints. */
async function inMemory(lab: Lab, program: 'forward' | 'converse', words: readonly string[], seconds: number): Promise<unknown> {
  const path = fileURLToPath(new URL(`../memory/${program}.js`, import.meta.url));
  const { code, answer, output } = await lab.start([process.execPath, path, ...words], { timeoutMs: (seconds + 240) * 1000 }).finished;
  if (code !== 0) throw new Error(`the program in memory ended with ${code}:\n${output}`);
  return JSON.parse(answer);
}

async function forward(lab: Lab, { capture, frames, antiSpoof, seconds }: MemoryWish): Promise<readonly number[]> {
  const words = [capture, join(lab.folder, 'empty.pcap'), String(frames), antiSpoof ? 'anti-spoof' : 'l2', String(seconds)];
  return await inMemory(lab, 'forward', words, seconds) as number[];
}

async function converse(lab: Lab, settings: ConverseSettings): Promise<unknown> {
  return await inMemory(lab, 'converse', [lab.folder, JSON.stringify(settings)], settings.seconds);
}

async function startDaemon(lab: Lab, options: { ports?: number } = {}): Promise<DaemonProcess> {
  const daemon = await DaemonProcess.make(labPrefix, options);
  lab.defer(async () => await daemon.remove());
  await daemon.start();
  return daemon;
}

async function serve(lab: Lab, ports: number): Promise<ResourceSwitch> {
  const daemon = await startDaemon(lab, { ports });
  return {
    pids: [daemon.pid ?? 0],
    async apply(resources) {
      await daemon.client.apply(resources);
    },
  };
}

/** Filtered from the start, or a switch that can be under traffic. */
export async function openVswitchd(lab: Lab, { isFiltered = false } = {}): Promise<RunningSwitch> {
  const daemon = await startDaemon(lab);
  await daemon.client.apply([network, ...(isFiltered ? [containersPolicy] : [])]);
  const filter = async (isOn: boolean): Promise<void> => {
    if (isOn) await daemon.client.apply([containersPolicy]);
    else await daemon.client.delete([{ kind: 'Policy', name: policyName }]);
  };
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
    ...(isFiltered ? {} : { filter }),
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
  serve,
  flowsMax: 1_000_000,
  isGuarded: true,
  forward,
  connectionsMax: 1_000_000,
  converse: async (lab, { connections, rules, seconds }) => await converse(lab, { what: 'established', connections, rules, seconds }) as number[],
  begin: async (lab, { connections, rules }) => await converse(lab, { what: 'new', connections, rules, seconds: 0 }) as OpeningRates,
};
