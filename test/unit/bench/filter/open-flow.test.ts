import t from 'tap';
import { openFlowOf } from '../../../../bench/filter/open-flow.ts';

t.test('what is established goes first, then the rules in their order; what they allow is recorded', (t) => {
  const lines = openFlowOf([
    { action: 'drop', protocol: 'tcp', peers: '10.1.0.0/16', port: 80 }, { action: 'allow', protocol: 'udp', peers: '10.2.0.0/16' }, { action: 'allow', peers: '10.3.0.0/16' },
  ], 'output:2').trimEnd().split('\n');
  const priorityOf = (line: string): number => Number(/priority=(\d+)/.exec(line)![1]);
  const second = lines.filter((line) => line.startsWith('table=1'));
  t.same(second.map(priorityOf), second.map(priorityOf).sort((a, b) => b - a), 'written in the order in which they are asked');
  t.same(second.map((line) => line.replace(/^table=1,priority=\d+,?/, '')), [
    'ip,ct_state=+trk+est,actions=output:2',
    'ip,ct_state=+trk+rel,actions=output:2',
    'ct_state=+trk+new,tcp,nw_src=10.1.0.0/16,tp_dst=80,actions=drop',
    'ct_state=+trk+new,udp,nw_src=10.2.0.0/16,actions=ct(commit),output:2',
    'ct_state=+trk+new,ip,nw_src=10.3.0.0/16,actions=ct(commit),output:2',
    'actions=drop',
  ]);
  t.match(lines.find((line) => /^table=0.*,arp,/.test(line)), /actions=output:2$/);
  t.match(lines.find((line) => /^table=0.*ct_state=-trk/.test(line)), /actions=ct\(table=1\)$/);
  t.end();
});
