/**
 * Forwards in memory with our own switch: `forward.js CAPTURE EMPTY FRAMES anti-spoof|l2 SECONDS`.
 *
 * A port plays the capture over and over, each frame copied in as a NIC would; the other port is only a place to go to.
 * One worker. Prints, as JSON, millions of packets per second of the worker's own CPU time, reading by reading.
 */
import { writeFileSync } from 'node:fs';
import { pause } from '../../src/demo/command.ts';
import { VirtualSwitch } from '../../src/index.ts';
import { threadNs } from '../usage.ts';
import { emptyCapture } from './capture.ts';

const [capture = '', empty = '', framesText = '', guard = 'anti-spoof', secondsText = '3'] = process.argv.slice(2);
const frames = Number(framesText);
const seconds = Number(secondsText);
const antiSpoof = guard === 'anti-spoof';
const readings = 9;
const workerThread = /^vsw-worker-0$/m;
const flowsMax = 2 ** 21;

writeFileSync(empty, emptyCapture());
const portOf = (name: string, number: number, pcap: object): object => ({
  apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name },
  spec: {
    network: 'bench', type: 'pcap', mac: `02:00:00:00:00:0${number}`, addresses: [`10.0.0.${number}/24`], antiSpoof, limits: { flows: flowsMax }, pcap,
  },
});

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
  const [ns, packets] = [threadNs('self', workerThread), transmitted()];
  await pause((seconds * 1000) / readings);
  const [laterNs, laterPackets] = [threadNs('self', workerThread), transmitted()];
  rates.push(((laterPackets - packets) * 1e3) / (laterNs - ns));
}
const source = virtualSwitch.stats().items.find(({ port }) => port === 'source')!;
if (source.droppedPackets > 0) {
  process.stderr.write(`frames were dropped: ${JSON.stringify(virtualSwitch.drops())}\n`);
  process.exitCode = 1;
}
process.stdout.write(`${JSON.stringify(rates)}\n`);
