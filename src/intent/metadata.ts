/** What every resource has: the name, the namespace of those that live in one, labels and notes. */
import Type from 'typebox';

export const namePattern = '^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$';
export const labelPattern = '([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)';
export const labelKeyPattern = `^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?${labelPattern}$`;

/** A name; its description says how names are written, its title what this one is for. */
export function nameSchema(title: string) {
  return Type.String({
    pattern: namePattern,
    title,
    description: 'at most 63 lower case letters, digits, dashes and dots, with a letter or digit at both ends',
  });
}

const LabelsSchema = Type.Object({}, {
  patternProperties: {
    [labelKeyPattern]: Type.String({ pattern: `^${labelPattern}?$`, description: 'at most 63 letters, digits, dashes, dots and underscores' }),
  },
  additionalProperties: false,
  title: 'short texts, for whoever chooses resources by them; absent: none',
  description: 'keys as Kubernetes has them: an optional prefix with a slash, then at most 63 letters, digits, dashes, dots and underscores',
});
const AnnotationsSchema = Type.Object({}, {
  patternProperties: { '^.+$': Type.String() },
  additionalProperties: false,
  title: 'notes of any length; absent: none',
});

export const MetadataSchema = Type.Object(
  { name: nameSchema('unique among the resources of its kind'), labels: Type.Optional(LabelsSchema), annotations: Type.Optional(AnnotationsSchema) },
  { additionalProperties: false },
);
export const NamespacedMetadataSchema = Type.Object(
  {
    name: nameSchema('unique in its namespace'),
    namespace: Type.Optional(nameSchema('the namespace that the port lives in; absent: default')),
    labels: Type.Optional(LabelsSchema),
    annotations: Type.Optional(AnnotationsSchema),
  },
  { additionalProperties: false },
);
/** Kubernetes lets these names be as long as those of hosts. */
export const NetworkPolicyMetadataSchema = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$',
      title: 'unique in its namespace',
      description: 'at most 253 lower case letters, digits, dashes and dots, with a letter or digit at both ends',
    }),
    namespace: Type.Optional(nameSchema('the namespace whose ports it is about; absent: default')),
    labels: Type.Optional(LabelsSchema),
    annotations: Type.Optional(AnnotationsSchema),
  },
  { additionalProperties: false },
);
