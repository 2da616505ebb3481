/**
 * SharedRules: what an intent holds is its own, and rules of a policy that say what they said before stay the same objects.
 *
 * A program may go on using what it gave to the switch, so what is kept is a copy. A policy of a hundred thousand rules is sent whole though
 * one of them changed: what is the same from the front and from behind is taken from the policy that runs, so what is known of it need not
 * be found out again. Such rules are nobody else's, so they are as they were when they were found right.
 */
import { copyOf, sameData } from './changes.ts';

/** The part of a policy that is looked at: its lists of rules. */
interface RuleLists {
  readonly ingress?: readonly object[];
  readonly egress?: readonly object[];
}

const ours = new WeakSet<object>();
const directions = ['ingress', 'egress'] as const;

/** Whether it is a rule of an intent, and so sound and in its normal form. */
export function isOurRule(rule: object): boolean {
  return ours.has(rule);
}

/** What was sent as a policy's spec, with the rules of `running` in it where they say the same. */
export function withRunningRules(spec: RuleLists, running: RuleLists): RuleLists {
  const lists: { ingress?: readonly object[]; egress?: readonly object[] } = {};
  for (const direction of directions) {
    const [rules, before] = [spec[direction], running[direction]];
    if (Array.isArray(rules) && before !== undefined) lists[direction] = sharing(rules as readonly object[], before);
  }
  return { ...spec, ...lists };
}

function sharing(rules: readonly object[], before: readonly object[]): readonly object[] {
  const kept = [...rules];
  const most = Math.min(rules.length, before.length);
  let head = 0;
  for (; head < most && sameData(rules[head], before[head]); head += 1) kept[head] = before[head]!;
  for (let tail = 1; tail <= most - head && sameData(rules.at(-tail), before.at(-tail)); tail += 1) kept[rules.length - tail] = before.at(-tail)!;
  return kept;
}

/** From now on the rules of this policy, which is in an intent that was found right and nowhere else, count as sound. */
export function adoptRules({ spec }: { readonly spec: RuleLists }): void {
  for (const direction of directions) for (const rule of spec[direction] ?? []) ours.add(rule);
}

/** A copy of the resource, but for rules that are an intent's already. */
export function ownCopy<Kept extends { readonly kind: string; readonly spec?: unknown }>(resource: Kept): Kept {
  if (resource.kind !== 'Policy' && resource.kind !== 'NetworkPolicy') return copyOf(resource);
  const { spec, ...outer } = resource;
  const { ingress, egress, ...rest } = spec as RuleLists;
  const own = (rules: readonly object[]): readonly object[] => rules.map((rule) => (ours.has(rule) ? rule : copyOf(rule)));
  return { ...copyOf(outer), spec: { ...copyOf(rest), ...(ingress && { ingress: own(ingress) }), ...(egress && { egress: own(egress) }) } } as Kept;
}
