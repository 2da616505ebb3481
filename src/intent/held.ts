/** What ports hold that did not declare it: MACs and addresses that were chosen for them before. */
import type { Cidr } from '../address/cidr.ts';
import type { PortResource } from './port.ts';

export interface Held {
  macOf(key: string): string | undefined;
  /** Given out in this network; a trunk is given addresses in its native one. */
  addressesOf(key: string, network: string): readonly Cidr[];
}

export const nothingHeld: Held = { macOf: () => undefined, addressesOf: () => [] };

/** The MAC by which the port is known: its own words first. */
export function macOf(key: string, port: PortResource, held: Held): string | undefined {
  return port.spec.mac ?? held.macOf(key);
}
