/** A switch with memory ports that answers questions about policies. */
import type { Test } from 'tap';
import { VirtualSwitch, type Explanation, type ExplainQuery } from '../../../src/index.ts';
import { network, port } from '../intent/resources.ts';

/** A port with labels, whose address ends as its MAC does. */
export function labelled(name: string, index: number, labels: Record<string, string> = {}, spec: Record<string, unknown> = {}): Record<string, unknown> {
  const resource = port(name, { mac: `02:00:00:00:00:0${index}`, addresses: [`10.77.0.${index}/24`, `fd00:77::${index}/64`], ...spec });
  return { ...resource, metadata: { ...(resource['metadata'] as object), labels } };
}

export const subnets = ['10.77.0.0/24', 'fd00:77::/64'];

/** Opened with these resources and a network `dev`, and closed after the test. */
export async function switchWith(t: Test, resources: readonly unknown[], spec: Record<string, unknown> = {}): Promise<VirtualSwitch> {
  const product = await VirtualSwitch.open({ workers: 0, clock: 'virtual', limits: { ports: 64, flows: 1024, macs: 256 } });
  t.teardown(async () => await product.close());
  await product.apply([network('dev', { subnets, ...spec }), ...resources]);
  return product;
}

export interface AskedFlip {
  readonly answer: Explanation;
  /** What the change that is given makes of it. */
  readonly flipped: Explanation;
}

export interface FrameQuestion {
  readonly port: string;
  readonly frame?: string | Uint8Array;
  readonly to?: string;
  readonly from?: string;
  readonly network?: string;
  readonly protocol?: string | number;
  readonly destinationPort?: number;
}

export function explained(product: VirtualSwitch, question: FrameQuestion, candidate?: readonly unknown[]): Explanation {
  return product.explain({ ...question, ...(candidate && { with: candidate }) } as ExplainQuery) as unknown as Explanation;
}

export function flipOfAnswer(product: VirtualSwitch, question: FrameQuestion): AskedFlip {
  const answer = explained(product, question);
  return { answer, flipped: explained(product, question, answer.flip?.resources ?? []) };
}
