/** What survives the process: the wish, what was chosen for it, and how far generations have counted. */
import { noAllocations, heldBy, type Allocations } from '../compile/allocations.ts';
import { messageOf, VswError } from '../errors.ts';
import { emptyIntent, resourcesOf, type Intent } from '../intent/intent.ts';
import { intentWith } from '../intent/validate.ts';

export interface State {
  readonly intent: Intent;
  readonly allocations: Allocations;
  /** No generation above this number was ever published. */
  readonly generationMax: number;
  /** For ports in a process's namespace, by key: when that process was started. */
  readonly processes: ReadonlyMap<string, string>;
}

export const emptyState: State = { intent: emptyIntent, allocations: noAllocations, generationMax: 0, processes: new Map() };

/** As plain data, to be stored. */
export function dumpState(state: State): unknown {
  return {
    resources: resourcesOf(state.intent),
    allocations: state.allocations,
    generationMax: state.generationMax,
    processes: Object.fromEntries(state.processes),
  };
}

/** From stored data. Throws VSW_STATE when it does not hold together. */
export function readState(value: unknown): State {
  if (value === undefined) return emptyState;
  try {
    const { resources, allocations, generationMax, processes } = value as {
      resources: unknown[]; allocations: Allocations; generationMax: number; processes: Record<string, string>;
    };
    if (!Number.isSafeInteger(generationMax) || generationMax < 0) throw new TypeError(`${String(generationMax)} is not the number of a generation`);
    const intent = intentWith(resources, emptyIntent, heldBy(allocations));
    return { intent, allocations, generationMax, processes: new Map(Object.entries(processes)) };
  } catch (error) {
    const why = error instanceof VswError ? error.errors.map(({ path, message }) => `${path}: ${message}`).join('; ') : messageOf(error);
    throw new VswError('VSW_STATE', `the stored state does not hold together (${why}): put back a good copy, or move it away to start empty`, [], { cause: error });
  }
}
