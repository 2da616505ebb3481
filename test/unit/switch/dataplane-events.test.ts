/** Numbers of the dataplane become names. */
import t from 'tap';
import type { NativeEvent, RuleDecision } from '../../../src/dataplane/dataplane.ts';
import { tellEvent } from '../../../src/switch/dataplane-events.ts';

const ruleNames = {
  get: (id: number) => (id === 12 ? { policy: 'Policy/web', rule: 'from-lb', tier: 'application', direction: 'ingress', action: 'drop' } as const : undefined), all: () => [],
};
const names = { portNameOf: (id: number) => `port-${id}`, networkNameOf: (id: number) => `network-${id}`, ruleNames };
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

const decision: RuleDecision = {
  rule: 12, direction: 'ingress', verdict: 'drop', wouldBe: 'drop', protocol: 6, source: '10.77.0.1', sourcePort: 4000, destination: '10.77.0.2', destinationPort: 80,
};
const decided = (type: NativeEvent['type'], more: Partial<NativeEvent> = {}, of: Partial<RuleDecision> = {}): NativeEvent => ({ ...event, type, ...more, decision: { ...decision, ...of } });

t.test('what a rule said is told with who, to whom, and the names of the rule', (t) => {
  t.strictSame(tellEvent(decided('policy_drop', { count: 7 }), names), {
    type: 'policy_drop', network: 'network-2', port: 'port-4', peer: 'port-5', direction: 'ingress', verdict: 'drop', policy: 'Policy/web', rule: 'from-lb', tier: 'application',
    protocol: 'tcp', source: '10.77.0.1', sourcePort: 4000, destination: '10.77.0.2', destinationPort: 80, suppressed: 7,
  });
  const alone = tellEvent(decided('policy_log', { fromPort: 0 }, { rule: 1, verdict: 'allow', protocol: 47 }), names);
  t.match(alone, { type: 'policy_log', verdict: 'allow', policy: 'Network/network-2', rule: 'default', tier: '', protocol: '47' });
  t.notOk('peer' in alone || 'suppressed' in alone || 'wouldBe' in alone || 'icmp' in alone, 'what is not known or nothing is left out');
  t.match(tellEvent(decided('policy_audit', {}, { verdict: 'allow', wouldBe: 'reject' }), names), { type: 'policy_audit', verdict: 'allow', wouldBe: 'reject' });
  t.match(tellEvent(decided('policy_drop', {}, { rule: 99 }), names), { policy: '', rule: '', tier: '' }, 'a rule that is gone has no name');
  t.end();
});

t.test('ICMP has types and no ports', (t) => {
  t.match(tellEvent(decided('policy_drop', {}, { protocol: 1, sourcePort: 0, destinationPort: 0x0301 }), names), { protocol: 'icmp', sourcePort: 0, destinationPort: 0, icmp: '3/1' });
  t.match(tellEvent(decided('policy_drop', {}, { protocol: 58, sourcePort: 0, destinationPort: 0x8000 }), names), { protocol: 'icmpv6', destinationPort: 0, icmp: '128/0' });
  t.end();
});
