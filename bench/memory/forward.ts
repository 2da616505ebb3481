/**
 * Forwards in memory with our own switch: `forward.js CAPTURE EMPTY FRAMES anti-spoof|l2 SECONDS`.
 *
 * A port plays the capture over and over, each frame copied in as a NIC would; the other port is only a place to go to.
 * One worker. Prints, as JSON, millions of packets per second of the worker's own CPU time, reading by reading.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { VirtualSwitch } from '../../src/index.ts';
import { emptyCapture } from './capture.ts';

const [capture = '', empty = '', framesText = '', guard = 'anti-spoof', secondsText = '3'] = process.argv.slice(2);
const frames = Number(framesText);
const seconds = Number(secondsText);
const antiSpoof = guard === 'anti-spoof';
const readings = 9;
const flowsMax = 2 ** 21;

writeFileSync(empty, emptyCapture());
const portOf = (name: string, number: number, pcap: object): object => ({
  apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name },
  spec: {
    network: 'bench', type: 'pcap', mac: `02:00:00:00:00:0${number}`, addresses: [`10.0.0.${number}/24`], antiSpoof, limits: { flows: flowsMax }, pcap,
  },
});

function threadTimes(): Map<string, number> {
  return new Map(readdirSync('/proc/self/task').map((task) => [task, Number(readFileSync(`/proc/self/task/${task}/schedstat`, 'utf8').split(' ')[0])]));
}

/** The worker is the thread that runs most: the others of this process wait. */
function workerNs(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return Math.max(...[...after].map(([task, ns]) => ns - (before.get(task) ?? 0)));
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

await using virtualSwitch = await VirtualSwitch.open({ workers: 1, limits: { flows: flowsMax } });
const transmitted = (): number => virtualSwitch.stats().items.find(({ port }) => port === 'sink')!.transmittedPackets;
await virtualSwitch.apply([
  { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'bench' }, spec: {} },
  portOf('sink', 2, { read: empty }),
  portOf('source', 1, { read: capture, repeat: true }),
]);
// The first packet of every flow is judged before anything is read.
const settled = Date.now() + 30_000;
while (transmitted() < 2 * frames && Date.now() < settled) await pause(50);
await pause(200);

const rates: number[] = [];
for (let reading = 0; reading < readings; reading += 1) {
  const [times, packets] = [threadTimes(), transmitted()];
  await pause((seconds * 1000) / readings);
  const [laterTimes, laterPackets] = [threadTimes(), transmitted()];
  rates.push(((laterPackets - packets) * 1e3) / workerNs(times, laterTimes));
}
const source = virtualSwitch.stats().items.find(({ port }) => port === 'source')!;
if (source.droppedPackets > 0) {
  process.stderr.write(`frames were dropped: ${JSON.stringify(virtualSwitch.drops())}\n`);
  process.exitCode = 1;
}
process.stdout.write(`${JSON.stringify(rates)}\n`);
