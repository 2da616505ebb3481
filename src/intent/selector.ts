/**
 * Selectors: who is meant, by labels, as Kubernetes has it. All that a selector says must be true, so an empty one means everybody.
 */
import Type from 'typebox';
import { labelKeyPattern, labelPattern } from './metadata.ts';
import type { Report } from './port-coherence.ts';

export type Labels = Readonly<Record<string, string>>;

export interface LabelExpression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelExpression[];
}

const labelSentence = 'at most 63 letters, digits, dashes, dots and underscores';

/** The schema of a selector of what `description` says. */
export function selectorSchema(description: string) {
  return Type.Object(
    {
      matchLabels: Type.Optional(
        Type.Object({}, {
          patternProperties: { [labelKeyPattern]: Type.String({ pattern: `^${labelPattern}?$`, description: labelSentence }) },
          additionalProperties: false,
          title: 'labels that must be there with these values; absent: any',
          description: `keys as Kubernetes has them: an optional prefix with a slash, then ${labelSentence}`,
        }),
      ),
      matchExpressions: Type.Optional(
        Type.Array(
          Type.Object(
            {
              key: Type.String({ pattern: labelKeyPattern, title: 'the key of a label', description: `an optional prefix with a slash, then ${labelSentence}` }),
              operator: Type.Enum(['In', 'NotIn', 'Exists', 'DoesNotExist'], { description: 'what must be true of it; without the label NotIn and DoesNotExist are' }),
              values: Type.Optional(Type.Array(Type.String({ pattern: `^${labelPattern}?$`, description: labelSentence }), { description: 'for In and NotIn; absent: none' })),
            },
            { additionalProperties: false },
          ),
          { description: 'what else must be true of the labels, all of it; absent: nothing' },
        ),
      ),
    },
    { additionalProperties: false, description, 'x-texts-in': 'matchLabels' },
  );
}

/** Whether these are the labels of somebody who is meant. */
export function selects({ matchLabels, matchExpressions }: Selector, labels: Labels): boolean {
  for (const key in matchLabels) if (!has(labels, key) || labels[key] !== matchLabels[key]) return false;
  return (matchExpressions ?? []).every((expression) => isTrue(expression, labels));
}

function isTrue({ key, operator, values = [] }: LabelExpression, labels: Labels): boolean {
  if (operator === 'Exists') return has(labels, key);
  if (operator === 'DoesNotExist') return !has(labels, key);
  const isListed = has(labels, key) && values.includes(labels[key]!);
  return operator === 'In' ? isListed : !isListed;
}

/** `constructor` may be the key of a label. */
function has(labels: Labels, key: string): boolean {
  return Object.hasOwn(labels, key);
}

/** Equal for selectors that say the same. */
export function selectorKey({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => JSON.stringify([key, operator, [...new Set(values)].sort()]));
  return JSON.stringify([Object.entries(matchLabels).sort(([a], [b]) => (a < b ? -1 : 1)), [...new Set(expressions)].sort()]);
}

/** What keeps a selector from making sense; `field` is where it stands. */
export function checkSelector(selector: Selector | undefined, field: string, report: Report): void {
  (selector?.matchExpressions ?? []).forEach(({ operator, values = [] }, index) => {
    const at = `${field}/matchExpressions/${index}/values`;
    const needsValues = operator === 'In' || operator === 'NotIn';
    if (needsValues && values.length === 0) report(at, `${operator} needs values to compare with`, 'list at least one, or write Exists or DoesNotExist');
    if (!needsValues && values.length > 0) report(at, `${operator} asks for the key alone`, 'remove the values, or write In or NotIn');
  });
}
