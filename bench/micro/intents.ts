/** Intents of a chosen size, and what the control layer makes of them: what the suites here begin with. */
import { emptyIntent, type Intent } from '../../src/intent/intent.ts';
import type { PortResource } from '../../src/intent/port.ts';
import { SharedMap } from '../../src/shared-map.ts';

/** So many memory ports, spread over as many networks as hold a thousand each. */
export function intentOf(ports: number): Intent {
  const networks = Math.ceil(ports / 1000);
  const networkEntries = Array.from({ length: networks }, (_, index) => [
    `net-${index}`,
    { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: `net-${index}` }, spec: { subnets: [`10.${index}.0.0/16`, `fd00:${index}::/64`] } },
  ] as const);
  const portEntries = Array.from({ length: ports }, (_, index) => [`default/port-${index}`, portOf(index)] as const);
  return { ...emptyIntent, networks: new SharedMap(new Map(networkEntries)), ports: new SharedMap(new Map(portEntries)) };
}

/** The same intent, with one port that may learn fewer MACs, which needs no other allocations. */
export function withOneChange(intent: Intent): Intent {
  return { ...intent, ports: new SharedMap(intent.ports).set('default/port-0', oneChange()) };
}

/** With one port that takes another MAC, so that allocations are gone through anew. */
export function withAnotherMac(intent: Intent): Intent {
  const port = portOf(0);
  return { ...intent, ports: new SharedMap(intent.ports).set('default/port-0', { ...port, spec: { ...port.spec, mac: '02:aa:00:00:00:01' } }) };
}

export function oneChange(): PortResource {
  const port = portOf(0);
  return { ...port, spec: { ...port.spec, limits: { macs: 16 } } };
}

function portOf(index: number): PortResource {
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `port-${index}`, labels: { app: `app-${index % 10}` } },
    spec: { network: `net-${Math.floor(index / 1000)}`, type: 'memory' },
  };
}
