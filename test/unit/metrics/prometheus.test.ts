/** The metrics say what the switch counted, under stable names. */
import t from 'tap';
import { SwitchMetrics } from '../../../src/metrics/prometheus.ts';
import { ScriptedSwitch, network, port, portStats } from '../api/scripted-switch.ts';

t.test('counters, drops, tables and states are told', async (t) => {
  const scripted = new ScriptedSwitch();
  await scripted.apply([network, port('web-1')]);
  scripted.tables.stats = [portStats('web-1', { receivedPackets: 5, kernelDroppedPackets: 1 }), portStats('(deleted)', { receivedPackets: 2 })];
  scripted.tables.drops = [{ port: 'web-1', direction: 'receive', reason: 'mac_spoofed', packets: 2, bytes: 120 }];
  scripted.tables.fdb = [{ network: 'dev', mac: '02:00:00:00:00:01', port: 'web-1', type: 'static', ageSeconds: 0 }];
  const text = await new SwitchMetrics('1.2.3').text(scripted);
  for (const line of [
    'vswitch_port_received_packets_total{port="web-1"} 5', 'vswitch_port_received_packets_total{port="(deleted)"} 2',
    'vswitch_port_kernel_dropped_packets_total{port="web-1"} 1', 'vswitch_copied_packets_total 3',
    'vswitch_drop_packets_total{port="web-1",direction="receive",reason="mac_spoofed"} 2',
    'vswitch_drop_bytes_total{port="web-1",direction="receive",reason="mac_spoofed"} 120',
    'vswitch_table_entries{table="fdb"} 1', 'vswitch_resources{kind="Port"} 1', 'vswitch_ports{state="ready"} 1',
    'vswitch_ports{state="waiting"} 0', 'vswitch_generation 8', `vswitch_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
  ]) t.ok(text.split('\n').includes(line), line);
  t.match(text, /# HELP vswitch_port_received_packets_total packets received from the port/);
  t.match(text, /vswitch_drop_reason_info\{reason="mac_spoofed",sentence="the port may not send from this MAC"\} 1/);
});

t.test('asked again, it tells the new counts and forgets who is gone', async (t) => {
  const scripted = new ScriptedSwitch();
  const metrics = new SwitchMetrics('1.2.3');
  scripted.tables.stats = [portStats('web-1', { receivedPackets: 5 })];
  await metrics.text(scripted);
  scripted.tables.stats = [portStats('web-2', { receivedPackets: 7 })];
  const text = await metrics.text(scripted);
  t.match(text, 'vswitch_port_received_packets_total{port="web-2"} 7');
  t.notMatch(text, 'web-1');
});

t.test('two switches in one process do not mix', async (t) => {
  const [first, second] = [new SwitchMetrics('1'), new SwitchMetrics('2')];
  t.match(await first.text(new ScriptedSwitch()), 'version="1"');
  t.notMatch(await second.text(new ScriptedSwitch()), 'version="1"');
});
