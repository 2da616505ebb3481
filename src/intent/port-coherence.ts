/** Whether the fields of one port fit together: its type with its device, its routes with its addresses. */
import { cidrHolds, formatCidr, parseCidr, subnetOf, type Cidr } from '../address/cidr.ts';
import { formatIp, isLinkLocal, isUnicast, parseIp, sameIp } from '../address/ip.ts';
import { deviceDefault, type PortSpec } from './port.ts';
import { isPortName, portNameSentence } from './protocols.ts';

/** Reports a fault at a field (a JSON Pointer below `spec`). */
export type Report = (field: string, message: string, remedy: string) => void;

/** The file of a network namespace as `netns` names it; '' is the switch's own. */
export function netnsPath(netns: string | undefined): string {
  if (netns === undefined) return '';
  if (netns.startsWith('pid:')) return `/proc/${netns.slice(4)}/ns/net`;
  return netns.startsWith('/') ? netns.replace(/^\/var\/run\//, '/run/') : `/run/netns/${netns}`;
}

/** The device that a port is, undefined for ports without one. */
export function deviceOf(spec: PortSpec): { path: string; device: string } | undefined {
  if ((spec.type ?? 'tap') !== 'tap') return undefined;
  return { path: netnsPath(spec.netns), device: spec.device ?? (spec.netns === undefined ? '' : deviceDefault) };
}

export function checkDevice(spec: PortSpec, report: Report): void {
  for (const field of ['fault', 'capture'] as const) {
    if (spec[field] !== undefined && (spec.queues ?? 1) > 1) report(`/${field}`, `a port with ${field} has one queue, and this one has ${spec.queues}`, `remove ${field}, or write queues: 1`);
  }
  const type = spec.type ?? 'tap';
  if (type === 'tap') {
    if (spec.netns === undefined && spec.device === undefined) {
      report('/device', "a port in the switch's own namespace needs the name of its device", 'add device (e.g. vsw0), or netns for a container');
    }
    if (spec.device === 'lo') report('/device', 'lo is the loopback device of every namespace', `choose another name, e.g. ${deviceDefault}`);
  } else {
    for (const field of ['netns', 'device', 'persist', 'queues'] as const) {
      if (spec[field] !== undefined) report(`/${field}`, `a ${type} port has no ${field}`, `remove ${field}, or make the port's type tap`);
    }
  }
  if (type !== 'memory' && spec.offloads !== undefined) report('/offloads', 'offloads is a field of memory ports', "remove it; a tap's offloads are what the kernel offers");
  if (type !== 'pcap' && spec.pcap !== undefined) report('/pcap', 'pcap is a field of pcap ports', 'remove it, or write type: pcap');
  if (type === 'pcap' && spec.pcap?.read === undefined && spec.pcap?.write === undefined) {
    report('/pcap', 'a pcap port needs a capture to read or to write', 'add pcap: {read: FILE} or {write: FILE} or both');
  } else if (spec.pcap?.repeat === true && spec.pcap.read === undefined) {
    report('/pcap/repeat', 'there is no capture to repeat', 'add pcap: {read: FILE}, or remove repeat');
  }
}

/** One number for each name, and each name a word. */
export function checkNamedPorts({ namedPorts = [] }: PortSpec, report: Report): void {
  const seen = new Map<string, number>();
  namedPorts.forEach(({ name, protocol = 'tcp' }, index) => {
    const at = `/namedPorts/${index}/name`;
    if (!isPortName(name)) report(at, `${name} cannot be the name of a port`, `write ${portNameSentence}`);
    const earlier = seen.get(`${protocol} ${name}`);
    if (earlier !== undefined) report(at, `${name} already is a port of ${protocol} here`, 'give one of them another name');
    else seen.set(`${protocol} ${name}`, index);
  });
}

/** `reachable` are the prefixes that the port's own addresses put on its link. */
export function checkRoutes(spec: PortSpec, reachable: readonly Cidr[], own: readonly Cidr[], report: Report): void {
  const routes = spec.routes ?? [];
  const onLink = [...reachable];
  for (const route of routes) if (route.via === undefined && route.to !== 'default') onLink.push(parseCidr(route.to)!);
  const seen = new Set<string>();
  routes.forEach((route, index) => {
    const at = `/routes/${index}`;
    const via = route.via === undefined ? undefined : parseIp(route.via)!;
    const to = route.to === 'default' ? undefined : parseCidr(route.to)!;
    if (to !== undefined && !sameIp(subnetOf(to).address, to.address)) {
      report(`${at}/to`, `${route.to} is not the first address of its prefix`, `write ${formatCidr(subnetOf(to))}`);
    }
    const place = to === undefined ? `default ${via?.family ?? ''}` : route.to;
    if (seen.has(place)) report(`${at}/to`, `there are two routes to ${route.to}`, 'remove one of them');
    seen.add(place);
    if (via === undefined) {
      if (to === undefined) report(`${at}/via`, 'a default route needs its next hop', 'add via, the address of a router in the network');
      return;
    }
    if (to !== undefined && to.address.family !== via.family) {
      report(`${at}/via`, `${route.via} is not of the family of ${route.to}`, `write an IPv${to.address.family} address`);
    } else if (!isUnicast(via)) {
      report(`${at}/via`, `${route.via} cannot be a next hop`, 'write the address of a router in the network');
    } else if (own.some((address) => sameIp(address.address, via))) {
      report(`${at}/via`, `${route.via} is the port's own address`, 'write the address of the router');
    } else if (!isLinkLocal(via) && !onLink.some((prefix) => cidrHolds(prefix, via))) {
      const near = reachable.filter((prefix) => prefix.address.family === via.family).map((prefix) => formatCidr(subnetOf(prefix)));
      report(`${at}/via`, `${formatIp(via)} is not on the port's link`, near.length > 0 ? `write an address in ${near.join(' or ')}, or add a route to it without via` : `give the port an IPv${via.family} address, or add a route to ${formatIp(via)} without via`);
    }
  });
}
