/**
 * Every operation of the API, once: its method and path, what it asks and what it answers.
 *
 * The server routes by this list and the OpenAPI document is printed from it, so neither can serve
 * or promise what the other does not know. A path has at most one parameter, its last segment.
 */
import type { TSchema } from 'typebox';
import { collections, eventGroups, eventTypes, tableFilters, tables, yamlMediaTypes, type Collection, type Table } from './protocol.ts';
import * as schemas from './schemas.ts';

export type OperationId =
  | `list_${Collection}` | `get_${Collection}` | `put_${Collection}` | `delete_${Collection}`
  | `read_${Table}` | 'flush_fdb' | 'flush_flows'
  | 'apply' | 'delete' | 'explain' | 'watch' | 'capture' | 'generation' | 'version' | 'metrics' | 'openapi';

export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  readonly boolean?: boolean;
}

export interface Operation {
  readonly id: OperationId;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly query: readonly QueryParameter[];
  /** The schema of the JSON body, when there is one; `yaml`: the resources may come as YAML text too. */
  readonly body?: TSchema | undefined;
  readonly yaml: boolean;
  readonly answers: readonly { status: number; description: string; mediaType: string; schema?: TSchema }[];
  /** Statuses of the problems that this operation may answer, besides 500 and 503. */
  readonly problems: readonly number[];
  /** Answered before the switch is ready. */
  readonly early: boolean;
}

const json = 'application/json';
const dryRun: QueryParameter = { name: 'dryRun', description: 'true: only compute the changes', boolean: true };
const sentences: Readonly<Record<Table, string>> = {
  fdb: 'The MAC tables: static entries and learned ones',
  neighbors: 'The bindings of addresses to MACs that ARP and neighbour discovery are answered from',
  flows: 'The flows that the switch knows',
  groups: 'Who gets frames of which multicast groups',
  drops: 'What was dropped, by port, direction and reason',
  rules: 'What each rule did so far: how often it decided, and when last',
  stats: 'The counters of every port, and the totals that balance them',
  events: 'The most recent events',
  usage: 'How full the tables are, and each port\'s share of them',
  faults: 'What the faults of ports did to frames',
  captures: 'What the captures of ports wrote',
};
const filterSentences = {
  network: 'only entries of this network', port: 'only entries of this port', mac: 'only entries of this MAC',
  policy: 'only rules of this policy: Policy/name, NetworkPolicy/namespace/name or Network/name',
} as const;

const watchFilters: readonly QueryParameter[] = [
  { name: 'type', description: `only events of these types, separated by commas: ${[...eventTypes, ...eventGroups].join(', ')}` },
  { name: 'port', description: 'only events about these ports, separated by commas' },
  { name: 'network', description: 'only events about these networks, separated by commas' },
];

const captureFilters: readonly QueryParameter[] = [
  { name: 'port', description: 'only frames of this port' },
  { name: 'direction', description: 'receive, transmit or both, as seen from the switch' },
  { name: 'dropped', description: 'true: only frames that die', boolean: true },
  { name: 'reason', description: 'only frames that die of this' },
  { name: 'host', description: 'only frames from or to this address' },
  { name: 'protocol', description: 'tcp, udp, sctp, icmp, icmpv6 or a number' },
  { name: 'transportPort', description: 'only frames from or to this port of TCP, UDP or SCTP' },
  { name: 'snapshotLength', description: 'bytes of a frame that are kept' },
  { name: 'count', description: 'end after so many frames' },
  { name: 'seconds', description: 'end after so long' },
  { name: 'format', description: 'pcapng, or pcap, which knows neither ports nor fates' },
];

function operation(
  id: OperationId, method: Operation['method'], path: string, summary: string,
  answer: { schema?: TSchema; mediaType?: string; description?: string },
  more: Partial<Omit<Operation, 'id' | 'method' | 'path' | 'summary' | 'answers'>> & { created?: boolean } = {},
): Operation {
  const { created = false, ...rest } = more;
  const one = {
    description: answer.description ?? 'done', mediaType: answer.mediaType ?? json,
    ...(answer.schema === undefined ? {} : { schema: answer.schema }),
  };
  const answers = [{ status: 200, ...one }, ...(created ? [{ status: 201, ...one, description: 'created' }] : [])];
  return { query: [], yaml: false, problems: [], early: false, ...rest, id, method, path, summary, answers };
}

function filters(names: readonly (keyof typeof filterSentences)[]): QueryParameter[] {
  return names.map((name) => ({ name, description: filterSentences[name] }));
}

function ofCollection(collection: Collection): Operation[] {
  const kind = collections[collection];
  const path = `/v1/${collection}`;
  return [
    operation(`list_${collection}`, 'GET', path, `Every ${kind}, with its status`, { schema: schemas.resourceLists[collection] }),
    operation(`get_${collection}`, 'GET', `${path}/{name}`, `One ${kind}, with its status`,
      { schema: schemas.resourceSchemas[collection] }, { problems: [404] }),
    operation(`put_${collection}`, 'PUT', `${path}/{name}`, `Create or replace one ${kind}`,
      { schema: schemas.applied },
      { body: schemas.resourceSchemas[collection], yaml: true, query: [dryRun], problems: [400, 403, 409, 413, 415, 422], created: true }),
    operation(`delete_${collection}`, 'DELETE', `${path}/{name}`, `Delete one ${kind}`,
      { schema: schemas.applied }, { problems: [404, 409] }),
  ];
}

const flush = (table: 'fdb' | 'flows', summary: string, names: readonly (keyof typeof filterSentences)[]): Operation =>
  operation(`flush_${table}`, 'DELETE', `/v1/${table}`, summary, { schema: schemas.flushed },
    { query: filters(names), problems: [404, 422] });

export const operations: readonly Operation[] = [
  ...(Object.keys(collections) as Collection[]).flatMap(ofCollection),
  operation('apply', 'POST', '/v1/apply', 'Create or replace resources, all or none', { schema: schemas.applied },
    { body: schemas.applyBody, yaml: true, query: [dryRun], problems: [400, 403, 409, 413, 415, 422] }),
  operation('delete', 'POST', '/v1/delete', 'Delete resources, all or none', { schema: schemas.applied },
    { body: schemas.deleteBody, yaml: true, problems: [400, 404, 409, 413, 415, 422] }),
  ...tables.map((table) => operation(`read_${table}`, 'GET', `/v1/${table}`, sentences[table],
    { schema: schemas.lists[table] }, { query: filters(tableFilters[table]) })),
  flush('fdb', 'Forget learned MACs', ['network', 'port', 'mac']),
  flush('flows', 'Forget flows; live ones are judged anew', ['port']),
  operation('explain', 'POST', '/v1/explain', 'What would happen to a frame, and which stage and rule decide so',
    { schema: schemas.explanation }, { body: schemas.explainBody, problems: [400, 404, 409, 413, 415, 422] }),
  operation('watch', 'GET', '/v1/watch', 'Events as they happen, as server-sent events',
    { mediaType: 'text/event-stream', schema: schemas.event, description: 'each event\'s data is one JSON object' },
    { query: watchFilters, problems: [422] }),
  operation('capture', 'GET', '/v1/capture', 'Frames as they pass and die, as a capture file, until the client goes',
    { mediaType: 'application/x-pcapng', description: 'pcapng, or with format=pcap application/vnd.tcpdump.pcap; the trailers vswitch-frames and vswitch-lost count' },
    { query: captureFilters, problems: [404, 409, 422] }),
  operation('generation', 'GET', '/v1/generation', 'The generation that is active', { schema: schemas.generation }),
  operation('version', 'GET', '/v1/version', 'Who answers here', { schema: schemas.version }, { early: true }),
  operation('metrics', 'GET', '/metrics', 'Counters and gauges for Prometheus', { mediaType: 'text/plain' }),
  operation('openapi', 'GET', '/openapi.json', 'This API, described', { description: 'an OpenAPI 3.1 document' },
    { early: true }),
];

/** The media types that an operation reads its body in. */
export function mediaTypesOf(one: Operation): readonly string[] {
  if (one.body === undefined) return [];
  return one.yaml ? [json, ...yamlMediaTypes] : [json];
}
