/** All drivers, in the order in which they are told. */
import { bareRelay } from './bare-relay.ts';
import { bridgeNft } from './bridge-nft.ts';
import { ovsDpdk, testpmd } from './dpdk.ts';
import type { Driver } from './driver.ts';
import { linuxBridge } from './linux-bridge.ts';
import { ovs, ovsTso } from './ovs.ts';
import { ovsTsoAcl } from './ovs-tso-acl.ts';
import { vde } from './vde.ts';
import { veth } from './veth.ts';
import { vswitch } from './vswitch.ts';

export const drivers: readonly Driver[] = [
  vswitch, linuxBridge, bridgeNft, veth, bareRelay, ovs, ovsTso, ovsTsoAcl, vde, ovsDpdk, testpmd,
];
