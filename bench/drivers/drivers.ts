/** All drivers, in the order in which they are told. */
import { bareRelay } from './bare-relay.ts';
import { bridgeNft } from './bridge-nft.ts';
import type { Driver } from './driver.ts';
import { linuxBridge } from './linux-bridge.ts';
import { ovs, ovsTso } from './ovs.ts';
import { ovsDpdk } from './ovs-dpdk.ts';
import { ovsTsoAcl } from './ovs-tso-acl.ts';
import { testpmd } from './testpmd.ts';
import { vde } from './vde.ts';
import { veth } from './veth.ts';
import { vswitch } from './vswitch.ts';
import { vswitchAcl } from './vswitch-acl.ts';

export const drivers: readonly Driver[] = [
  vswitch, vswitchAcl, linuxBridge, bridgeNft, veth, bareRelay, ovs, ovsTso, ovsTsoAcl, vde, ovsDpdk, testpmd,
];
