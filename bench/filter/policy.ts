/** The rules as a policy of ours: of every port, in both directions, and what they do not decide is dropped. */
import type { FilterRule } from './rules.ts';

export const policyName = 'bench';

export function policyOf(rules: readonly FilterRule[]): object {
  const sentences = (side: 'from' | 'to'): object[] => rules.map(({ action, protocol, peers, port }) => ({
    action, [side]: [{ cidr: peers }], ...(protocol === undefined ? {} : { protocols: [{ [protocol]: [port ?? '1-65535'] }] }),
  }));
  return {
    apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: policyName },
    spec: {
      tier: 'application', appliesTo: {}, ingress: sentences('from'), egress: sentences('to'), default: { ingress: 'drop', egress: 'drop' },
    },
  };
}
