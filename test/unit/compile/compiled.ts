/** Intents compiled one after the other, and played through the plan, as the switch does. */
import { allocate, heldBy, noAllocations } from '../../../src/compile/allocations.ts';
import { compile, type Compiled } from '../../../src/compile/compile.ts';
import { emptyIntent, type Intent } from '../../../src/intent/intent.ts';
import { intentWith, intentWithout, type Reference } from '../../../src/intent/validate.ts';
import { plan } from '../../../src/plan/plan.ts';
import type { Edit } from '../../../src/table/edits.gen.ts';
import { emptyTableSet, type TableSet } from '../../../src/table/table-set.ts';
import { applyEdits } from '../dataplane/played-tables.ts';
import { verdictOf, type Verdict } from './table-judge.ts';

export const nothingCompiled: Compiled = { intent: emptyIntent, allocations: noAllocations, tables: emptyTableSet };
const protocolNumbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };

export interface Played extends Compiled {
  /** What the dataplane holds, made of all edits so far. */
  readonly running: TableSet;
  /** The edits of the last change. */
  readonly edits: readonly Edit[];
}

export const nothingPlayed: Played = { ...nothingCompiled, running: emptyTableSet, edits: [] };

/** The next intent, compiled from what was compiled before. */
export function compiledAfter(intent: Intent, before: Compiled): Compiled {
  const allocations = allocate(intent, before.allocations, 65_535);
  return { intent, allocations, tables: compile(intent, allocations, before) };
}

export function played(before: Played, put: readonly unknown[], deleted: readonly Reference[] = []): Played {
  const intent = intentWithout(deleted, intentWith(put, before.intent, heldBy(before.allocations)));
  const after = compiledAfter(intent, before);
  const edits = plan(before.tables, after.tables);
  return { ...after, edits, running: applyEdits(before.running, edits) };
}

/** What becomes of the first packet of a connection: what the first direction that does not allow it says. */
export function connection(
  { running, allocations }: Pick<Played, 'running' | 'allocations'>, from: string, source: string, to: string, destination: string, protocol: string, value = 0, network = 'dev',
): Verdict {
  const packet = { network: allocations.networkIds[network]!, source, destination, protocol: protocolNumbers[protocol] ?? Number(protocol), value };
  const key = (name: string): number => allocations.portIds[name.includes('/') ? name : `default/${name}`]!;
  const sent = verdictOf(running, key(from), 'egress', packet);
  return sent === 'allow' ? verdictOf(running, key(to), 'ingress', packet) : sent;
}
