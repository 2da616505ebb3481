/** Everything about one resource, asked table by table. */
import t from 'tap';
import { ApiClient } from '../../../src/api/client.ts';
import type { FlowEntry } from '../../../src/api/protocol.ts';
import { describe, descriptionText } from '../../../src/cli/description.ts';
import { network, port, portStats } from '../api/scripted-switch.ts';
import { serve } from '../api/served.ts';

const flow: FlowEntry = {
  id: 1, network: 'dev', protocol: 'udp', source: '10.77.0.1', sourcePort: 5, destination: '10.77.0.2', destinationPort: 53, port: 'web-1', receiver: 'web-2',
  state: 'new', verdict: 'allow', policy: '', rule: '', generation: 1, packets: 1, bytes: 10, ageSeconds: 1,
};
const judged = { network: 'dev', verdict: 'allow' as const, stage: 'deliver', reason: 'forwarded', port: 'web-2', tier: '', policy: '', rule: '', generation: 1, path: [], receivers: [], frame: 'a frame', notes: ['because'] };

t.test('a port', async (t) => {
  const { path, scripted } = await serve(t);
  const client = new ApiClient(path);
  await scripted.apply([network, port('web-1'), port('web-2')]);
  scripted.explanation = { items: [{ time: new Date(Date.now() - 5000).toISOString(), reason: 'mac_spoofed', length: 60, frame: '00', now: judged }] };
  scripted.tables.stats = [portStats('web-1', { receivedPackets: 5, forwardedPackets: 4, droppedPackets: 1, offeredPackets: 2, transmittedPackets: 1 })];
  scripted.tables.drops = [{ port: 'web-1', direction: 'receive', reason: 'mac_spoofed', packets: 1, bytes: 60 }];
  scripted.tables.flows = [flow, { ...flow, id: 2, bytes: 500 }, { ...flow, id: 3, port: 'web-3', receiver: 'web-3' }];
  scripted.tables.usage = [{ table: 'macs', port: 'web-1', used: 3, limit: 16 }, { table: 'macs', port: '', used: 3, limit: 99 }];
  scripted.tables.events = [{ type: 'port_ready', time: 'T', port: 'web-1', generation: 7 }, { type: 'port_ready', time: 'T', port: 'web-2', generation: 7 }];
  const description = await describe(client, 'ports', await client.get('ports', 'web-1'));
  t.match(description, {
    resource: { kind: 'Port' }, networks: [{ metadata: { name: 'dev' } }], usage: [{ used: 3, limit: 16 }], stats: { receivedPackets: 5 },
    drops: [{ reason: 'mac_spoofed' }], flows: [{ id: 2 }, { id: 1 }], lastDrops: [{ reason: 'mac_spoofed' }], events: [{ port: 'web-1' }],
    law: { holds: false, received: 'received 5 = forwarded 4 + consumed 0 + dropped 1 + held 0', offered: 'offered 2 ≠ transmitted 1 + dropped 0' },
  });
  t.equal(description.events?.length, 1);
  const text = await descriptionText(description);
  for (const part of [
    /Networks\n +NAME[^]*dev/, /Usage[^]*macs +web-1 +3 +16 +18/, /offered 2 ≠ [^]*look again/, /mac_spoofed +1 +60 +the port may not send from this MAC/,
    /[56]s ago: mac_spoofed \(60 bytes\)\n +a frame\n +now it would pass at deliver: forwarded; because/, /Flows[^]*udp +10\.77\.0\.1:5 +10\.77\.0\.2:53/, /Events[^]*port=web-1/,
  ]) t.match(text, part);
});

t.test('a network has its ports and what is about them', async (t) => {
  const { path, scripted } = await serve(t);
  const client = new ApiClient(path);
  await scripted.apply([network, port('web-1'), port('lab-1', { network: 'lab' })]);
  scripted.tables.drops = [{ port: 'web-1', direction: 'receive', reason: 'bug', packets: 1, bytes: 60 }, { port: 'lab-1', direction: 'receive', reason: 'bug', packets: 1, bytes: 60 }];
  scripted.tables.flows = Array.from({ length: 20 }, (_, id) => ({ ...flow, id }));
  const description = await describe(client, 'networks', await client.get('networks', 'dev'));
  t.match(description, { ports: [{ metadata: { name: 'web-1' } }], drops: [{ port: 'web-1' }], fdb: [], neighbors: [], events: [] });
  t.equal(description.drops?.length, 1);
  const text = await descriptionText(description);
  t.match(text, /Ports[^]*web-1[^]*Flows[^]*… and 5 more\n\nEvents\n {2}none/);
  t.notMatch(text, /lab-1/);
});
