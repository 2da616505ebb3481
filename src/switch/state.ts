/** What survives the process: the wish, what was chosen for it, and how far generations have counted. */
import { noAllocations, heldBy, type AddressLease, type Allocations } from '../compile/allocations.ts';
import { messageOf, VswError } from '../errors.ts';
import { sameData } from '../intent/changes.ts';
import { emptyIntent, resourcesOf, type Intent, type Resource } from '../intent/intent.ts';
import { intentWith } from '../intent/validate.ts';
import { differing } from '../shared-map.ts';

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

interface Stored {
  readonly resources: readonly Resource[];
  readonly allocations: Allocations;
  readonly generationMax: number;
  readonly processes: Readonly<Record<string, string>>;
}

type Places<Value> = Readonly<Record<string, Value | null>>;

/** What became of a state, as plain data to be stored; null is for what is gone. */
interface StoredChange {
  readonly resources: Places<Resource>;
  readonly allocations?: { readonly macs: Places<string>; readonly portIds: Places<number>; readonly networkIds: Places<number>; readonly addresses: ListChange };
  readonly generationMax: number;
  readonly processes?: Places<string>;
}

/** How a list became another: so many were kept from its front, then came these. */
interface ListChange {
  readonly kept: number;
  readonly added: readonly unknown[];
}

/** What makes `after` of `before`, as plain data. */
export function changeBetween(before: State, after: State): unknown {
  const resources: Record<string, Resource | null> = {};
  for (const field of Object.keys(after.intent) as (keyof Intent)[]) {
    const [old, now]: ReadonlyMap<string, Resource>[] = [before.intent[field], after.intent[field]];
    for (const key of differing(old!, now!)) resources[placeOf((now!.get(key) ?? old!.get(key))!)] = now!.get(key) ?? null;
  }
  const [from, to] = [before.allocations, after.allocations];
  const change: StoredChange = {
    resources,
    generationMax: after.generationMax,
    ...(from !== to && {
      allocations: {
        macs: placesBetween(from.macs, to.macs), portIds: placesBetween(from.portIds, to.portIds),
        networkIds: placesBetween(from.networkIds, to.networkIds), addresses: listChangeBetween(from.addresses, to.addresses),
      },
    }),
    ...(before.processes !== after.processes && { processes: placesBetween(Object.fromEntries(before.processes), Object.fromEntries(after.processes)) }),
  };
  return change;
}

function placesBetween<Value>(before: Readonly<Record<string, Value>>, after: Readonly<Record<string, Value>>): Places<Value> {
  const places: [string, Value | null][] = [];
  for (const key of Object.keys(after)) if (!Object.hasOwn(before, key) || before[key] !== after[key]) places.push([key, after[key]!]);
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) places.push([key, null]);
  return Object.fromEntries(places);
}

function listChangeBetween(before: readonly unknown[], after: readonly unknown[]): ListChange {
  const end = before.findIndex((item, index) => !sameData(item, after[index]));
  const kept = end < 0 ? before.length : end;
  return { kept, added: after.slice(kept) };
}

function withPlaces<Value>(before: Readonly<Record<string, Value>>, places: Places<Value>): Record<string, Value> {
  const after = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(places)) {
    if (value === null) after.delete(key);
    else after.set(key, value);
  }
  return Object.fromEntries(after);
}

function withChange(stored: Stored, resources: Map<string, Resource>, change: StoredChange): Stored {
  for (const [place, resource] of Object.entries(change.resources)) {
    if (resource === null) resources.delete(place);
    else resources.set(place, resource);
  }
  const { allocations, processes } = change;
  const { macs, portIds, networkIds, addresses } = stored.allocations;
  return {
    resources: stored.resources,
    generationMax: change.generationMax,
    allocations: allocations === undefined ? stored.allocations : {
      macs: withPlaces(macs, allocations.macs), portIds: withPlaces(portIds, allocations.portIds), networkIds: withPlaces(networkIds, allocations.networkIds),
      addresses: [...addresses.slice(0, allocations.addresses.kept), ...allocations.addresses.added as AddressLease[]],
    },
    processes: processes === undefined ? stored.processes : withPlaces(stored.processes, processes),
  };
}

/** Where a resource is kept, whatever its kind. */
function placeOf({ kind, metadata }: Resource): string {
  return `${kind} ${metadata.namespace ?? 'default'}/${metadata.name}`;
}

function withChanges(value: unknown, changes: readonly unknown[]): Stored {
  let stored = (value === undefined ? dumpState(emptyState) : value) as Stored;
  if (changes.length === 0) return stored;
  const resources = new Map(stored.resources.map((resource) => [placeOf(resource), resource]));
  for (const change of changes) stored = withChange(stored, resources, change as StoredChange);
  return { ...stored, resources: [...resources.values()] };
}

/** From stored data and what happened to it since. Throws VSW_STATE when it does not hold together. */
export function readState(value: unknown, changes: readonly unknown[] = []): State {
  if (value === undefined && changes.length === 0) return emptyState;
  try {
    const { resources, allocations, generationMax, processes } = withChanges(value, changes);
    if (!Number.isSafeInteger(generationMax) || generationMax < 0) throw new TypeError(`${String(generationMax)} is not the number of a generation`);
    const intent = intentWith(resources, emptyIntent, heldBy(allocations));
    return { intent, allocations, generationMax, processes: new Map(Object.entries(processes)) };
  } catch (error) {
    const why = error instanceof VswError ? error.errors.map(({ path, message }) => `${path}: ${message}`).join('; ') : messageOf(error);
    throw new VswError('VSW_STATE', `the stored state does not hold together (${why}): put back a good copy, or move it away to start empty`, [], { cause: error });
  }
}
