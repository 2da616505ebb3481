/**
 * memory-forward: one thread from a source that copies each frame in, as a NIC would, to a sink, no kernel between.
 *
 * Millions of packets per second of the forwarding thread's own time, so that what else runs on its core does not count.
 * By the number of flows with 64-byte frames, and by the frame's length with 1k flows. Anti-spoof is on where the driver has
 * it; the variants that end in L2 are without it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { captureOf } from '../memory/capture.ts';
import type { Driver } from '../drivers/driver.ts';
import { measure } from '../result.ts';
import { summarise } from '../statistics.ts';
import type { Scenario } from './scenario.ts';

interface Variant {
  readonly name: string;
  readonly flows: number;
  readonly length: number;
  readonly l2?: boolean;
}

const variants: readonly Variant[] = [
  { name: '1 flow', flows: 1, length: 64 },
  { name: '1k flows', flows: 1_000, length: 64 },
  { name: '100k flows', flows: 100_000, length: 64 },
  { name: '1M flows', flows: 1_000_000, length: 64 },
  { name: '1k flows, L2', flows: 1_000, length: 64, l2: true },
  { name: '100k flows, L2', flows: 100_000, length: 64, l2: true },
  { name: '256 B', flows: 1_000, length: 256 },
  { name: '512 B', flows: 1_000, length: 512 },
  { name: '1518 B', flows: 1_000, length: 1518 },
];

function takesPart({ flows, l2 = false }: Variant, driver: Driver): boolean {
  return flows <= (driver.flowsMax ?? 0) && (!l2 || driver.isGuarded === true);
}

export const memoryForward: Scenario = {
  name: 'memory-forward',
  about: 'one thread, frames copied in and dropped behind the switch: by flows, and by frame length',
  pieces: [],
  without: (driver) => (driver.forward === undefined ? 'it does not forward in memory' : undefined),
  parts: (driver) => variants.filter((variant) => takesPart(variant, driver)).map(({ name }) => name),
  async run(lab, driver, { only, seconds }) {
    const variant = variants.find(({ name }) => only.includes(name));
    if (variant === undefined) throw new Error(`memory-forward has no variant ${only.join(', ')}`);
    const capture = join(lab.folder, 'in.pcap');
    const { bytes, frames } = captureOf(variant.flows, variant.length);
    writeFileSync(capture, bytes);
    const rates = await driver.forward!(lab, { capture, frames, antiSpoof: variant.l2 !== true, seconds });
    return [measure(variant.name, 'rate', summarise(rates).median, 'Mpps')];
  },
};
