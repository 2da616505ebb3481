/** What the workers noticed, in names: each native type of event as what `watch` tells. */
import type { NativeEvent, NativeEventType } from '../dataplane/dataplane.ts';
import type { EventBody } from './answers.ts';

export interface Names {
  portNameOf(id: number): string;
  networkNameOf(id: number): string;
}

/** In the order of StormKind in native/state/storm_meters.hpp. */
const stormKinds = ['broadcast', 'multicast', 'unknownUnicast'] as const;

const tellers: { readonly [Type in NativeEventType]: (event: NativeEvent, names: Names) => EventBody } = {
  mac_learned: (event, names) => ({ type: 'mac_learned', ...station(event, names) }),
  mac_moved: (event, names) => ({ type: 'mac_moved', ...station(event, names), fromPort: names.portNameOf(event.fromPort) }),
  mac_aged: (event, names) => ({ type: 'mac_aged', ...station(event, names) }),
  mac_flap: (event, names) => ({ type: 'mac_flap', ...station(event, names), fromPort: names.portNameOf(event.fromPort) }),
  mac_evicted: (event, names) => ({ type: 'mac_evicted', ...station(event, names), fromPort: names.portNameOf(event.fromPort) }),
  loop_detected: ({ network, port, fromPort, count }, names) => ({
    type: 'loop_detected', network: names.networkNameOf(network), port: names.portNameOf(port), fromPort: names.portNameOf(fromPort), holdSeconds: count / 1000,
  }),
  port_released: ({ port }, names) => ({ type: 'port_released', port: names.portNameOf(port) }),
  storm: ({ network, port, count, limit }, names) => ({
    type: 'storm', network: names.networkNameOf(network), port: names.portNameOf(port), kind: stormKinds[count]!, limit,
  }),
  group_joined: (event, names) => ({ type: 'group_joined', ...membership(event, names) }),
  group_left: (event, names) => ({ type: 'group_left', ...membership(event, names) }),
};

export function tellEvent(event: NativeEvent, names: Names): EventBody {
  return tellers[event.type](event, names);
}

function station({ network, mac, port }: NativeEvent, names: Names): { network: string; mac: string; port: string } {
  return { network: names.networkNameOf(network), mac, port: names.portNameOf(port) };
}

function membership({ network, group, port }: NativeEvent, names: Names): { network: string; group: string; port: string } {
  return { network: names.networkNameOf(network), group, port: names.portNameOf(port) };
}
