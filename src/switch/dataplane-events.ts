/** What the workers noticed, in names: each native type of event as what `watch` tells. */
import type { NativeEvent, NativeEventType } from '../dataplane/dataplane.ts';
import { nameOfRule, type RuleNames } from '../table/rule-names.ts';
import type { EventBody, PolicyEvent } from './answers.ts';
import { protocolName } from './protocol-names.ts';

export interface Names {
  portNameOf(id: number): string;
  networkNameOf(id: number): string;
  readonly ruleNames: RuleNames;
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
  policy_log: (event, names) => ({ type: 'policy_log', ...decision(event, names) }),
  policy_drop: (event, names) => ({ type: 'policy_drop', ...decision(event, names) }),
  policy_audit: (event, names) => ({ type: 'policy_audit', ...decision(event, names), wouldBe: event.decision!.wouldBe as NonNullable<PolicyEvent['wouldBe']> }),
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

function decision({ network, port, fromPort, count, decision: decided }: NativeEvent, names: Names): Omit<PolicyEvent, 'type' | 'wouldBe'> {
  const { rule: id, direction, verdict, protocol, source, sourcePort, destination, destinationPort } = decided!;
  const networkName = names.networkNameOf(network);
  const isIcmp = protocol === 1 || protocol === 58;
  return {
    network: networkName, port: names.portNameOf(port), ...(fromPort === 0 ? {} : { peer: names.portNameOf(fromPort) }),
    direction, verdict: verdict as PolicyEvent['verdict'], ...nameOfRule(names.ruleNames, id, networkName),
    protocol: protocolName(protocol), source, sourcePort, destination, destinationPort: isIcmp ? 0 : destinationPort,
    ...(isIcmp ? { icmp: `${destinationPort >> 8}/${destinationPort & 0xff}` } : {}), ...(count === 0 ? {} : { suppressed: count }),
  };
}
