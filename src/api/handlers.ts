/**
 * What each operation does: the request's words to the switch's, and its answers back.
 *
 * A handler answers a value, which becomes JSON, or an `Answer` when it says more. Where the switch
 * finds errors in a list that it was given, their paths are moved to where that list stood in the body.
 */
import { VswError } from '../errors.ts';
import { parseDocuments } from '../intent/documents.ts';
import { nearest } from '../intent/suggest.ts';
import { parseJson } from './body.ts';
import type { Operation, OperationId } from './operations.ts';
import { invalid, ofOnlyOne, problemOf, under } from './problem.ts';
import {
  collections, namespacedKinds, nameOf, packageVersion, tables,
  type ApplyAnswer, type Collection, type DaemonVersion, type ExplainQuery, type FieldError, type FlushFilter, type Reference,
  type Resource, type ServedSwitch, type Table,
} from './protocol.ts';
import { applyBody, checkBody, deleteBody, explainBody } from './schemas.ts';

export interface Asked {
  readonly operation: Operation;
  readonly name: string;
  readonly query: ReadonlyMap<string, string>;
  /** The body's media type and text; both empty when the operation has none. */
  readonly mediaType: string;
  readonly text: string;
}

export class Answer {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

export type Handler = (served: ServedSwitch, asked: Asked) => unknown;

/** Operations that the server answers itself: they stream, or answer other than JSON. */
export type ServerOperation = 'watch' | 'capture' | 'metrics' | 'openapi';

export const handlers = new Map<OperationId, Handler>([
  ...(Object.keys(collections) as Collection[]).flatMap(ofCollection),
  ['apply', apply],
  ['delete', remove],
  ...tables.map((table): [OperationId, Handler] => [`read_${table}`, (served, asked) => read(served, table, asked)]),
  ['flush_fdb', (served, asked) => flush(served, 'fdb', asked)],
  ['flush_flows', (served, asked) => flush(served, 'flows', asked)],
  ['explain', explain],
  ['generation', (served) => ({ generation: served.generation })],
]);

export function whoAnswers(): DaemonVersion {
  return { name: 'vswitchd', version: packageVersion(), pid: process.pid, node: process.versions.node };
}

function ofCollection(collection: Collection): [OperationId, Handler][] {
  const kind = collections[collection];
  return [
    [`list_${collection}`, (served) => ({ items: served.get(kind) })],
    [`get_${collection}`, (served, { name }) => served.get(kind, name)[0]],
    [`put_${collection}`, (served, asked) => put(served, kind, asked)],
    [`delete_${collection}`, async (served, { name }) => await translating(() => served.delete([{ kind, name }]), ofOnlyOne)],
  ];
}

async function apply(served: ServedSwitch, asked: Asked): Promise<ApplyAnswer> {
  const dryRun = isDryRun(asked);
  if (asked.mediaType !== 'application/json') {
    return await translating(() => served.apply(asked.text, { dryRun }), (path) => path);
  }
  const { resources, dryRun: wanted } = checkBody(applyBody, parseJson(asked.text)) as { resources: unknown[]; dryRun?: boolean };
  return await translating(() => served.apply(resources, { dryRun: dryRun || wanted === true }), under('/resources'));
}

async function remove(served: ServedSwitch, asked: Asked): Promise<ApplyAnswer> {
  const isYaml = asked.mediaType !== 'application/json';
  const prefix = isYaml ? '' : '/resources';
  const listed = isYaml
    ? parseDocuments(asked.text).values
    : (checkBody(deleteBody, parseJson(asked.text)) as { resources: unknown[] }).resources;
  const errors: FieldError[] = [];
  const references = listed.flatMap((one, index) => referenceOf(one, `${prefix}/${index}`, errors));
  if (errors.length > 0) throw VswError.of('VSW_INVALID', errors);
  return await translating(() => served.delete(references), under(prefix));
}

async function put(served: ServedSwitch, kind: string, asked: Asked): Promise<Answer> {
  let resource: unknown;
  if (asked.mediaType === 'application/json') {
    resource = parseJson(asked.text);
  } else {
    const documents = parseDocuments(asked.text).values;
    if (documents.length !== 1) {
      throw invalid('', `the body holds ${documents.length} documents`, 'send exactly one, or use POST /v1/apply');
    }
    resource = documents[0];
  }
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) {
    throw invalid('', 'the body is not a resource', `send an object of kind ${kind}`);
  }
  const { kind: sentKind, metadata } = resource as Partial<Resource>;
  if (sentKind !== undefined && sentKind !== kind) {
    throw invalid('/kind', `kind ${String(sentKind)} does not belong here`, `send a ${kind}, or PUT it in its own collection`);
  }
  if (typeof metadata === 'object' && metadata !== null && typeof metadata.name === 'string') {
    const name = nameIn(kind, metadata.name, metadata.namespace);
    if (name !== canonical(asked.name)) {
      throw invalid('/metadata/name', `the body is about ${name}, the path about ${asked.name}`, 'give both the same name');
    }
  }
  const done = await translating(() => served.apply([resource], { dryRun: isDryRun(asked) }), ofOnlyOne);
  return new Answer(done.changes.some(({ action }) => action === 'create') && !isDryRun(asked) ? 201 : 200, done);
}

function read(served: ServedSwitch, table: Table, { query }: Asked): unknown {
  const wanted = [...query].map(([name, value]) => [name, (canonicalForms[name] ?? same)(value)] as const);
  const matches = (entry: object): boolean => wanted.every(([name, value]) => {
    const fields = entry as Record<string, unknown>;
    return fields[name] === value || (name === 'port' && fields['receiver'] === value);   // either end of a flow
  });
  const found = (items: readonly object[]): readonly object[] => {
    const matching = items.filter(matches);
    if (matching.length === 0 && table !== 'events') wanted.forEach(([name, value]) => requireNamed(served, name, value));
    return matching;
  };
  if (table === 'stats') {
    const { items, totals } = served.stats();
    return { items: found(items), totals };
  }
  return { items: found(served[table]()) };
}

/** Nothing about what is there is an answer; nothing about what is not there is a wrong name. Events outlive their subjects. */
function requireNamed(served: ServedSwitch, name: string, value: string): void {
  if (value === '' || value === '(deleted)') return;
  if (name === 'port') served.get('Port', value);
  if (name === 'network') served.get('Network', value);
  if (name === 'policy') requirePolicy(served, value);
}

const ruleOwners = ['Policy', 'NetworkPolicy', 'Network'];

/** Lines of rules that belong to several are there even when none of them did anything. */
function requirePolicy(served: ServedSwitch, value: string): void {
  if (value === 'Network/*' || value === '(others)') return;
  const [, kind = '', name = ''] = /^([^/]*)\/(.*)$/.exec(value) ?? [];
  if (!ruleOwners.includes(kind) || name === '') {
    const meant = nearest(kind, ruleOwners);
    throw invalid('', `"${value}" names no policy`, meant !== undefined && name !== '' ? `did you mean ${meant}/${name}?` : 'write Policy/NAME, NetworkPolicy/NAMESPACE/NAME or Network/NAME');
  }
  served.get(kind, kind === 'NetworkPolicy' ? canonical(name) : name);
}

function flush(served: ServedSwitch, table: 'fdb' | 'flows', { query }: Asked): { removed: number } {
  return { removed: served.flush(table, Object.fromEntries(query) as FlushFilter) };
}

function explain(served: ServedSwitch, asked: Asked): object {
  const query = checkBody(explainBody, parseJson(asked.text)) as unknown as ExplainQuery;
  const fields = ['to', 'from', 'protocol', 'sourcePort', 'destinationPort'] as const;
  const given = fields.filter((name) => query[name] !== undefined);
  if (query.reach !== undefined) {
    const other = (['port', 'frame', ...fields, 'network', 'last'] as const).find((name) => query[name] !== undefined);
    if (other !== undefined) throw invalid(`/${other}`, `reach and ${other} exclude each other`, 'ask who reaches whom, or about one frame');
    return explained(served, query);
  }
  if (query.port === undefined) throw invalid('/port', 'a port is needed here', 'give the name of the port that sends, or reach');
  if (query.frame !== undefined && given.length > 0) {
    throw invalid(`/${given[0]!}`, `frame and ${given[0]!} exclude each other`, 'describe the frame by its bytes or by its fields');
  }
  if (query.last !== undefined && (query.frame !== undefined || given.length > 0)) {
    const other = query.frame !== undefined ? 'frame' : given[0]!;
    throw invalid(`/${other}`, `last and ${other} exclude each other`, 'ask about the last drops, or about one frame');
  }
  if (query.frame === undefined && query.last === undefined && query.to === undefined) {
    throw invalid('', 'nothing says which frame is meant', 'give frame, to or last');
  }
  const frame = query.frame?.replaceAll(/[\s:]/g, '');
  return explained(served, { ...query, ...(frame === undefined ? {} : { frame }) });
}

function explained(served: ServedSwitch, query: ExplainQuery): object {
  try {
    return served.explain(query as Parameters<ServedSwitch['explain']>[0]);
  } catch (error) {
    throw problemOf(error, under('/with'));
  }
}

async function translating<T>(work: () => Promise<T>, path: (switchPath: string) => string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problemOf(error, path);
  }
}

/** What is to be deleted: `{kind, name}`, or a whole resource, of which only that is read. */
function referenceOf(one: unknown, path: string, errors: FieldError[]): Reference[] {
  const remedy = 'send {kind, name}, or a resource with kind and metadata.name';
  const refuse = (at: string, message: string, how = remedy): Reference[] => {
    errors.push({ path: path + at, message, remedy: how });
    return [];
  };
  if (typeof one !== 'object' || one === null) return refuse('', 'this is not a resource');
  const { kind, name, metadata } = one as { kind?: unknown; name?: unknown; metadata?: Partial<Resource['metadata']> | null };
  const kinds = Object.values<string>(collections);
  if (typeof kind !== 'string') return refuse('/kind', 'kind is missing', `say ${kinds.join(', ')}`);
  if (!kinds.includes(kind)) return refuse('/kind', `kind ${kind} is not known`, `say ${kinds.join(', ')}`);
  if (typeof name === 'string') return [{ kind, name }];
  if (typeof metadata?.name !== 'string') return refuse('/metadata/name', 'the name is missing');
  return [{ kind, name: nameIn(kind, metadata.name, metadata.namespace) }];
}

/** Kubernetes may write null where there is no namespace. */
function nameIn(kind: string, name: string, namespace: unknown): string {
  return namespacedKinds.includes(kind) ? nameOf({ name, namespace: typeof namespace === 'string' ? namespace : undefined }) : name;
}

function isDryRun({ query }: Asked): boolean {
  const value = query.get('dryRun');
  if (value === undefined || value === 'false') return false;
  if (value === 'true' || value === '') return true;
  throw invalid('', `dryRun=${value} is neither true nor false`, 'say dryRun=true, or leave it out');
}

const same = (value: string): string => value;
/** Names as the tables have them, by the parameter that they stand in. */
const canonicalForms: Readonly<Record<string, (value: string) => string>> = {
  port: canonical,
  policy: (value) => value.replace(/^NetworkPolicy\/(?=[^/]+$)/, 'NetworkPolicy/default/'),
};

function canonical(name: string): string {
  return name.startsWith('default/') ? name.slice('default/'.length) : name;
}
