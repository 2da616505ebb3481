/** ovs and ovs-tso: Open vSwitch's datapath in user space on TAP devices, as it comes, and with its support for TSO. */
import type { Driver, RunningSwitch } from './driver.ts';
import type { Lab } from '../lab.ts';
import { pieces } from '../peers.ts';
import { OpenVswitch, openVswitchVersion } from './open-vswitch.ts';

/** `flows` in the place of the one that acts as a plain switch. */
export async function openOvs(lab: Lab, dpdk: boolean, settings: readonly string[], flows?: string): Promise<RunningSwitch> {
  const ovs = await OpenVswitch.start(lab, { dpdk, settings });
  if (flows !== undefined) await ovs.replaceFlows(flows);
  return {
    pids: [ovs.pid],
    async attach(numbers) {
      const ports = numbers.flatMap((number) => ['--', 'add-port', 'br0', `t${number}`, '--', 'set', 'interface', `t${number}`, 'type=tap']);
      await ovs.set(...ports.slice(1));
      for (const number of numbers) await lab.adopt(number, ovs.namespace, `t${number}`);
    },
  };
}

export const ovs: Driver = {
  name: 'ovs',
  about: "Open vSwitch's userspace datapath on TAP devices, as it comes",
  pieces: [pieces.ovs],
  version: async () => await openVswitchVersion(pieces.ovs),
  open: async (lab) => await openOvs(lab, false, []),
};

export const ovsTso: Driver = {
  name: 'ovs-tso',
  about: 'the same with userspace-tso-enable: TCP super-frames pass whole',
  pieces: [pieces.ovs, pieces.ovsDpdk],
  version: async () => await openVswitchVersion(pieces.ovsDpdk),
  open: async (lab) => await openOvs(lab, true, ['userspace-tso-enable=true']),
};
