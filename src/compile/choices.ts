/**
 * Choices: who is chosen by selectors of ports and namespaces. There are many of both, so a choice is looked up by a label that it wants.
 */
import type { Labels, Selector } from '../intent/selector.ts';
import { selects } from '../intent/selector.ts';

/** All that is there must be true. */
export interface Choice {
  readonly ports: Selector | undefined;
  readonly namespaces: Selector | undefined;
  /** The one namespace of those who are chosen. */
  readonly namespace: string | undefined;
}

/** Who is chosen or not: what ports have in common that have the same labels in the same namespace. */
export interface Subject {
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
}

export function isChosen(subject: Subject, { ports, namespaces, namespace }: Choice): boolean {
  return (namespace === undefined || namespace === subject.namespace)
    && (ports === undefined || selects(ports, subject.labels))
    && (namespaces === undefined || selects(namespaces, subject.namespaceLabels));
}

/** Fewer are faster asked one by one. */
const fewChoices = 8;

export class ChoiceIndex<One extends Choice> {
  readonly #byPlace = new Map<string, One[]>();
  readonly #others: One[] = [];

  constructor(choices: readonly One[]) {
    for (const choice of choices) {
      const place = choices.length > fewChoices ? placeOf(choice) : undefined;
      const group = place === undefined ? this.#others : this.#byPlace.get(place);
      if (group === undefined) this.#byPlace.set(place!, [choice]);
      else group.push(choice);
    }
  }

  /** The choices by which the subject is chosen. */
  of(subject: Subject): One[] {
    const found = this.#others.filter((choice) => isChosen(subject, choice));
    const look = (place: string): void => {
      for (const choice of this.#byPlace.get(place) ?? []) if (isChosen(subject, choice)) found.push(choice);
    };
    if (this.#byPlace.size === 0) return found;
    for (const key in subject.labels) look(`port ${key}=${subject.labels[key]}`);
    for (const key in subject.namespaceLabels) look(`namespace ${key}=${subject.namespaceLabels[key]}`);
    look(`in ${subject.namespace}`);
    return found;
  }
}

/** One of what must be true of whoever is chosen; undefined when nothing is that simple. */
function placeOf({ ports, namespaces, namespace }: Choice): string | undefined {
  for (const [key, value] of Object.entries(ports?.matchLabels ?? {})) return `port ${key}=${value}`;
  if (namespace !== undefined) return `in ${namespace}`;
  for (const [key, value] of Object.entries(namespaces?.matchLabels ?? {})) return `namespace ${key}=${value}`;
  return undefined;
}
