/** Network: one L2 segment with one MAC table; what it holds as a wish, and what is meant where nothing is said. */
import Type from 'typebox';
import { ofMetadata } from './instead.ts';
import type { Metadata } from './intent.ts';
import { MetadataSchema } from './metadata.ts';
import { MulticastSchema, type MulticastSpec } from './multicast.ts';
import { TimeoutsSchema, type Timeouts } from './timeouts.ts';

export type Decision = 'allow' | 'drop';

export interface NetworkSpec {
  readonly subnets?: readonly string[];
  readonly excluded?: readonly string[];
  readonly mtu?: number;
  readonly vlan?: number;
  readonly carryTags?: boolean;
  readonly defaultPolicy?: { readonly ingress?: Decision; readonly egress?: Decision };
  readonly nodeAddresses?: readonly string[];
  readonly etherTypes?: readonly number[];
  readonly staticMacs?: readonly { readonly mac: string; readonly port: string }[];
  readonly macAgeSeconds?: number;
  readonly stormLimit?: StormLimit;
  readonly loopDetection?: LoopDetection;
  readonly multicast?: MulticastSpec;
  readonly timeouts?: Timeouts;
  readonly tcpLoose?: boolean;
}

/** How the switch finds out that two ports are joined outside of it. */
export interface LoopDetection {
  /** Between the probes that each port without anti-spoof gets; 0: none. */
  readonly probeSeconds?: number;
  /** How long a port by which a probe came back is held down. */
  readonly holdSeconds?: number;
}

/** Frames a second that each port may send to many receivers; what is over it dies. */
export interface StormLimit {
  readonly broadcast?: number;
  readonly multicast?: number;
  readonly unknownUnicast?: number;
}

export interface NetworkResource {
  readonly apiVersion: 'vswitch/v1';
  readonly kind: 'Network';
  readonly metadata: Metadata;
  readonly spec: NetworkSpec;
}

export const networkMtuDefault = 1500;
export const macAgeSecondsDefault = 300;
export const stormLimitDefault: Required<StormLimit> = { broadcast: 1000, multicast: 5000, unknownUnicast: 1000 };

export const loopDetectionDefault: Required<LoopDetection> = { probeSeconds: 2, holdSeconds: 30 };

function rateSchema(absent: number) {
  return Type.Integer({ minimum: 0, maximum: 100_000_000, description: `frames a second; 0: none; absent: ${absent}` });
}

function decisionSchema(whom: string) {
  return Type.Enum(['allow', 'drop'], { description: `what becomes of packets ${whom} a port that nothing else decided; absent: allow` });
}

export const NetworkSpecSchema = Type.Object(
  {
    subnets: Type.Optional(Type.Array(Type.String({ format: 'cidr' }), { description: 'where addresses of ports are taken from; absent: none, ports get no addresses but those that they declare' })),
    excluded: Type.Optional(Type.Array(Type.String({ format: 'range' }), { description: 'addresses and ranges that are never given out; absent: none' })),
    mtu: Type.Optional(Type.Integer({ minimum: 576, maximum: 9000, description: `the longest IP packet in bytes; absent: ${networkMtuDefault}` })),
    vlan: Type.Optional(Type.Integer({ minimum: 1, maximum: 4094, description: 'its tag on trunk ports; absent: none, and a trunk carries it only as its native one' })),
    carryTags: Type.Optional(Type.Boolean({ description: "VLAN tags that hosts put on themselves pass as payload; absent: false, such frames die" })),
    defaultPolicy: Type.Optional(
      Type.Object(
        { ingress: Type.Optional(decisionSchema('to')), egress: Type.Optional(decisionSchema('from')) },
        { additionalProperties: false, description: 'decides what nothing else decided' },
      ),
    ),
    nodeAddresses: Type.Optional(
      Type.Array(Type.String({ format: 'ip' }), { description: "the host's own addresses, from which ports get packets whatever a NetworkPolicy says; absent: none" }),
    ),
    etherTypes: Type.Optional(
      Type.Array(
        Type.Union([
          Type.Integer({ minimum: 0x600, maximum: 0xffff }),
          Type.String({ pattern: '^0x[0-9a-fA-F]{1,4}$' }),
        ], { description: 'a number from 0x0600 to 0xffff' }),
        { description: 'EtherTypes other than IPv4, IPv6 and ARP that may pass; absent: none' },
      ),
    ),
    staticMacs: Type.Optional(
      Type.Array(
        Type.Object({ mac: Type.String({ format: 'mac', description: 'the MAC, which is never learned elsewhere' }), port: Type.String({ description: 'the name of the port where it is' }) }, { additionalProperties: false }),
        { description: 'where MACs are that were not heard yet, and stay; absent: none' },
      ),
    ),
    macAgeSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: `seconds that a learned MAC lives unseen; absent: ${macAgeSecondsDefault}` })),
    loopDetection: Type.Optional(
      Type.Object(
        {
          probeSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 3600, description: `seconds between probes; 0: none; absent: ${loopDetectionDefault.probeSeconds}` })),
          holdSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, description: `seconds that a port which loops is held down; absent: ${loopDetectionDefault.holdSeconds}` })),
        },
        { additionalProperties: false, description: 'how loops outside of the switch are found' },
      ),
    ),
    stormLimit: Type.Optional(
      Type.Object(
        { 
          broadcast: Type.Optional(rateSchema(stormLimitDefault.broadcast)),
          multicast: Type.Optional(rateSchema(stormLimitDefault.multicast)),
          unknownUnicast: Type.Optional(rateSchema(stormLimitDefault.unknownUnicast)),
        },
        { additionalProperties: false, description: 'what each port may send to many receivers' },
      ),
    ),
    multicast: Type.Optional(MulticastSchema),
    timeouts: Type.Optional(TimeoutsSchema),
    tcpLoose: Type.Optional(Type.Boolean({ description: 'a TCP connection whose beginning was not seen is picked up where it is, if policies allow it; false: only a SYN begins one, so a restart of the switch ends those that run; absent: true' })),
  },
  { additionalProperties: false, 'x-instead': ofMetadata },
);

export const NetworkSchema = Type.Object(
  {
    apiVersion: Type.Literal('vswitch/v1'),
    kind: Type.Literal('Network'),
    metadata: MetadataSchema,
    spec: Type.Optional(NetworkSpecSchema),
    status: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
