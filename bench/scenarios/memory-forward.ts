/**
 * memory-forward: one thread from a source that copies each frame in, as a NIC would, to a sink, no kernel between.
 *
 * Millions of packets per second of the forwarding thread's own time, so that what else runs on its core does not count.
 * By the number of flows with 64-byte frames, and by the frame's length with 1k flows. Anti-spoof is on where the driver has
 * it; the variants that end in L2 are without it.
 *
 * The variants with connections are of frames of 64 bytes, half of them TCP, both directions, all established before: with 1,000
 * rules of which the last one allowed them, with that one alone, and without rules and anti-spoof.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { captureOf } from '../memory/capture.ts';
import type { Driver } from '../drivers/driver.ts';
import { rulesMeasured } from '../filter/rules.ts';
import type { Lab } from '../lab.ts';
import { measure } from '../result.ts';
import { summarise } from '../statistics.ts';
import type { Scenario } from './scenario.ts';

interface FlowVariant {
  readonly name: string;
  readonly flows: number;
  readonly length: number;
  readonly l2?: boolean;
}

interface ConversationVariant {
  readonly name: string;
  readonly connections: number;
  readonly rules: number;
}

type Variant = FlowVariant | ConversationVariant;

const flowVariants: readonly FlowVariant[] = [
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

/** What is compared stands together, so that it is measured one after the other. */
const conversationVariants = ([['1k', 1_000], ['100k', 100_000], ['1M', 1_000_000]] as const).flatMap(([count, connections]) => (
  ([[`${rulesMeasured} rules`, rulesMeasured], ['allow-all rule', 1], ['no rule', 0]] as const).map(
    ([filter, rules]): ConversationVariant => ({ name: `${count} connections, ${filter}`, connections, rules }))));

const variants: readonly Variant[] = [...flowVariants, ...conversationVariants];

function takesPart(variant: Variant, driver: Driver): boolean {
  if ('connections' in variant) return variant.connections <= (driver.connectionsMax ?? 0);
  const { flows, l2 = false } = variant;
  return flows <= (driver.flowsMax ?? 0) && (!l2 || driver.isGuarded === true);
}

export const memoryForward: Scenario = {
  name: 'memory-forward',
  about: 'one thread, frames copied in and dropped behind the switch: by flows, by frame length, and by connections with rules',
  pieces: [],
  without: (driver) => (driver.forward === undefined ? 'it does not forward in memory' : undefined),
  parts: (driver) => variants.filter((variant) => takesPart(variant, driver)).map(({ name }) => name),
  async run(lab, driver, { only, seconds }) {
    const variant = variants.find(({ name }) => only.includes(name));
    if (variant === undefined) throw new Error(`memory-forward has no variant ${only.join(', ')}`);
    const rates = 'connections' in variant ? await driver.converse!(lab, { ...variant, seconds }) : await forwardFlows(lab, driver, variant, seconds);
    return [measure(variant.name, 'rate', summarise(rates).median, 'Mpps')];
  },
};

async function forwardFlows(lab: Lab, driver: Driver, { flows, length, l2 = false }: FlowVariant, seconds: number): Promise<readonly number[]> {
  const capture = join(lab.folder, 'in.pcap');
  const { bytes, frames } = captureOf(flows, length);
  writeFileSync(capture, bytes);
  return await driver.forward!(lab, { capture, frames, antiSpoof: !l2, seconds });
}
