import t from 'tap';
import { nftablesOf } from '../../../../bench/filter/nftables.ts';
import type { FilterRule } from '../../../../bench/filter/rules.ts';

const rules: readonly FilterRule[] = [
  { action: 'drop', protocol: 'tcp', peers: '10.1.0.0/16', port: 80 }, { action: 'allow', protocol: 'udp', peers: '10.2.0.0/16' }, { action: 'allow', peers: '10.3.0.0/16' },
];
const sentences = ['ip saddr 10.1.0.0/16 tcp dport 80 drop', 'ip saddr 10.2.0.0/16 meta l4proto udp accept', 'ip saddr 10.3.0.0/16 accept'];

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

t.test('established first, then the rules in their order, and nothing else', (t) => {
  t.same(linesOf(nftablesOf(rules, 'ip')), [
    'table ip vswbench {', 'chain forward {', 'type filter hook forward priority 0; policy drop;', 'ct state established,related accept', ...sentences, '}', '}']);
  t.end();
});

t.test('the bridge family sees ARP, and lets it pass', (t) => {
  const lines = linesOf(nftablesOf(rules, 'bridge'));
  t.equal(lines[0], 'table bridge vswbench {');
  t.same(lines.slice(3, -2), ['ct state established,related accept', 'ether type arp accept', ...sentences]);
  t.end();
});
