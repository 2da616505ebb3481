/** NetworkPolicy: as Kubernetes has it (networking.k8s.io/v1); its pods are ports in its namespace. */
import Type from 'typebox';
import { insteadInNetworkPolicy, insteadInPodRule } from './instead.ts';
import type { Metadata } from './intent.ts';
import { NetworkPolicyMetadataSchema } from './metadata.ts';
import { selectorSchema, type Selector } from './selector.ts';

export interface NetworkPolicyPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface NetworkPolicyPort {
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly port?: number | string;
  readonly endPort?: number;
}

/** `from` is of ingress, `to` of egress. */
export interface NetworkPolicyRule {
  readonly from?: readonly NetworkPolicyPeer[];
  readonly to?: readonly NetworkPolicyPeer[];
  readonly ports?: readonly NetworkPolicyPort[];
}

export interface NetworkPolicySpec {
  readonly podSelector?: Selector;
  readonly policyTypes?: readonly ('Ingress' | 'Egress')[];
  readonly ingress?: readonly NetworkPolicyRule[];
  readonly egress?: readonly NetworkPolicyRule[];
}

export interface NetworkPolicyResource {
  readonly apiVersion: 'networking.k8s.io/v1';
  readonly kind: 'NetworkPolicy';
  readonly metadata: Metadata;
  readonly spec: NetworkPolicySpec;
}

/** The directions in which it isolates: as stated, otherwise ingress, and egress when it has rules for that. */
export function isolates({ policyTypes = [], egress = [] }: NetworkPolicySpec, direction: 'ingress' | 'egress'): boolean {
  if (policyTypes.length > 0) return policyTypes.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
  return direction === 'ingress' || egress.length > 0;
}

function peersSchema(whom: string) {
  return Type.Optional(
    Type.Array(
      Type.Object(
        {
          podSelector: Type.Optional(selectorSchema("ports with these labels, of the policy's namespace unless namespaceSelector says of which; absent: all of them")),
          namespaceSelector: Type.Optional(selectorSchema("of namespaces with these labels; absent: of the policy's")),
          ipBlock: Type.Optional(
            Type.Object(
              {
                cidr: Type.String({ format: 'prefix', description: 'the prefix' }),
                except: Type.Optional(Type.Array(Type.String({ format: 'prefix' }), { description: 'but not these, which are inside it; absent: none' })),
              },
              { additionalProperties: false, description: 'addresses, instead of selectors' },
            ),
          ),
        },
        { additionalProperties: false },
      ),
      { description: `${whom}, whoever an entry is about; absent: anyone, as when it is empty` },
    ),
  );
}

const portsSchema = Type.Optional(
  Type.Array(
    Type.Object(
      {
        protocol: Type.Optional(Type.Enum(['TCP', 'UDP', 'SCTP'], { description: 'the protocol; absent: TCP' })),
        port: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.String()], { description: "a port from 1 to 65535, or a name of the receiver's namedPorts; absent: every port" })),
        endPort: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: 'the last of a range that begins with port; absent: port alone' })),
      },
      { additionalProperties: false },
    ),
    { description: 'to which ports of the receiver; absent: to any and by any protocol, as when it is empty' },
  ),
);

export const NetworkPolicySpecSchema = Type.Object(
  {
    podSelector: Type.Optional(selectorSchema('the ports of its namespace that it isolates; absent: all of them')),
    policyTypes: Type.Optional(Type.Array(Type.Enum(['Ingress', 'Egress']), { description: 'in which directions it isolates; absent: Ingress, and Egress if there are rules for it' })),
    ingress: Type.Optional(
      Type.Array(Type.Object({ from: peersSchema('who may send'), ports: portsSchema }, { additionalProperties: false, 'x-instead': insteadInPodRule.ingress }), { description: 'what the ports may get nevertheless; absent: nothing' }),
    ),
    egress: Type.Optional(
      Type.Array(Type.Object({ to: peersSchema('who may be the receiver'), ports: portsSchema }, { additionalProperties: false, 'x-instead': insteadInPodRule.egress }), { description: 'what the ports may send nevertheless; absent: nothing' }),
    ),
  },
  { additionalProperties: false, 'x-instead': insteadInNetworkPolicy },
);

export const NetworkPolicySchema = Type.Object(
  {
    apiVersion: Type.Literal('networking.k8s.io/v1'),
    kind: Type.Literal('NetworkPolicy'),
    metadata: NetworkPolicyMetadataSchema,
    spec: NetworkPolicySpecSchema,
    status: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
