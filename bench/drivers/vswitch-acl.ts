/** vswitch-acl: our daemon with a policy of 1,000 rules in each direction, of which the last one allows what is measured. */
import type { Driver } from './driver.ts';
import { openVswitchd, versionOfVswitch } from './vswitch.ts';

export const vswitchAcl: Driver = {
  name: 'vswitch-acl',
  about: 'vswitchd with a policy of 1,000 rules in each direction, the last one matches; what no rule decides is dropped',
  pieces: [],
  version: versionOfVswitch,
  open: async (lab) => await openVswitchd(lab, { isFiltered: true }),
};
