/** Intents of a chosen size, and what the control layer makes of them: what the suites here begin with. */
import { emptyIntent, type Intent } from '../../src/intent/intent.ts';
import type { PortResource } from '../../src/intent/port.ts';

/** So many memory ports, spread over as many networks as hold a thousand each. */
export function intentOf(ports: number): Intent {
  const networks = Math.ceil(ports / 1000);
  const networkEntries = Array.from({ length: networks }, (_, index) => [
    `net-${index}`,
    { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: `net-${index}` }, spec: { subnets: [`10.${index}.0.0/16`, `fd00:${index}::/64`] } },
  ] as const);
  const portEntries = Array.from({ length: ports }, (_, index) => [`default/port-${index}`, portOf(index)] as const);
  return { ...emptyIntent, networks: new Map(networkEntries), ports: new Map(portEntries) };
}

/** The same intent, with one port that takes another MAC. */
export function withOneChange(intent: Intent): Intent {
  const ports = new Map(intent.ports);
  const port = portOf(0);
  ports.set('default/port-0', { ...port, spec: { ...port.spec, mac: '02:aa:00:00:00:01' } });
  return { ...intent, ports };
}

function portOf(index: number): PortResource {
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `port-${index}`, labels: { app: `app-${index % 10}` } },
    spec: { network: `net-${Math.floor(index / 1000)}`, type: 'memory' },
  };
}
