/** Policy: rules for ports that are chosen by their labels, in a tier; what it holds as a wish, and what is meant where nothing is said. */
import Type from 'typebox';
import { insteadInAppliesTo, insteadInPeer, insteadInPolicy, insteadInRule } from './instead.ts';
import type { Metadata } from './intent.ts';
import { labelPattern, MetadataSchema, nameSchema } from './metadata.ts';
import { ProtocolsSchema, type ProtocolSpec } from './protocols.ts';
import { selectorSchema, type Selector } from './selector.ts';

/** From the first that decides to the last. */
export const tiers = ['emergency', 'infrastructure', 'environment', 'application', 'baseline'] as const;
export type Tier = (typeof tiers)[number];
export const actions = ['allow', 'drop', 'reject', 'pass'] as const;
export type PolicyAction = (typeof actions)[number];
export type Direction = 'ingress' | 'egress';
export type Established = 'recheck' | 'keep' | 'kill';

export const tierDefault: Tier = 'application';
export const orderDefault = 100;

/** Whom a rule is about; what stands in it must all be true. */
export interface PeerSpec {
  readonly ports?: Selector;
  readonly namespaces?: Selector;
  readonly networks?: readonly string[];
  readonly cidr?: string;
  readonly except?: readonly string[];
}

/** `from` is of ingress, `to` of egress. */
export interface RuleSpec {
  readonly name?: string;
  readonly action: PolicyAction;
  readonly from?: readonly PeerSpec[];
  readonly to?: readonly PeerSpec[];
  readonly protocols?: readonly ProtocolSpec[];
  readonly log?: boolean;
}

export interface AppliesTo {
  readonly ports?: Selector;
  readonly namespaces?: Selector;
  readonly networks?: readonly string[];
}

export interface PolicySpec {
  readonly tier?: Tier;
  readonly order?: number;
  readonly appliesTo: AppliesTo;
  readonly ingress?: readonly RuleSpec[];
  readonly egress?: readonly RuleSpec[];
  readonly default?: { readonly ingress?: PolicyAction; readonly egress?: PolicyAction };
  readonly established?: Established;
  readonly enforce?: boolean;
}

export interface PolicyResource {
  readonly apiVersion: 'vswitch/v1';
  readonly kind: 'Policy';
  readonly metadata: Metadata;
  readonly spec: PolicySpec;
}

/** How a rule is called: its own name, or its place. */
export function ruleNameOf({ name }: RuleSpec, direction: Direction, index: number): string {
  return name ?? `${direction}[${index}]`;
}

/** Networks that the policy depends on. */
export function networksNamedBy({ spec }: PolicyResource): ReadonlySet<string> {
  const peers = [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(({ from, to }) => from ?? to ?? []);
  return new Set([spec.appliesTo, ...peers].flatMap(({ networks }) => networks ?? []));
}

const networksSchema = (description: string) => Type.Optional(Type.Array(nameSchema('a network'), { description }));
const actionSchema = (description: string) => Type.Enum([...actions], { description, 'x-stand-in': 'allow' });

function peersSchema(whom: string) {
  return Type.Optional(
    Type.Array(
      Type.Object(
        {
          ports: Type.Optional(selectorSchema('ports with these labels; absent: all of the namespaces, or no ports in particular')),
          namespaces: Type.Optional(selectorSchema('ports of namespaces with these labels; absent: those of every namespace')),
          networks: networksSchema('in one of these networks; absent: in any'),
          cidr: Type.Optional(Type.String({ format: 'prefix', description: 'addresses of this prefix; absent: any' })),
          except: Type.Optional(Type.Array(Type.String({ format: 'prefix' }), { description: 'but not of these, which are inside it; absent: none' })),
        },
        { additionalProperties: false, 'x-instead': insteadInPeer },
      ),
      { description: `${whom}, whoever an entry is about; all that stands in an entry must be true; absent: anyone` },
    ),
  );
}

function ruleSchema<Peers extends Record<string, ReturnType<typeof peersSchema>>>(direction: Direction, peers: Peers) {
  return Type.Object(
    {
      name: Type.Optional(Type.String({
        pattern: `^${labelPattern}$`, title: `how it is called, once in each direction; absent: ${direction}[0] and so on`,
        description: 'at most 63 letters, digits, dashes, dots and underscores, with a letter or digit at both ends',
      })),
      action: actionSchema('what becomes of what matches; pass: on to the next tier'),
      ...peers,
      protocols: Type.Optional(ProtocolsSchema),
      log: Type.Optional(Type.Boolean({ description: 'what it decides is told as an event; absent: false' })),
    },
    { additionalProperties: false, 'x-instead': insteadInRule[direction] },
  );
}

export const PolicySpecSchema = Type.Object(
  {
    tier: Type.Optional(Type.Enum([...tiers], { description: `which policies decide first, from emergency on; absent: ${tierDefault}` })),
    order: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000, description: `inside the tier, lower first, equal ones by name; absent: ${orderDefault}` })),
    appliesTo: Type.Object(
      {
        ports: Type.Optional(selectorSchema('those with these labels; absent: all')),
        namespaces: Type.Optional(selectorSchema('those of namespaces with these labels; absent: of all')),
        networks: networksSchema('in these networks; of a trunk only what passes in them is judged; absent: in all'),
      },
      { additionalProperties: false, 'x-instead': insteadInAppliesTo, 'x-stand-in': {}, description: 'the ports that it judges; all that stands here must be true, {} means every port' },
    ),
    ingress: Type.Optional(Type.Array(ruleSchema('ingress', { from: peersSchema('who sends') }), { description: 'rules for what the ports get, the first that matches decides; absent: none' })),
    egress: Type.Optional(Type.Array(ruleSchema('egress', { to: peersSchema('who is the receiver') }), { description: 'rules for what the ports send, the first that matches decides; absent: none' })),
    default: Type.Optional(
      Type.Object(
        {
          ingress: Type.Optional(actionSchema('what they get; absent: on to the next tier')),
          egress: Type.Optional(actionSchema('what they send; absent: on to the next tier')),
        },
        { additionalProperties: false, description: 'decides when no rule of the tier matched' },
      ),
    ),
    established: Type.Optional(Type.Enum(['recheck', 'keep', 'kill'], { description: 'what a change does to connections that it allowed: judged again, kept, or ended with both ends told; absent: recheck' })),
    enforce: Type.Optional(Type.Boolean({ description: 'false: it counts and tells what it would have done, and decides nothing; absent: true' })),
  },
  { additionalProperties: false, 'x-instead': insteadInPolicy },
);

export const PolicySchema = Type.Object(
  {
    apiVersion: Type.Literal('vswitch/v1'),
    kind: Type.Literal('Policy'),
    metadata: MetadataSchema,
    spec: PolicySpecSchema,
    status: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
