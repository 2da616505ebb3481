/**
 * What the commands may be about: resources and tables, each with the words that people use for it.
 */
import { tables, type Collection, type Table } from '../api/protocol.ts';
import { usageError } from './session.ts';

export type Subject =
  | { readonly form: 'resource'; readonly collection: Collection; readonly kind: string }
  | { readonly form: 'table'; readonly table: Table };

const resources: readonly [Collection, string, readonly string[]][] = [
  ['networks', 'Network', ['network', 'net', 'nets']],
  ['ports', 'Port', ['port', 'po']],
  ['namespaces', 'Namespace', ['namespace', 'ns']],
  ['policies', 'Policy', ['policy', 'pol']],
  ['networkpolicies', 'NetworkPolicy', ['networkpolicy', 'netpol', 'netpols']],
];
const tableWords: Readonly<Record<string, Table>> = {
  mac: 'fdb', macs: 'fdb', neighbor: 'neighbors', neighbour: 'neighbors', neighbours: 'neighbors', flow: 'flows', group: 'groups',
  drop: 'drops', rule: 'rules', stat: 'stats', event: 'events', counters: 'stats', fault: 'faults', capture: 'captures',
};

export const resourceWords = resources.map(([collection]) => collection).join(', ');
export const tableNames = tables.join(', ');

/** The subject that a word of the command line means. */
export function subjectOf(word: string): Subject {
  const name = word.toLowerCase();
  const resource = resources.find(([collection, , words]) => collection === name || words.includes(name));
  if (resource !== undefined) return { form: 'resource', collection: resource[0], kind: resource[1] };
  const table = tables.find((one) => one === name) ?? (Object.hasOwn(tableWords, name) ? tableWords[name] : undefined);
  if (table !== undefined) return { form: 'table', table };
  throw usageError(`unknown kind ${word}`, `known are ${resourceWords}, ${tableNames}`);
}

/** The same, where only a resource makes sense. */
export function resourceOf(word: string): Extract<Subject, { form: 'resource' }> {
  const subject = subjectOf(word);
  if (subject.form === 'table') throw usageError(`${word} is a table, not a kind of resource`, `known kinds are ${resourceWords}`);
  return subject;
}

/** A resource as commands print it: `port/shop/web-1`. */
export function labelOf(kind: string, name: string): string {
  return `${kind.toLowerCase()}/${name}`;
}
