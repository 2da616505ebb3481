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
  const rule = { tier: 'application', direction: 'ingress', action: 'drop', lastHit: '2026-01-01T00:00:00.000Z' } as const;
  scripted.tables.rules = [
    { ...rule, policy: 'Policy/web', rule: 'in', enforced: true, hits: 7, audited: 0, differing: 0 }, { ...rule, policy: 'Policy/web', rule: 'never', enforced: true, hits: 0, audited: 0, differing: 0, lastHit: null },
    { ...rule, policy: 'Policy/new', rule: 'in', enforced: false, hits: 0, audited: 5, differing: 2 },
  ];
  scripted.tables.usage = [{ table: 'ipv4_flows', port: '', used: 4, limit: 9 }, { table: 'other_flows', port: '', used: 2, limit: 9 }, { table: 'flows', port: 'web-1', used: 6, limit: 9 }];
  const text = await new SwitchMetrics('1.2.3').text(scripted);
  t.notMatch(text, 'rule="never"', 'a rule that did nothing has no series');
  for (const line of [
    'vswitch_port_received_packets_total{port="web-1"} 5', 'vswitch_port_received_packets_total{port="(deleted)"} 2',
    'vswitch_port_kernel_dropped_packets_total{port="web-1"} 1', 'vswitch_copied_packets_total 3',
    'vswitch_drop_packets_total{port="web-1",direction="receive",reason="mac_spoofed"} 2',
    'vswitch_drop_bytes_total{port="web-1",direction="receive",reason="mac_spoofed"} 120',
    'vswitch_rule_hits_total{policy="Policy/web",rule="in",direction="ingress"} 7', 'vswitch_rule_hits_total{policy="Policy/new",rule="in",direction="ingress"} 0',
    'vswitch_rule_audited_total{policy="Policy/new",rule="in",direction="ingress",differs="true"} 2', 'vswitch_rule_audited_total{policy="Policy/new",rule="in",direction="ingress",differs="false"} 3',
    'vswitch_connections{state="established"} 0', 'vswitch_table_entries{table="flows"} 6',
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

t.test('very many rules are told by policy, so that there is a bound to the series', async (t) => {
  const scripted = new ScriptedSwitch();
  scripted.tables.rules = Array.from({ length: 3_000 }, (_, index) => ({
    policy: `Policy/${index % 3}`, rule: `rule-${index}`, tier: 'application', direction: 'ingress', action: 'allow', enforced: true, hits: 1, audited: 0, differing: 0, lastHit: '2026-01-01T00:00:00.000Z',
  }));
  const text = await new SwitchMetrics('1.2.3').text(scripted);
  t.ok(text.split('\n').includes('vswitch_rule_hits_total{policy="Policy/1",rule="",direction="ingress"} 1000'));
  t.notMatch(text, 'rule-');
});
