/**
 * The rules as a ruleset for a bridge: what is established goes first, then the rules in their order, then nothing passes.
 *
 * In the bridge family where the kernel tracks connections there; elsewhere in the ip family, which sees a bridge's frames
 * through br_netfilter. ARP passes: the ip family never sees it.
 */
import type { FilterRule } from './rules.ts';

export type NftablesFamily = 'bridge' | 'ip';

export function nftablesOf(rules: readonly FilterRule[], family: NftablesFamily): string {
  const sentences = rules.map(({ action, protocol, peers, port }) => [
    `ip saddr ${peers}`,
    ...(protocol === undefined ? [] : [port === undefined ? `meta l4proto ${protocol}` : `${protocol} dport ${port}`]),
    action === 'allow' ? 'accept' : 'drop',
  ].join(' '));
  return [
    `table ${family} vswbench {`,
    '  chain forward {',
    '    type filter hook forward priority 0; policy drop;',
    '    ct state established,related accept',
    ...(family === 'bridge' ? ['    ether type arp accept'] : []),
    ...sentences.map((sentence) => `    ${sentence}`),
    '  }',
    '}',
    '',
  ].join('\n');
}
