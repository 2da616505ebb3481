/**
 * Flip: the smallest change of resources that gives a frame the other verdict.
 *
 * Changes are proposed from the smallest on, and each is tried on the dataplane's own stages, as a candidate: what is answered is what
 * was seen to flip the verdict. Where a change leads to the next obstacle (the sender's egress, then the receiver's ingress) it is kept,
 * and changes for that are tried on top of it.
 */
import type { Trace } from '../dataplane/dataplane.ts';
import { VswError } from '../errors.ts';
import type { Resource } from '../intent/intent.ts';
import type { PutPort } from '../table/edits.gen.ts';
import { fieldChanges } from './flip-fields.ts';
import { ruleChanges } from './flip-rules.ts';
import type { Subject } from './explainer.ts';

/** What a change is made for. */
export interface Obstacle {
  readonly frame: Uint8Array;
  readonly sender: PutPort;
  readonly trace: Trace;
  readonly subject: Subject;
}

interface Tried extends Obstacle {
  readonly changed: ReadonlyMap<string, Resource>;
}

const roundsMax = 4;

/** Undefined when no change of these is known that does it. `judge` may throw what the dataplane refuses. */
export function flipOf(first: Obstacle, judge: (subject: Subject) => Trace): readonly Resource[] | undefined {
  const isAllowed = first.trace.verdict === 'allow';
  let at: Tried = { ...first, changed: new Map() };
  for (let round = 0; round < roundsMax; ++round) {
    let next: Tried | undefined;
    for (const resources of [...ruleChanges(at), ...fieldChanges(at)]) {
      const changed = new Map(at.changed);
      for (const resource of resources) changed.set(identityOf(resource), resource);
      const tried = tryOut(first, [...changed.values()], judge);
      if (tried === undefined) continue;
      if ((tried.trace.verdict === 'allow') !== isAllowed) return [...changed.values()];
      if (isElsewhere(tried.trace, at.trace)) next ??= { ...tried, changed };
    }
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

/** What happens with the resources; undefined when they cannot be. */
function tryOut(first: Obstacle, resources: readonly Resource[], judge: (subject: Subject) => Trace): Obstacle | undefined {
  try {
    const subject = first.subject.with?.(resources);
    return subject && { ...first, subject, trace: judge(subject) };
  } catch (error) {
    if (error instanceof VswError || (error instanceof Error && error.name === 'CommitError')) return undefined;
    throw error;
  }
}

function identityOf({ kind, metadata }: Resource): string {
  return `${kind} ${metadata.namespace ?? 'default'}/${metadata.name}`;
}

/** Whether something else stands in the way now. */
function isElsewhere(now: Trace, before: Trace): boolean {
  return now.stage !== before.stage || now.port !== before.port || now.rule !== before.rule || now.reason !== before.reason;
}
