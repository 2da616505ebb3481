/** Port: where frames of one container enter and leave; what it holds as a wish, and its status. */
import Type from 'typebox';
import { ofMetadata } from './instead.ts';
import type { Metadata } from './intent.ts';
import { nameSchema, NamespacedMetadataSchema } from './metadata.ts';
import { portNameSentence, portProtocols, type PortProtocol } from './protocols.ts';

export type PortType = 'tap' | 'memory' | 'pcap';

export interface RouteSpec {
  readonly to: string;
  readonly via?: string;
}

/** What passes the device is copied into a pcapng file. */
export interface CaptureSpec {
  readonly file: string;
  readonly snapshotLength?: number;
  readonly bytesMax?: number;
}

/** What is done to frames on purpose; `loss`, `repeat` and `corrupt` are percent of them. */
export interface FaultSpec {
  readonly loss?: number;
  readonly repeat?: number;
  readonly corrupt?: number;
  readonly delayMs?: number;
  readonly seed?: number;
  readonly direction?: 'receive' | 'transmit' | 'both';
}

export interface TrunkSpec {
  /** Each is tagged with its vlan, but for the native one. */
  readonly networks: readonly string[];
  readonly native?: string;
}

/** What a policy may call a port of TCP, UDP or SCTP by. */
export interface NamedPort {
  readonly name: string;
  readonly protocol?: PortProtocol;
  readonly port: number;
}

/** Has either `network` or `trunk`. */
export interface PortSpec {
  readonly network?: string;
  readonly trunk?: TrunkSpec;
  readonly type?: PortType;
  readonly netns?: string;
  readonly device?: string;
  readonly mac?: string;
  readonly addresses?: readonly string[];
  readonly routes?: readonly RouteSpec[];
  readonly antiSpoof?: boolean;
  readonly namedPorts?: readonly NamedPort[];
  readonly hairpin?: boolean;
  readonly mtu?: number;
  readonly limits?: { readonly macs?: number; readonly flows?: number; readonly groups?: number; readonly connections?: number };
  readonly multicastRouter?: boolean;
  readonly persist?: boolean;
  readonly queues?: number;
  readonly offloads?: boolean;
  readonly pcap?: { readonly read?: string; readonly write?: string; readonly repeat?: boolean };
  readonly capture?: CaptureSpec;
  readonly fault?: FaultSpec;
}

export interface PortResource {
  readonly apiVersion: 'vswitch/v1';
  readonly kind: 'Port';
  readonly metadata: Metadata;
  readonly spec: PortSpec;
}

export interface PortStatus {
  readonly state: 'ready' | 'waiting' | 'failed';
  /** The generation in which the port became active; 0 while it is not. */
  readonly generation: number;
  readonly mac: string;
  readonly addresses: readonly string[];
  readonly message: string;
}

export const deviceDefault = 'eth0';
export const macsLimitDefault = 256;
export const flowsLimitDefault = 65536;
export const groupsLimitDefault = 256;
export const connectionsLimitDefault = 65536;
/** The longest frame: what a super-frame may be, with two tags. */
export const snapshotLengthDefault = 65_557;
export const captureBytesDefault = 64 * 1024 * 1024;

/** Threads of a switch at most, and so queues of a TAP; native/base/epoch.hpp has a seat for each, one for control and one for who only looks. */
export const workersMax = 62;

function percentSchema(fate: string) {
  return Type.Number({ minimum: 0, maximum: 100, description: `percent of the frames that ${fate}, from 0 to 100; absent: 0` });
}

export const PortSpecSchema = Type.Object(
  {
    network: Type.Optional(nameSchema('the one network of an access port; absent: trunk says which')),
    trunk: Type.Optional(
      Type.Object(
        {
          networks: Type.Array(nameSchema('a network'), { description: 'what it carries, each tagged with its vlan' }),
          native: Type.Optional(nameSchema('the one of them whose frames go without a tag; absent: none')),
        },
        { additionalProperties: false, description: 'instead of network: several networks; the native one of them goes without a tag; absent: network says which one' },
      ),
    ),
    type: Type.Optional(Type.Enum(['tap', 'memory', 'pcap'], { description: 'what its outside is: a device, your program, or captures; absent: tap' })),
    netns: Type.Optional(Type.String({ format: 'netns', description: "a name under /run/netns, an absolute path, or pid:N; absent: the switch's own" })),
    device: Type.Optional(Type.String({ format: 'device', description: `the name of the network device inside the namespace; absent: ${deviceDefault}` })),
    mac: Type.Optional(Type.String({ format: 'mac', description: 'the MAC of its device; absent: chosen once, then kept for this name' })),
    addresses: Type.Optional(
      Type.Array(Type.String({ format: 'cidr' }), { description: "its addresses with their prefix lengths; absent: taken from the network's subnets, then kept for this name" }),
    ),
    routes: Type.Optional(
      Type.Array(
        Type.Object(
          { to: Type.String({ format: 'destination', description: 'a prefix or default' }), via: Type.Optional(Type.String({ format: 'ip', description: 'the next hop; absent: none, what it leads to is on the link' })) },
          { additionalProperties: false },
        ),
        { description: 'routes that the device gets inside the namespace; absent: none' },
      ),
    ),
    antiSpoof: Type.Optional(Type.Boolean({ description: 'only the own addresses may be sent; absent: true' })),
    namedPorts: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: '^[-a-z0-9]{1,15}$', title: 'what policies call it', description: portNameSentence }),
            protocol: Type.Optional(Type.Enum([...portProtocols], { description: 'whose port it is; absent: tcp' })),
            port: Type.Integer({ minimum: 1, maximum: 65_535, description: 'its number' }),
          },
          { additionalProperties: false },
        ),
        { description: 'names for ports of TCP, UDP and SCTP that it serves, for policies; absent: none' },
      ),
    ),
    hairpin: Type.Optional(Type.Boolean({ description: 'frames may go back where they came from; absent: false' })),
    mtu: Type.Optional(Type.Integer({ minimum: 576, maximum: 9000, description: "the longest IP packet in bytes; absent: the network's, of a trunk the largest of its networks'" })),
    limits: Type.Optional(
      Type.Object(
        {
          macs: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: `MACs that may be learned at it; absent: ${macsLimitDefault}` })),
          flows: Type.Optional(Type.Integer({ minimum: 1, maximum: 16_777_216, description: `flows that may be made for its frames; absent: ${flowsLimitDefault}` })),
          groups: Type.Optional(Type.Integer({ minimum: 1, maximum: 16_384, description: `multicast groups that it may be a member of; absent: ${groupsLimitDefault}` })),
          connections: Type.Optional(Type.Integer({ minimum: 1, maximum: 16_777_216, description: `connections that it may have begun; absent: ${connectionsLimitDefault}` })),
        },
        { additionalProperties: false, description: 'its share of the tables' },
      ),
    ),
    multicastRouter: Type.Optional(Type.Boolean({ description: 'gets all multicast of its network and may ask for members; absent: found out by its queries' })),
    persist: Type.Optional(Type.Boolean({ description: 'whether the device outlives the switch; absent: true' })),
    queues: Type.Optional(
      Type.Integer({ minimum: 1, maximum: workersMax, description: "queues of the TAP, each received by a worker of its own; at most the switch's workers are used; absent: 1" }),
    ),
    offloads: Type.Optional(Type.Boolean({ description: 'memory ports: take super-frames and partial checksums untouched; absent: false' })),
    pcap: Type.Optional(
      Type.Object(
        {
          read: Type.Optional(Type.String({ minLength: 1, description: 'the capture that is played in; absent: none' })),
          write: Type.Optional(Type.String({ minLength: 1, description: 'the capture that is written; absent: none' })),
          repeat: Type.Optional(Type.Boolean({ description: 'plays the capture over and over, as fast as it is taken; absent: false' })),
        },
        { additionalProperties: false, description: 'of a port of type pcap: what it plays and writes' },
      ),
    ),
    capture: Type.Optional(
      Type.Object(
        {
          file: Type.String({ format: 'file', description: 'the absolute path of the pcapng file that is written; what it held is gone' }),
          snapshotLength: Type.Optional(Type.Integer({ minimum: 64, maximum: snapshotLengthDefault, description: 'bytes of a frame that are kept; absent: all' })),
          bytesMax: Type.Optional(Type.Integer({ minimum: 4096, maximum: 4_294_967_295, description: 'how long the file may become; absent: 64 MiB' })),
        },
        { additionalProperties: false, description: 'copies what passes the device into a file' },
      ),
    ),
    fault: Type.Optional(
      Type.Object(
        {
          loss: Type.Optional(percentSchema('are lost')),
          repeat: Type.Optional(percentSchema('come twice')),
          corrupt: Type.Optional(percentSchema('differ by one bit')),
          delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'milliseconds that every frame waits; absent: 0' })),
          seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295, description: 'the same seed does the same to the same frames; absent: 0' })),
          direction: Type.Optional(Type.Enum(['receive', 'transmit', 'both'], { description: 'which frames, as seen from the switch; absent: both' })),
        },
        { additionalProperties: false, description: 'loses, repeats, corrupts and delays frames on purpose' },
      ),
    ),
  },
  { additionalProperties: false, 'x-instead': ofMetadata },
);

export const PortSchema = Type.Object(
  {
    apiVersion: Type.Literal('vswitch/v1'),
    kind: Type.Literal('Port'),
    metadata: NamespacedMetadataSchema,
    spec: PortSpecSchema,
    status: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
