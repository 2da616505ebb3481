/** Namespace: a tenancy of ports, as Kubernetes has it. Optional; it carries labels. */
import Type from 'typebox';
import type { Metadata } from './intent.ts';
import { MetadataSchema } from './metadata.ts';

export interface NamespaceResource {
  readonly apiVersion: 'v1';
  readonly kind: 'Namespace';
  readonly metadata: Metadata;
}

export const NamespaceSchema = Type.Object(
  {
    apiVersion: Type.Literal('v1'),
    kind: Type.Literal('Namespace'),
    metadata: MetadataSchema,
    spec: Type.Optional(Type.Object({}, { additionalProperties: false })),
    status: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
