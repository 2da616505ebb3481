/**
 * A host agent that blocks its own event loop: `busy-agent.js MILLISECONDS`, resources as JSON on stdin.
 *
 * Prints `blocking` and then computes without a pause; afterwards prints `free` and waits for SIGTERM.
 */
import { VirtualSwitch } from '../../src/index.ts';

let text = '';
for await (const part of process.stdin.setEncoding('utf8') as AsyncIterable<string>) text += part;
const virtualSwitch = await VirtualSwitch.open();
await virtualSwitch.apply(JSON.parse(text) as unknown[]);

const stopped = new Promise((resolve) => {
  process.once('SIGTERM', resolve);
});
process.stdout.write('blocking\n', () => {
  const end = Date.now() + Number(process.argv[2]);
  while (Date.now() < end);
  process.stdout.write('free\n');
});
// Timers keep the process alive until it is told to end; a promise alone would not.
const alive = setInterval(() => {}, 1000);
await stopped;
clearInterval(alive);
await virtualSwitch.close();
