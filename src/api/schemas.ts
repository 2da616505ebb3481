/**
 * JSON Schemas of the bodies that the API reads and answers.
 *
 * They serve twice: the OpenAPI document prints them, and `checkBody` refuses by them, so what is
 * described is what is read. What stands inside `resources` is judged by the switch, which knows more.
 */
import Type, { type TObject, type TSchema } from 'typebox';
import { VswError } from '../errors.ts';
import { NamespaceSchema } from '../intent/namespace.ts';
import { NetworkPolicySchema } from '../intent/network-policy.ts';
import { NetworkSchema } from '../intent/network.ts';
import { PolicySchema } from '../intent/policy.ts';
import { PortSchema } from '../intent/port.ts';
import { checkStructure } from '../intent/structure.ts';
import { eventSentences, eventTypes, type Collection } from './protocol.ts';

const closed = { additionalProperties: false };
const count = (description: string): TSchema => Type.Integer({ minimum: 0, description });
const text = (description: string): TSchema => Type.String({ description });

/** What is read and answered in each collection; `status` is filled in answers and ignored in bodies. */
export const resourceSchemas: Readonly<Record<Collection, TSchema>> = {
  networks: NetworkSchema, ports: PortSchema, namespaces: NamespaceSchema, policies: PolicySchema, networkpolicies: NetworkPolicySchema,
};

const resources = Type.Array(Type.Unknown(), { description: 'a list of resources' });
const dryRun = Type.Boolean({ description: 'true: only compute the changes' });

export const applyBody = Type.Object(
  { resources, dryRun: Type.Optional(dryRun) }, { ...closed, 'x-later': ['confirmSeconds'] },
);
export const deleteBody = Type.Object({
  resources: Type.Array(Type.Unknown(), { description: 'a list of resources, or of {kind, name}' }),
}, closed);

const portNumber = (description: string): TSchema => Type.Integer({ minimum: 0, maximum: 65535, description });

const askedProtocol = Type.Union([
  Type.String({ pattern: '^(tcp|udp|sctp|icmp|icmpv6|[0-9]{1,3})$' }), Type.Integer({ minimum: 0, maximum: 255 }),
], { description: 'tcp, udp, sctp, icmp, icmpv6 or a number from 0 to 255' });

export const explainBody = Type.Object({
  port: Type.Optional(Type.String({ minLength: 1, description: 'the name of the port that sends; all but reach needs it' })),
  frame: Type.Optional(Type.String({
    pattern: '^([0-9a-fA-F]{2}[\\s:]?)+$', description: 'the frame in hexadecimal, from its destination MAC on',
  })),
  to: Type.Optional(Type.String({ minLength: 1, description: 'an IPv4 or IPv6 address' })),
  from: Type.Optional(Type.String({ minLength: 1, description: 'an IPv4 or IPv6 address' })),
  network: Type.Optional(Type.String({ minLength: 1, description: 'the network of a trunk that the frame shall be in; absent: the native one' })),
  protocol: Type.Optional(askedProtocol),
  sourcePort: Type.Optional(portNumber('a number from 0 to 65535')),
  destinationPort: Type.Optional(portNumber('a number from 0 to 65535')),
  last: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'a number of frames from 1 to 1000' })),
  reach: Type.Optional(Type.Object({
    protocol: Type.Optional(askedProtocol),
    destinationPort: Type.Optional(portNumber('a number from 0 to 65535')),
    network: Type.Optional(Type.String({ minLength: 1, description: 'the only network that is asked about; absent: all' })),
  }, { ...closed, description: 'who reaches whom; without a word TCP to port 80' })),
  with: Type.Optional(Type.Array(Type.Unknown(), { description: 'a list of resources, the candidate' })),
}, closed);

export const applied = Type.Object({
  generation: count('the generation that is active now'),
  changes: Type.Array(Type.Object({
    action: Type.Enum(['create', 'update', 'delete']), kind: Type.String(), name: Type.String(),
  })),
});
export const generation = Type.Object({ generation: count('only grows, over restarts too') });
export const flushed = Type.Object({ removed: count('entries that were removed') });
export const version = Type.Object({
  name: Type.String(), version: Type.String(), pid: count('the process of the daemon'), node: Type.String(),
});

const ageSeconds = count('seconds since it was last seen');
const fdb = Type.Object({
  network: Type.String(), mac: Type.String(), port: Type.String(), type: Type.Enum(['static', 'learned']), ageSeconds,
});
const neighbor = Type.Object({
  network: Type.String(), address: Type.String(), mac: Type.String(), port: Type.String(), source: Type.String(),
});
const flow = Type.Object({
  id: Type.Integer(), network: Type.String(), protocol: Type.String(),
  source: Type.String(), sourcePort: Type.Integer(), destination: Type.String(), destinationPort: Type.Integer(),
  port: text('the port of its first packet'), receiver: text('the port that gets it; empty when flooded'),
  state: Type.String(), verdict: Type.String(), policy: Type.String(), rule: Type.String(),
  generation: Type.Integer(), packets: Type.Integer(), bytes: Type.Integer(), ageSeconds,
});
const group = Type.Object({
  network: Type.String(), group: text('the address of the group; empty for routers and for ports that get all groups'),
  family: Type.Enum(['ipv4', 'ipv6']), port: Type.String(), type: Type.Enum(['member', 'router', 'everything']),
  expiresSeconds: count('seconds until it ends unless it is renewed; 0 for a declared router'),
});
const drop = Type.Object({
  port: Type.String(), direction: Type.Enum(['receive', 'transmit']), reason: Type.String(),
  packets: Type.Integer(), bytes: Type.Integer(),
});
const maybe = (description: string): TSchema => Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description });
const rule = Type.Object({
  policy: text('Policy/name, NetworkPolicy/namespace/name or Network/name; Network/* for the default policies of all networks'),
  rule: Type.String(), tier: Type.String(), direction: Type.Enum(['ingress', 'egress', '']),
  action: Type.Enum(['allow', 'drop', 'reject', 'pass', '']), enforced: Type.Boolean({ description: 'false: its policy is audited' }),
  hits: maybe('decisions: about new connections, and about packets that made none; null: there are too many rules to count this one'),
  audited: maybe('decisions that it would have made'), differing: maybe('of these, those in which something else was decided'),
  lastHit: Type.Union([Type.String(), Type.Null()], { description: 'when it last decided, or would have' }),
});
const portStats = Type.Object({
  port: Type.String(),
  receivedPackets: count('received from the port'), receivedBytes: count('received from the port'),
  forwardedPackets: count('received packets that were offered to a port'),
  consumedPackets: count('received packets that the switch itself was the receiver of'),
  droppedPackets: count('received packets that died before any port was offered them'),
  heldPackets: count('received packets that wait'),
  offeredPackets: count('packets offered to the port'), transmittedPackets: count('packets that the port took'),
  transmittedBytes: count('bytes that the port took'),
  transmitDroppedPackets: count('packets offered to the port that it did not get'),
  kernelDroppedPackets: count('packets that the kernel dropped at the port\'s device'),
  flowsRefused: count('new flows that were not cached because the port\'s share is used up'),
  macsRefused: count('MACs that were not learned because the port\'s share is used up'),
  macMovesRefused: count('times that a MAC heard at the port stayed where it was because of too many moves'),
  macsEvicted: count('MACs of the port that gave way because the table was full'),
  groupsRefused: count('multicast groups that the port asked for and that found no room, so that it gets all of them'),
  answersRefused: count('answers that the switch owed the port and did not give because its share is used up'),
  decisionsUntold: count('decisions of rules about the port\'s packets that watchers were not told because its share is used up'),
});
const event = Type.Object({ type: Type.Enum([...eventTypes]), time: Type.String() }, {
  additionalProperties: true,
  description: `what happened, with the names of whom it happened to. ${Object.entries(eventSentences).map(([type, sentence]) => `${type}: ${sentence}`).join('; ')}`,
});
const fault = Type.Object({
  port: Type.String(), direction: Type.Enum(['receive', 'transmit']), seen: count('frames that met the fault; a super-frame is one'),
  lost: count('frames'), repeated: count('frames'), corrupted: count('frames, by one bit'), delayed: count('frames'),
  waiting: count('delayed frames that still wait'), overflowed: count('frames that found no room to wait in'),
});
const capture = Type.Object({
  port: Type.String(), file: Type.String(), frames: count('frames in the file'), bytes: count('bytes of the file'),
  missed: count('frames that came after it was full, or that the disk did not take'),
});
const usage = Type.Object({
  table: Type.Enum(['ipv4_flows', 'other_flows', 'flows', 'connections', 'macs', 'ports']), port: text('whose share it is; empty: what all share'),
  used: count('entries that are there'), limit: count('entries that there may be'),
});

const list = (items: TSchema): TSchema => Type.Object({ items: Type.Array(items) });

export const resourceLists: Readonly<Record<Collection, TSchema>> = {
  networks: list(NetworkSchema), ports: list(PortSchema), namespaces: list(NamespaceSchema), policies: list(PolicySchema), networkpolicies: list(NetworkPolicySchema),
};
export const lists = {
  fdb: list(fdb), neighbors: list(neighbor), flows: list(flow), groups: list(group), drops: list(drop), rules: list(rule),
  stats: Type.Object({
    items: Type.Array(portStats),
    totals: Type.Object({
      copiedPackets: count('additional receivers of packets'), originatedPackets: count('packets the switch itself sent'),
    }),
  }),
  events: list(event), usage: list(usage), faults: list(fault), captures: list(capture),
};
export { event };

const step = Type.Object({ stage: Type.String(), port: Type.String(), verdict: Type.String() }, {
  additionalProperties: true, description: 'a stage, and the rule that it read if it read one',
});
const connection = Type.Object({
  standing: Type.Enum(['new', 'established', 'related', 'invalid', 'denied']), state: text('of the connection'),
  ofInitiator: Type.Boolean({ description: 'the frame goes the way of the first one' }),
}, { description: 'what the connection table says of the frame' });
const nearest = Type.Object({
  policy: Type.String(), rule: Type.String(), field: text('of those that failed'), wanted: text('by the rule'), seen: text('in the frame'),
}, { description: 'the rule that failed on the fewest fields' });
const flip = Type.Object({
  resources: Type.Array(Type.Unknown(), { description: 'applied, they give the other verdict' }),
}, { description: 'a smallest change that gives the other verdict' });
const judged = Type.Object({
  verdict: Type.Enum(['allow', 'drop', 'reject']), stage: Type.String(), reason: Type.String(), port: Type.String(),
  network: text('the network that the frame is in'),
  tier: Type.String(), policy: Type.String(), rule: Type.String(), generation: Type.Integer(),
  connection: Type.Optional(connection), path: Type.Array(step), nearest: Type.Optional(nearest), flip: Type.Optional(flip),
  receivers: Type.Array(Type.String(), { description: 'the ports that would get the frame' }),
  frame: text('the frame as one line'), notes: Type.Array(Type.String()),
}, { additionalProperties: true, description: 'the verdict, and each stage that was passed on the way to it' });
export const explanation = Type.Union([
  judged,
  list(Type.Object({
    time: Type.String(), reason: Type.String(), frame: Type.String(), length: Type.Integer(), now: judged,
  }, { description: 'a frame that died, how, and how it would fare now' })),
  Type.Object({
    protocol: Type.String(), destinationPort: Type.Optional(Type.Integer()), network: Type.Optional(Type.String()),
    ports: Type.Array(Type.String(), { description: 'senders as rows, receivers as columns' }),
    rows: Type.Array(Type.String(), { description: 'a character for each receiver: `.` may, `X` may not, `-` the port itself' }),
  }, { description: 'who reaches whom' }),
], { description: 'an explanation; for `last` a list of them, for `reach` a matrix' });

export const problem = Type.Object({
  type: Type.String(), title: Type.String(), status: Type.Integer(), detail: Type.String(),
  errors: Type.Array(Type.Object({
    path: text('a JSON Pointer into what was sent'), message: Type.String(), remedy: Type.String(),
  })),
}, { description: 'a problem document of RFC 9457' });

/** The body, when it has the form of the schema; refused with all that is wrong at once. */
export function checkBody(schema: TObject, body: unknown): Record<string, unknown> {
  const errors = checkStructure(schema, body, '');
  if (errors.length > 0) throw VswError.of('VSW_INVALID', errors);
  return body as Record<string, unknown>;
}
