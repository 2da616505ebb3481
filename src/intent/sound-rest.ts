/**
 * SoundRest: what is left of a resource without the members whose form is wrong, so that what is wrong with the others is told at once, too.
 *
 * An entry that is taken out of a list moves those behind it, so what is found in the rest is told at the place where it was sent. And what
 * was taken out may be all that is wrong with what held it: of that nothing more is told. Where a member has to be there, and nothing that
 * is told of the others depends on what it says, its schema has a stand-in for it: `x-stand-in`.
 */
import type { ErrorDetail } from '../errors.ts';
import type { Schema } from './structure.ts';

export interface SoundRest {
  readonly rest: unknown;
  /** An error about the rest as one about what was sent; undefined when it may come of what was taken out. */
  asSent(error: ErrorDetail): ErrorDetail | undefined;
}

/** Entries whose members say something together only. */
const wholeEntry = /\/(from|to|protocols|ports|matchExpressions)\/\d+$/;

/** The rest of a resource that was sent at `path`, where these faults were found. */
export function soundRest(schema: unknown, value: unknown, found: readonly ErrorDetail[], path: string): SoundRest {
  const rest: unknown = structuredClone(value);
  const faults = found.map((fault) => fault.path.slice(path.length));
  // From behind, so that taking an entry out of a list moves none that is still to be taken out.
  for (const fault of [...faults].reverse()) removeAt(rest, stepsOf(fault));
  addStandIns(schema as Schema, rest);
  return {
    rest,
    asSent(error) {
      const place = placeAsSent(error.path.slice(path.length), value, faults);
      return faults.some((fault) => mayComeOf(place, fault)) ? undefined : { ...error, path: path + place };
    },
  };
}

function mayComeOf(place: string, fault: string): boolean {
  const holder = fault.slice(0, fault.lastIndexOf('/'));
  return isWithin(fault, place) || isWithin(place, fault) || (wholeEntry.test(holder) && isWithin(place, holder));
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** With each number of a list's entry as it was before entries in front of it were taken out. */
function placeAsSent(place: string, sent: unknown, faults: readonly string[]): string {
  let at = '';
  let owner = sent;
  for (const step of stepsOf(place)) {
    let name = step;
    if (Array.isArray(owner)) {
      const gone = new Set(faults.filter((fault) => fault.startsWith(`${at}/`) && !fault.slice(at.length + 1).includes('/')).map((fault) => Number(fault.slice(at.length + 1))));
      let index = 0;
      for (let left = Number(step); gone.has(index) || left > 0; index += 1) if (!gone.has(index)) left -= 1;
      name = String(index);
    }
    at += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    owner = typeof owner === 'object' && owner !== null ? (owner as Record<string, unknown>)[name] : undefined;
  }
  return at;
}

function stepsOf(place: string): string[] {
  return place.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function removeAt(from: unknown, steps: readonly string[]): void {
  let owner = from;
  for (const step of steps.slice(0, -1)) owner = typeof owner === 'object' && owner !== null ? (owner as Record<string, unknown>)[step] : undefined;
  const last = steps.at(-1)!;
  if (Array.isArray(owner)) owner.splice(Number(last), 1);
  else if (typeof owner === 'object' && owner !== null) delete (owner as Record<string, unknown>)[last];
}

function addStandIns({ properties = {}, required = [], items }: Schema, value: unknown): void {
  if (Array.isArray(value)) {
    if (items !== undefined) for (const entry of value) addStandIns(items, entry);
  } else if (typeof value === 'object' && value !== null) {
    const owner = value as Record<string, unknown>;
    for (const name of required) {
      const standIn = properties[name]?.['x-stand-in'];
      if (standIn !== undefined && !Object.hasOwn(owner, name)) owner[name] = structuredClone(standIn);
    }
    for (const [name, member] of Object.entries(properties)) if (Object.hasOwn(owner, name)) addStandIns(member, owner[name]);
  }
}
