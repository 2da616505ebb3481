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

/** Addresses of one network, or (0) of all. */
export type NetworkPrefix = TrunkAddress;

/** Protocol 256 is any. `named`: what stands for this number at the destination; 0: the range, of ports or of ICMP type << 8 | code. */
export interface ServiceEntry {
  readonly protocol: number;
  readonly first: number;
  readonly last: number;
  readonly named: number;
}

export interface SourcePortEntry {
  readonly first: number;
  readonly last: number;
}

/** `action`: 0 allow, 1 drop, 2 reject, 3 pass. `flags`: 1 log, 2 audited, 4 keep, 8 kill. `source`, `destination`: address sets, 0: any. */
export interface RuleEntry {
  readonly id: number;
  readonly action: number;
  readonly tier: number;
  readonly flags: number;
  readonly source: number;
  readonly destination: number;
  readonly services: readonly ServiceEntry[];
  readonly sourcePorts: readonly SourcePortEntry[];
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
  readonly timeouts: readonly number[];
  readonly tcpLoose: number;
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
  readonly connectionsMax: number;
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

export interface PutAddressSets {
  readonly edit: 'PutAddressSets';
  readonly network: number;
  readonly address: Ip;
  readonly sets: readonly number[];
}

export interface DeleteAddressSets {
  readonly edit: 'DeleteAddressSets';
  readonly network: number;
  readonly address: Ip;
}

export interface PutPrefixSet {
  readonly edit: 'PutPrefixSet';
  readonly set: number;
  readonly prefixes: readonly NetworkPrefix[];
}

export interface DeletePrefixSet {
  readonly edit: 'DeletePrefixSet';
  readonly set: number;
}

export interface PutServiceSets {
  readonly edit: 'PutServiceSets';
  readonly network: number;
  readonly address: Ip;
  readonly protocol: number;
  readonly port: number;
  readonly services: readonly number[];
}

export interface DeleteServiceSets {
  readonly edit: 'DeleteServiceSets';
  readonly network: number;
  readonly address: Ip;
  readonly protocol: number;
  readonly port: number;
}

export interface PutRules {
  readonly edit: 'PutRules';
  readonly list: number;
  readonly rules: readonly RuleEntry[];
}

export interface SpliceRules {
  readonly edit: 'SpliceRules';
  readonly list: number;
  readonly at: number;
  readonly removed: number;
  readonly inserted: readonly RuleEntry[];
}

export interface DeleteRules {
  readonly edit: 'DeleteRules';
  readonly list: number;
}

export interface PutPortPolicy {
  readonly edit: 'PutPortPolicy';
  readonly port: number;
  readonly ingress: number;
  readonly egress: number;
  readonly ingressAudit: number;
  readonly egressAudit: number;
}

export type Edit = PutNetwork | DeleteNetwork | PutPort | DeletePort | ClosePort | PutStaticMac | DeleteStaticMac | PutAddressSets | DeleteAddressSets | PutPrefixSet | DeletePrefixSet | PutServiceSets | DeleteServiceSets | PutRules | SpliceRules | DeleteRules | PutPortPolicy;

export type FieldType = 'ip' | 'list_network_prefix' | 'list_prefix' | 'list_route' | 'list_rule' | 'list_trunk_address' | 'list_u16' | 'list_u32' | 'mac' | 'text' | 'u16' | 'u32' | 'u8';

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
      ['timeouts', 'list_u32'],
      ['tcpLoose', 'u8'],
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
      ['connectionsMax', 'u32'],
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
  PutAddressSets: {
    tag: 8,
    fields: [
      ['network', 'u16'],
      ['address', 'ip'],
      ['sets', 'list_u32'],
    ],
  },
  DeleteAddressSets: {
    tag: 9,
    fields: [
      ['network', 'u16'],
      ['address', 'ip'],
    ],
  },
  PutPrefixSet: {
    tag: 10,
    fields: [
      ['set', 'u32'],
      ['prefixes', 'list_network_prefix'],
    ],
  },
  DeletePrefixSet: {
    tag: 11,
    fields: [
      ['set', 'u32'],
    ],
  },
  PutServiceSets: {
    tag: 12,
    fields: [
      ['network', 'u16'],
      ['address', 'ip'],
      ['protocol', 'u8'],
      ['port', 'u16'],
      ['services', 'list_u32'],
    ],
  },
  DeleteServiceSets: {
    tag: 13,
    fields: [
      ['network', 'u16'],
      ['address', 'ip'],
      ['protocol', 'u8'],
      ['port', 'u16'],
    ],
  },
  PutRules: {
    tag: 14,
    fields: [
      ['list', 'u32'],
      ['rules', 'list_rule'],
    ],
  },
  SpliceRules: {
    tag: 15,
    fields: [
      ['list', 'u32'],
      ['at', 'u32'],
      ['removed', 'u32'],
      ['inserted', 'list_rule'],
    ],
  },
  DeleteRules: {
    tag: 16,
    fields: [
      ['list', 'u32'],
    ],
  },
  PutPortPolicy: {
    tag: 17,
    fields: [
      ['port', 'u16'],
      ['ingress', 'u32'],
      ['egress', 'u32'],
      ['ingressAudit', 'u32'],
      ['egressAudit', 'u32'],
    ],
  },
};
