/** Numbers of the dataplane become names. */
import t from 'tap';
import { tellEvent } from '../../../src/switch/dataplane-events.ts';

const names = { portNameOf: (id: number) => `port-${id}`, networkNameOf: (id: number) => `network-${id}` };
const event = { network: 2, mac: '02:00:00:00:00:09', group: 'ff05::1:3', port: 4, fromPort: 5, count: 0, limit: 0 };

t.test('each type tells what it has, and nothing else', (t) => {
  const station = { network: 'network-2', mac: '02:00:00:00:00:09', port: 'port-4' };
  t.strictSame(tellEvent({ type: 'mac_learned', ...event }, names), { type: 'mac_learned', ...station });
  t.strictSame(tellEvent({ type: 'mac_aged', ...event }, names), { type: 'mac_aged', ...station });
  for (const type of ['mac_moved', 'mac_flap', 'mac_evicted'] as const) {
    t.strictSame(tellEvent({ type, ...event }, names), { type, ...station, fromPort: 'port-5' });
  }
  const membership = { network: 'network-2', group: 'ff05::1:3', port: 'port-4' };
  for (const type of ['group_joined', 'group_left'] as const) t.strictSame(tellEvent({ type, ...event }, names), { type, ...membership });
  const storm = { ...event, count: 2, limit: 1000 };
  t.strictSame(tellEvent({ type: 'storm', ...storm }, names), { type: 'storm', network: 'network-2', port: 'port-4', kind: 'unknownUnicast', limit: 1000 });
  t.strictSame(tellEvent({ type: 'loop_detected', ...event, count: 30_000 }, names), { type: 'loop_detected', network: 'network-2', port: 'port-4', fromPort: 'port-5', holdSeconds: 30 });
  t.strictSame(tellEvent({ type: 'port_released', ...event }, names), { type: 'port_released', port: 'port-4' });
  t.end();
});
