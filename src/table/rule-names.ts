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
}

export const noRuleNames: RuleNames = { get: () => undefined };
