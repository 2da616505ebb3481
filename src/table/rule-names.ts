/** RuleNames: what the numbers of rules mean to people. */

export type RuleTier = 'emergency' | 'infrastructure' | 'environment' | 'application' | 'networkPolicy' | 'baseline';

export interface RuleName {
  /** `Policy/name`, `NetworkPolicy/namespace/name` or `Network/name`. */
  readonly policy: string;
  /** Its own name, its place (`ingress[0]`), or `default`. */
  readonly rule: string;
  readonly tier: RuleTier;
  readonly direction: 'ingress' | 'egress';
  readonly action: 'allow' | 'drop' | 'reject' | 'pass';
}

/** Number 1 is not among them: it is the default policy of the network that the packet is in. */
export interface RuleNames {
  get(id: number): RuleName | undefined;
  /** Every rule that there is. */
  all(): Iterable<NamedRule>;
}

export interface NamedRule {
  readonly id: number;
  readonly name: RuleName;
  /** Otherwise its policy is only audited. */
  readonly isEnforced: boolean;
}

export const noRuleNames: RuleNames = { get: () => undefined, all: () => [] };

/** The number of what nothing else decided. */
export const networkDefault = 1;

/** What a rule is called that decided about a packet in this network; empty texts for a number without a name. */
export function nameOfRule(names: RuleNames, id: number, network: string): Pick<RuleName, 'policy' | 'rule'> & { readonly tier: RuleTier | '' } {
  if (id === networkDefault && network !== '') return { policy: `Network/${network}`, rule: 'default', tier: '' };
  const { policy, rule, tier } = names.get(id) ?? { policy: '', rule: '', tier: '' as const };
  return { policy, rule, tier };
}
