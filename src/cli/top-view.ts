/** The table that `top` shows: ports, drops and the busiest flows, cut to the room that there is. */
import { dropReasonSentences, type UsageEntry } from '../api/protocol.ts';
import { endpoint, flowState } from './columns.ts';
import { renderTable, type Column } from './render.ts';
import type { DropRate, FlowRate, PortRate, Rates, SortKey } from './rates.ts';

export interface View {
  readonly sort: SortKey;
  /** Lines that there is room for; absent: everything is shown. */
  readonly lines?: number | undefined;
  readonly width?: number | undefined;
  readonly wide: boolean;
}

const fullPercent = 70;
const rowsUnbounded = 10;

const ports: readonly Column<PortRate>[] = [
  { heading: 'PORT', cell: ({ port }) => port },
  { heading: 'RECEIVED', cell: ({ receivedPackets }) => amount(receivedPackets, 'packet/s'), right: true },
  { heading: '', cell: ({ receivedBits }) => amount(receivedBits, 'bit/s'), right: true },
  { heading: 'TRANSMITTED', cell: ({ transmittedPackets }) => amount(transmittedPackets, 'packet/s'), right: true },
  { heading: '', cell: ({ transmittedBits }) => amount(transmittedBits, 'bit/s'), right: true },
  { heading: 'DROPPED', cell: ({ droppedPackets }) => amount(droppedPackets, 'packet/s'), right: true },
  { heading: 'BY KERNEL', cell: ({ kernelDroppedPackets }) => amount(kernelDroppedPackets, 'packet/s'), right: true },
];
const drops: readonly Column<DropRate>[] = [
  { heading: 'DROPS OF', cell: ({ port }) => port }, { heading: 'DIRECTION', cell: ({ direction }) => direction },
  { heading: 'RATE', cell: ({ packets }) => amount(packets, 'packet/s'), right: true },
  { heading: 'REASON', cell: ({ reason }) => reason },
  { heading: 'WHICH MEANS', cell: ({ reason }) => (dropReasonSentences as Readonly<Record<string, string>>)[reason] ?? '' },
];
const flows: readonly Column<FlowRate>[] = [
  { heading: 'FLOW', cell: ({ protocol }) => protocol },
  { heading: 'SOURCE', cell: ({ source, sourcePort }) => endpoint(source, sourcePort) },
  { heading: 'DESTINATION', cell: ({ destination, destinationPort }) => endpoint(destination, destinationPort) },
  { heading: 'FROM', cell: ({ port }) => port }, { heading: 'TO', cell: ({ receiver }) => (receiver === '' ? '(flooded)' : receiver) },
  { heading: 'RATE', cell: ({ packets }) => amount(packets, 'packet/s'), right: true },
  { heading: '', cell: ({ bits }) => amount(bits, 'bit/s'), right: true },
  { heading: 'NETWORK', cell: ({ network }) => network, wide: true }, { heading: 'STATE', cell: flowState, wide: true },
];

/** The whole view, each line without its end. */
export function topLines(rates: Rates, view: View): string[] {
  const head = headLines(rates);
  const full = rates.usage.filter(({ used, limit }) => 100 * used >= fullPercent * limit).map(fullLine);
  const room = view.lines === undefined ? undefined : Math.max(6, view.lines - head.length - Math.min(2, full.length) - 6);
  const [forPorts, forDrops, forFlows] = share(room, [rates.ports.length, rates.drops.length, rates.flows?.length ?? 1]);
  const lines = [
    ...head, ...(view.lines === undefined ? full : full.slice(0, 2)), '',
    ...table(rates.ports, ports, forPorts, view.wide), '',
    ...(rates.drops.length === 0 ? ['nothing was dropped'] : table(rates.drops, drops, forDrops, view.wide)), '',
    ...(rates.flows === undefined ? ['too many flows to compare them every time: narrow it with --port']
      : rates.flows.length === 0 ? ['no flow moved'] : table(rates.flows, flows, forFlows, view.wide)),
  ];
  const fitting = view.lines === undefined ? lines : lines.slice(0, view.lines);
  return view.width === undefined ? fitting : fitting.map((line) => line.slice(0, view.width));
}

function headLines({ generation, totals, ports: all, seconds }: Rates): string[] {
  const { receivedPackets, receivedBits, transmittedPackets, transmittedBits, droppedPackets } = totals;
  return [
    `${all.length} ${all.length === 1 ? 'port' : 'ports'}, generation ${generation}, over ${seconds.toFixed(1)} s`,
    `received ${amount(receivedPackets, 'packet/s')} ${amount(receivedBits, 'bit/s')}, transmitted ${amount(transmittedPackets, 'packet/s')} `
      + `${amount(transmittedBits, 'bit/s')}, dropped ${amount(droppedPackets, 'packet/s')}`,
  ];
}

function fullLine({ table: name, port, used, limit }: UsageEntry): string {
  return `! ${name}${port === '' ? '' : ` of ${port}`}: ${used} of ${limit} (${Math.floor((100 * used) / limit)} %)`;
}

function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], most: number, wide: boolean): string[] {
  const shown = rows.slice(0, most);
  const lines = renderTable(shown, columns, wide).trimEnd().split('\n');
  return rows.length > shown.length ? [...lines, `  … and ${rows.length - shown.length} more`] : lines;
}

/** Rows for each table: ports get half of what there is, and what one does not need the others have. */
function share(room: number | undefined, wanted: readonly [number, number, number]): [number, number, number] {
  if (room === undefined) return [wanted[0], wanted[1], Math.min(wanted[2], rowsUnbounded)];
  const forDrops = Math.min(wanted[1], Math.max(2, Math.floor(room / 4)));
  const forFlows = Math.min(wanted[2], Math.max(2, Math.floor(room / 4)));
  const forPorts = Math.min(wanted[0], Math.max(2, room - forDrops - forFlows));
  const left = Math.max(0, room - forPorts - forDrops - forFlows);
  return [forPorts, forDrops, Math.min(wanted[2], forFlows + left)];
}

/** A number as people read it at a glance: 0, 7.5, 812, 1.2 k, 9.41 G; with its unit. */
export function amount(value: number, unit: string): string {
  const steps = ['', 'k', 'M', 'G', 'T'];
  let step = 0;
  let rest = value;
  while (rest >= 999.5 && step < steps.length - 1) {
    rest /= 1000;
    step += 1;
  }
  const digits = rest >= 99.95 || rest === 0 || (step === 0 && Number.isInteger(rest)) ? 0 : rest >= 9.95 ? 1 : 2;
  return `${rest.toFixed(digits)} ${steps[step]}${unit}`;
}
