/** A golden case as it lies in its folder: resources, what ports send, what ports must get, who must die. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CapturedFrame, readCapture } from '../harness/capture.ts';
import { merge } from '../harness/clock.ts';
import type { Delivered } from '../model/slow-switch.ts';
import type { ModelOffload } from '../model/super-frame.ts';
import { readResources, type Resource } from '../model/world.ts';
import { root } from '../tidy/tree.ts';

export interface SentFrame extends CapturedFrame {
  port: string;
  offload?: ModelOffload;
}

/** Frames that one port sends in one millisecond. */
export interface Batch {
  timeMs: number;
  port: string;
  frames: SentFrame[];
}

export interface Deaths {
  [reason: string]: { direction: 'receive' | 'transmit'; count: number; rule?: string };
}

/** What an operator does in the middle of a story. */
export interface Change {
  atMs: number;
  resources: Resource[];
  deleted: { kind: string; name: string }[];
}

export interface Story {
  name: string;
  folder: string;
  resources: Resource[];
  changes: Change[];
  /** Frames tell a connection's life: none may be repeated, and nothing may be forgotten between them. */
  isOneLife: boolean;
  sent: SentFrame[];
  expected: Map<string, Delivered[]>;
  deaths: Deaths;
}

export const goldenFolder = join(root, 'test/golden');

export function listStories(): string[] {
  return readdirSync(goldenFolder).filter((name) => existsSync(join(goldenFolder, name, 'frames.py'))).sort();
}

function readSide(folder: string, side: 'in' | 'out'): { port: string; frames: SentFrame[] }[] {
  const pattern = new RegExp(`^${side}\\.(.+)\\.pcap$`);
  return readdirSync(folder).sort().flatMap((file) => {
    const port = pattern.exec(file)?.[1];
    if (port === undefined) return [];
    const beside = join(folder, `${side}.${port}.offloads.json`);
    const offloads = existsSync(beside) ? (JSON.parse(readFileSync(beside, 'utf8')) as Record<string, ModelOffload>) : {};
    const frames = readCapture(join(folder, file)).map((captured, index) => {
      const offload = offloads[String(index)];
      return { ...captured, port, ...(offload === undefined ? {} : { offload }) };
    });
    return [{ port, frames }];
  });
}

export async function readStory(name: string): Promise<Story> {
  const folder = join(goldenFolder, name);
  const module = (await import(pathToFileURL(join(root, 'out/test/golden', name, 'intent.js')).href)) as {
    resources: string; isOneLife?: boolean; changes?: readonly { atMs: number; resources?: string; deleted?: { kind: string; name: string }[] }[];
  };
  const sent = merge(...readSide(folder, 'in').map(({ frames }) => frames));
  return {
    name, folder, sent,
    resources: readResources(module.resources),
    changes: (module.changes ?? []).map(({ atMs, resources = '', deleted = [] }) => ({ atMs, resources: readResources(resources), deleted })),
    isOneLife: module.isOneLife ?? false,
    expected: new Map(readSide(folder, 'out').map(({ port, frames }) => [port, frames])),
    deaths: JSON.parse(readFileSync(join(folder, 'deaths.json'), 'utf8')) as Deaths,
  };
}

/** The story cut where another port speaks or time passes, and before a batch would be full. */
export function cutBatches(sent: readonly SentFrame[], most: number): Batch[] {
  const batches: Batch[] = [];
  for (const frame of sent) {
    const last = batches.at(-1);
    const momentMs = Math.floor(frame.timeMs);
    if (last !== undefined && last.port === frame.port && last.timeMs === momentMs && last.frames.length < most) last.frames.push(frame);
    else batches.push({ timeMs: momentMs, port: frame.port, frames: [frame] });
  }
  return batches;
}
