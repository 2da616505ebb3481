/** How a switch is opened: the options with their bounds, and what is meant where nothing is said. */
import type { DataplaneOptions, OpenDataplane } from '../dataplane/dataplane.ts';
import { VswError, type ErrorDetail } from '../errors.ts';
import { workersMax } from '../intent/port.ts';

export interface SwitchOptions {
  /** Where everything declared is kept; absent: in memory, for the life of the switch. */
  readonly stateDir?: string;
  /** Threads that move frames; 0: frames move only in `run()`. Absent: 1, and 0 with a virtual clock. */
  readonly workers?: number;
  /** `virtual`: time moves only by `advance()`, which needs 0 workers. */
  readonly clock?: 'real' | 'virtual';
  readonly limits?: { readonly ports?: number; readonly flows?: number; readonly macs?: number };
  /** Another dataplane than the native one, for tests of the control layer. */
  readonly openDataplane?: OpenDataplane;
}

/** How many ports there is room for: when nothing is said, and at most. */
export const portsDefault = 4_095;
export const portsMost = 65_535;

const bounds = {
  '/workers': { least: 0, most: workersMax },
  '/limits/ports': { least: 1, most: portsMost },
  '/limits/flows': { least: 64, most: 67_108_864 },
  '/limits/macs': { least: 8, most: 16_777_216 },
} as const;

/** Throws VSW_INVALID with everything that is wrong. */
export function readOptions(options: SwitchOptions): Omit<DataplaneOptions, 'firstGeneration'> {
  const isVirtual = options.clock === 'virtual';
  const { ports = portsDefault, flows = 262_144, macs = 65_536 } = options.limits ?? {};
  const workers = options.workers ?? (isVirtual ? 0 : 1);
  const values = { '/workers': workers, '/limits/ports': ports, '/limits/flows': flows, '/limits/macs': macs } as const;
  const errors: ErrorDetail[] = [];
  for (const [path, value] of Object.entries(values)) {
    const { least, most } = bounds[path as keyof typeof bounds];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    errors.push({ path, message: `${String(value)} is not possible`, remedy: `write a whole number from ${least} to ${most}` });
  }
  if (options.clock !== undefined && !['real', 'virtual'].includes(options.clock)) {
    errors.push({ path: '/clock', message: `${String(options.clock)} is not possible`, remedy: 'write real or virtual' });
  }
  if (isVirtual && workers !== 0) {
    errors.push({ path: '/workers', message: 'a thread cannot be told when a virtual clock moves', remedy: 'write 0, and move frames by run()' });
  }
  if (errors.length > 0) throw VswError.of('VSW_INVALID', errors);
  return { workers, portsMax: ports + 1, flowsMax: flows, macsMax: macs, virtualClock: isVirtual };
}
