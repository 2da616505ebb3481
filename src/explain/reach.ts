/**
 * Reach: who reaches whom with a new connection, by the dataplane's own stages.
 *
 * Of each two ports all pairs of addresses are asked about that are in one network and of one family; it is enough that one may. A frame
 * is addressed to the receiver's MAC: what routers in between would do is not asked.
 */
import type { Dataplane, TracedFrame } from '../dataplane/dataplane.ts';
import { VswError, type ErrorDetail } from '../errors.ts';
import type { PutPort, TrunkAddress } from '../table/edits.gen.ts';
import { addressesOfEntry, networksOfEntry, type TableSet } from '../table/table-set.ts';
import { composeFrame, protocolNumbers, tagFrame } from './compose.ts';
import type { Subject } from './explainer.ts';
import type { Reach, ReachQuery } from './explanation.ts';

/** More are refused: a network at a time is asked faster. */
const questionsMax = 1_000_000;
/** As many at once as keep memory small. */
const questionsAtOnce = 50_000;
const ephemeralPort = 49152;
const withPorts: readonly string[] = ['tcp', 'udp', 'sctp'];

interface Asked {
  readonly protocol: string;
  readonly destinationPort: number | undefined;
  readonly network: string | undefined;
}

export function reachOf({ reach }: ReachQuery, { tables, edits }: Subject, dataplane: Pick<Dataplane, 'traceVerdicts'>): Reach {
  const asked = readAsked(reach);
  const network = asked.network === undefined ? undefined : networkNamed(asked.network, tables);
  const ports = [...tables.ports.values()]
    .filter((port) => network === undefined || networksOfEntry(port).includes(network))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const addresses = ports.map((port) => addressesOfEntry(port).filter((one) => (network === undefined || one.network === network) && answersTo(one, asked)));
  checkSize(addresses);

  const rows = ports.map((_port, row) => ports.map((_other, column): string => (row === column ? '-' : 'X')));
  const frames: TracedFrame[] = [];
  const cells: (readonly [number, number])[] = [];
  const ask = (): void => {
    dataplane.traceVerdicts(frames, edits).forEach((verdict, index) => {
      const [row, column] = cells[index]!;
      if (verdict === 'allow') rows[row]![column] = '.';
    });
    frames.length = cells.length = 0;
  };
  ports.forEach((sender, row) => ports.forEach((receiver, column) => {
    if (row === column) return;
    for (const from of addresses[row]!) {
      for (const to of addresses[column]!) {
        if (from.network !== to.network || from.prefix.address.family !== to.prefix.address.family) continue;
        frames.push({ port: sender.port, frame: frameOf(sender, from, receiver, to, asked, tables) });
        cells.push([row, column]);
        if (frames.length === questionsAtOnce) ask();
      }
    }
  }));
  ask();
  return {
    protocol: asked.protocol, ...(asked.destinationPort !== undefined && { destinationPort: asked.destinationPort }), ...(asked.network !== undefined && { network: asked.network }),
    ports: ports.map(({ name }) => name), rows: rows.map((row) => row.join('')),
  };
}

function readAsked(reach: unknown): Asked {
  const errors: ErrorDetail[] = [];
  const { protocol = 'tcp', destinationPort, network } = (typeof reach === 'object' && reach !== null ? reach : {}) as Record<string, unknown>;
  const text = String(protocol).toLowerCase();
  const isNumber = /^\d{1,3}$/.test(text) && Number(text) <= 255;
  const name = isNumber ? Object.entries(protocolNumbers).find(([, number]) => number === Number(text))?.[0] ?? text : text;
  if (!isNumber && !Object.hasOwn(protocolNumbers, name)) errors.push({ path: '/reach/protocol', message: `${JSON.stringify(protocol)} is not a protocol`, remedy: 'write tcp, udp, sctp, icmp, icmpv6 or a number from 0 to 255' });
  const hasPorts = withPorts.includes(name);
  if (destinationPort !== undefined && !(Number.isInteger(destinationPort) && Number(destinationPort) >= 0 && Number(destinationPort) <= 0xffff)) {
    errors.push({ path: '/reach/destinationPort', message: `${String(destinationPort)} is not a port number`, remedy: 'write a whole number from 0 to 65535' });
  } else if (destinationPort !== undefined && !hasPorts) {
    errors.push({ path: '/reach/destinationPort', message: 'only TCP, UDP and SCTP have port numbers', remedy: 'leave destinationPort out or choose another protocol' });
  }
  if (network !== undefined && typeof network !== 'string') errors.push({ path: '/reach/network', message: `a text is needed here, not ${typeof network}`, remedy: 'write the name of a network' });
  if (errors.length > 0) throw VswError.of('VSW_INVALID', errors);
  return { protocol: name, destinationPort: hasPorts ? Number(destinationPort ?? 80) : undefined, network: network as string | undefined };
}

function networkNamed(name: string, tables: TableSet): number {
  for (const { name: one, network } of tables.networks.values()) if (one === name) return network;
  throw new VswError('VSW_NOT_FOUND', `there is no network ${name}`, [
    { path: '/reach/network', message: `there is no network ${name}`, remedy: '"vswitchctl get networks" lists what is there' },
  ]);
}

/** ICMP is for IPv4 and ICMPv6 for IPv6. */
function answersTo({ prefix }: TrunkAddress, { protocol }: Asked): boolean {
  return protocol === 'icmp' ? prefix.address.family === 4 : protocol !== 'icmpv6' || prefix.address.family === 6;
}

function checkSize(addresses: readonly (readonly TrunkAddress[])[]): void {
  const counts = new Map<string, number>();
  for (const { network, prefix } of addresses.flat()) counts.set(`${network} ${prefix.address.family}`, (counts.get(`${network} ${prefix.address.family}`) ?? 0) + 1);
  const questions = [...counts.values()].reduce((sum, count) => sum + count * count, 0);
  if (questions <= questionsMax) return;
  throw VswError.of('VSW_INVALID', [{
    path: '/reach', message: `these are ${questions} questions, and at most ${questionsMax} are answered at once`, remedy: 'name one network that is smaller, or ask about single ports (port, to)',
  }]);
}

function frameOf(sender: PutPort, from: TrunkAddress, receiver: PutPort, to: TrunkAddress, { protocol, destinationPort }: Asked, tables: TableSet): Uint8Array {
  const frame = composeFrame({
    sourceMac: sender.mac, destinationMac: receiver.mac, source: from.prefix.address, destination: to.prefix.address,
    protocol: protocolNumbers[protocol] ?? Number(protocol), sourcePort: destinationPort === undefined ? 0 : ephemeralPort, destinationPort: destinationPort ?? 0,
  });
  return from.network === sender.network ? frame : tagFrame(frame, tables.networks.get(from.network)?.vlan ?? 0);
}
