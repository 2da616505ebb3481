// Generated from native/commit/edits.def by src/table/generate.mjs; edit that file instead.
/** The edits that a transaction is made of, and the order of their bytes. */
import type { Cidr } from '../address/cidr.ts';
import type { Ip } from '../address/ip.ts';

/** `via` is absent for what is reached on the link itself. */
export interface RouteEntry {
  readonly to: Cidr;
  readonly via: Ip | undefined;
}

/** An address of a trunk in a network that it carries tagged. */
export interface TrunkAddress {
  readonly network: number;
  readonly prefix: Cidr;
}

export interface PutNetwork {
  readonly edit: 'PutNetwork';
  readonly network: number;
  readonly name: string;
  readonly mtu: number;
  readonly macAgeMs: number;
  readonly etherTypes: readonly number[];
  readonly ingressAllowed: number;
  readonly egressAllowed: number;
  readonly vlan: number;
  readonly carriesTags: number;
  readonly stormBroadcast: number;
  readonly stormMulticast: number;
  readonly stormUnknownUnicast: number;
  readonly loopProbeMs: number;
  readonly loopHoldMs: number;
  readonly snooping: number;
  readonly querier: number;
  readonly fastLeave: number;
  readonly floodUnknown: number;
  readonly queryMs: number;
  readonly responseMs: number;
}

export interface DeleteNetwork {
  readonly edit: 'DeleteNetwork';
  readonly network: number;
}

export interface PutPort {
  readonly edit: 'PutPort';
  readonly port: number;
  readonly name: string;
  readonly network: number;
  readonly type: number;
  readonly netns: string;
  readonly device: string;
  readonly mac: string;
  readonly addresses: readonly Cidr[];
  readonly routes: readonly RouteEntry[];
  readonly mtu: number;
  readonly antiSpoof: number;
  readonly persist: number;
  readonly offloads: number;
  readonly macsMax: number;
  readonly flowsMax: number;
  readonly pcapRead: string;
  readonly pcapWrite: string;
  readonly pcapRepeat: number;
  readonly trunk: readonly number[];
  readonly trunkAddresses: readonly TrunkAddress[];
  readonly hairpin: number;
  readonly groupsMax: number;
  readonly multicastRouter: number;
  readonly queues: number;
  readonly captureFile: string;
  readonly captureSnapshotLength: number;
  readonly captureBytesMax: number;
  readonly faultSeed: number;
  readonly faultLoss: number;
  readonly faultRepeat: number;
  readonly faultCorrupt: number;
  readonly faultDelayMs: number;
  readonly faultDirections: number;
}

export interface DeletePort {
  readonly edit: 'DeletePort';
  readonly port: number;
}

export interface ClosePort {
  readonly edit: 'ClosePort';
  readonly port: number;
}

export interface PutStaticMac {
  readonly edit: 'PutStaticMac';
  readonly network: number;
  readonly mac: string;
  readonly port: number;
}

export interface DeleteStaticMac {
  readonly edit: 'DeleteStaticMac';
  readonly network: number;
  readonly mac: string;
}

export type Edit = PutNetwork | DeleteNetwork | PutPort | DeletePort | ClosePort | PutStaticMac | DeleteStaticMac;

export type FieldType = 'list_prefix' | 'list_route' | 'list_trunk_address' | 'list_u16' | 'mac' | 'text' | 'u16' | 'u32' | 'u8';

export interface EditLayout {
  readonly tag: number;
  readonly fields: readonly (readonly [name: string, type: FieldType])[];
}

export const editLayouts: Readonly<Record<Edit['edit'], EditLayout>> = {
  PutNetwork: {
    tag: 1,
    fields: [
      ['network', 'u16'],
      ['name', 'text'],
      ['mtu', 'u16'],
      ['macAgeMs', 'u32'],
      ['etherTypes', 'list_u16'],
      ['ingressAllowed', 'u8'],
      ['egressAllowed', 'u8'],
      ['vlan', 'u16'],
      ['carriesTags', 'u8'],
      ['stormBroadcast', 'u32'],
      ['stormMulticast', 'u32'],
      ['stormUnknownUnicast', 'u32'],
      ['loopProbeMs', 'u32'],
      ['loopHoldMs', 'u32'],
      ['snooping', 'u8'],
      ['querier', 'u8'],
      ['fastLeave', 'u8'],
      ['floodUnknown', 'u8'],
      ['queryMs', 'u32'],
      ['responseMs', 'u32'],
    ],
  },
  DeleteNetwork: {
    tag: 2,
    fields: [
      ['network', 'u16'],
    ],
  },
  PutPort: {
    tag: 3,
    fields: [
      ['port', 'u16'],
      ['name', 'text'],
      ['network', 'u16'],
      ['type', 'u8'],
      ['netns', 'text'],
      ['device', 'text'],
      ['mac', 'mac'],
      ['addresses', 'list_prefix'],
      ['routes', 'list_route'],
      ['mtu', 'u16'],
      ['antiSpoof', 'u8'],
      ['persist', 'u8'],
      ['offloads', 'u8'],
      ['macsMax', 'u32'],
      ['flowsMax', 'u32'],
      ['pcapRead', 'text'],
      ['pcapWrite', 'text'],
      ['pcapRepeat', 'u8'],
      ['trunk', 'list_u16'],
      ['trunkAddresses', 'list_trunk_address'],
      ['hairpin', 'u8'],
      ['groupsMax', 'u32'],
      ['multicastRouter', 'u8'],
      ['queues', 'u8'],
      ['captureFile', 'text'],
      ['captureSnapshotLength', 'u32'],
      ['captureBytesMax', 'u32'],
      ['faultSeed', 'u32'],
      ['faultLoss', 'u32'],
      ['faultRepeat', 'u32'],
      ['faultCorrupt', 'u32'],
      ['faultDelayMs', 'u32'],
      ['faultDirections', 'u8'],
    ],
  },
  DeletePort: {
    tag: 4,
    fields: [
      ['port', 'u16'],
    ],
  },
  ClosePort: {
    tag: 5,
    fields: [
      ['port', 'u16'],
    ],
  },
  PutStaticMac: {
    tag: 6,
    fields: [
      ['network', 'u16'],
      ['mac', 'mac'],
      ['port', 'u16'],
    ],
  },
  DeleteStaticMac: {
    tag: 7,
    fields: [
      ['network', 'u16'],
      ['mac', 'mac'],
    ],
  },
};
