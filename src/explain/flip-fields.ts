/** Changes of one field of a port or a network that may let a frame through which a stage without rules dropped. */
import { cidrHolds, formatCidr, parseCidr, type Cidr } from '../address/cidr.ts';
import { isUnicast, parseIp, type Ip } from '../address/ip.ts';
import { portKey, type Resource } from '../intent/intent.ts';
import type { NetworkSpec } from '../intent/network.ts';
import type { PortSpec } from '../intent/port.ts';
import { addressesOfEntry } from '../table/table-set.ts';
import type { Obstacle } from './flip.ts';

const vlanType = 0x8100, arpType = 0x0806;
const macsLength = 12;

/** From the smallest on. */
export function fieldChanges(obstacle: Obstacle): readonly (readonly Resource[])[] {
  const { frame, sender, trace } = obstacle;
  if (trace.verdict === 'allow') return unlisted(obstacle);
  const { tagged, type, bare } = typeOf(frame);
  const port = (spec: Partial<PortSpec>): Resource[][] => changedPort(obstacle, sender.port, spec);
  const network = (spec: (now: NetworkSpec) => Partial<NetworkSpec>): Resource[][] => changedNetwork(obstacle, spec);
  switch (trace.reason) {
    case 'ip_spoofed': case 'arp_spoofed': return [...withAddress(obstacle, sourceOf(obstacle)), ...port({ antiSpoof: false })];
    case 'mac_spoofed': case 'nd_spoofed': case 'dhcp_spoofed': case 'router_advertisement_denied': case 'multicast_query_denied': return port({ antiSpoof: false });
    case 'mtu_exceeded': return [...changedPort(obstacle, trace.port, { mtu: bare }), ...(tagged ? changedPort(obstacle, trace.port, { mtu: bare + 4 }) : [])];
    case 'hairpin': return port({ hairpin: true });
    case 'ether_type_denied': return network(({ etherTypes = [] }) => ({ etherTypes: [...etherTypes, type] }));
    case 'vlan_not_carried': return network(() => ({ carryTags: true }));
    case 'connection_invalid': return network(({ tcpLoose }) => (tcpLoose === false ? { tcpLoose: true } : {}));
    default: return [];
  }
}

/** What its network lists may be listed no more. */
function unlisted(obstacle: Obstacle): Resource[][] {
  const { type } = typeOf(obstacle.frame);
  return changedNetwork(obstacle, ({ etherTypes = [] }) => (etherTypes.includes(type) ? { etherTypes: etherTypes.filter((listed) => listed !== type) } : {}));
}

function changedPort({ subject: { tables, intent } }: Obstacle, id: number, spec: Partial<PortSpec>): Resource[][] {
  const port = intent.ports.get(portKey(tables.ports.get(id)?.name ?? ''));
  return port === undefined ? [] : [[{ ...port, spec: { ...port.spec, ...spec } }]];
}

function changedNetwork({ trace, subject: { tables, intent } }: Obstacle, change: (now: NetworkSpec) => Partial<NetworkSpec>): Resource[][] {
  const network = intent.networks.get(tables.networks.get(trace.network)?.name ?? '');
  const spec = network === undefined ? {} : change(network.spec);
  return network === undefined || Object.keys(spec).length === 0 ? [] : [[{ ...network, spec: { ...network.spec, ...spec } }]];
}

function withAddress(obstacle: Obstacle, source: Ip | undefined): Resource[][] {
  const { sender, trace, subject: { tables, intent } } = obstacle;
  if (source === undefined || !isUnicast(source)) return [];
  const subnets = intent.networks.get(tables.networks.get(trace.network)?.name ?? '')?.spec.subnets ?? [];
  const length = subnets.map((text) => parseCidr(text)).find((subnet) => subnet !== undefined && cidrHolds(subnet, source))?.length ?? (source.family === 6 ? 128 : 32);
  const all: readonly Cidr[] = [...addressesOfEntry(sender).map(({ prefix }) => prefix), { address: source, length }];
  return changedPort(obstacle, sender.port, { addresses: all.map(formatCidr) });
}

function sourceOf({ frame, trace }: Obstacle): Ip | undefined {
  if (trace.judged !== undefined) return parseIp(trace.judged.source);
  const { type, tagged } = typeOf(frame);
  const sender = macsLength + 2 + (tagged ? 4 : 0) + 14;
  return type === arpType && frame.length >= sender + 4 ? parseIp(frame.subarray(sender, sender + 4).join('.')) : undefined;
}

/** The EtherType behind the first tag, and how many bytes stand behind that. */
function typeOf(frame: Uint8Array): { readonly type: number; readonly tagged: boolean; readonly bare: number } {
  const number = (at: number): number => (frame[at] ?? 0) << 8 | (frame[at + 1] ?? 0);
  const tagged = number(macsLength) === vlanType;
  const at = macsLength + (tagged ? 4 : 0);
  return { type: number(at), tagged, bare: Math.max(frame.length - at - 2, 0) };
}
