/**
 * ovs-tso-acl: Open vSwitch in user space with TSO that tracks connections and asks 1,000 rules about new ones, of which the
 * last one matches.
 */
import { openFlowOf } from '../filter/open-flow.ts';
import { filterRules, rulesMeasured } from '../filter/rules.ts';
import { containersPrefix } from '../lab.ts';
import type { Driver } from './driver.ts';
import { openOvs, ovsTso } from './ovs.ts';

export const ovsTsoAcl: Driver = {
  ...ovsTso,
  name: 'ovs-tso-acl',
  about: 'ovs-tso with connection tracking and 1,000 rules for what is new, the last one matches',
  open: async (lab) => await openOvs(lab, true, ['userspace-tso-enable=true'], openFlowOf(filterRules(rulesMeasured, containersPrefix), 'NORMAL')),
};
