/**
 * Every feature: its noun, how far it may be trusted, and where it is shown to work.
 *
 * `production` means that a golden case or a test with a real kernel holds it, and that a page tells how
 * it is used; test/tidy/features.test.ts does not let it be said without. `experimental` runs and may change.
 * What is not built yet has no line.
 */
export interface Feature {
  readonly noun: string;
  readonly state: 'production' | 'experimental';
  /** Folders of test/golden. */
  readonly golden?: readonly string[];
  /** Files of test/e2e. */
  readonly e2e?: readonly string[];
  readonly page?: string;
}

export const features: readonly Feature[] = [
  { noun: 'tap', state: 'production', e2e: ['reachability.test.ts', 'lifecycle.test.ts', 'restart.test.ts'], page: 'README.md' },
  { noun: 'container-lives', state: 'production', e2e: ['lives.test.ts', 'lifecycle.test.ts', 'churn.test.ts', 'model.test.ts'], page: 'README.md' },
  { noun: 'rootless', state: 'production', e2e: ['rootless.test.ts'], page: 'README.md' },
  { noun: 'memory', state: 'production', e2e: ['readme.test.ts'], page: 'README.md' },
  { noun: 'pcap', state: 'production', e2e: ['pcap.test.ts'], page: 'README.md' },
  {
    noun: 'parse', state: 'production', page: 'ARCHITECTURE.md',
    golden: ['malformed-ethernet', 'malformed-arp', 'malformed-ipv4', 'malformed-ipv6', 'malformed-transport', 'ipv4-options-fragments', 'ipv6-extensions', 'ether-types-listed'],
  },
  {
    noun: 'offload', state: 'production', page: 'README.md', e2e: ['reachability.test.ts'],
    golden: ['offload-partial-checksum', 'offload-tcp-segmented', 'offload-udp-segmented', 'offload-mtu', 'offload-hostile'],
  },
  { noun: 'network', state: 'production', golden: ['network-isolation'], e2e: ['isolation.test.ts'], page: 'README.md' },
  {
    noun: 'bridge', state: 'production', page: 'README.md',
    golden: ['bridge-unicast', 'bridge-flood', 'bridge-flood-alone', 'bridge-unknown-unicast', 'bridge-reserved-groups'],
  },
  { noun: 'mac', state: 'production', golden: ['mac-learning', 'mac-ageing', 'mac-moving', 'mac-static', 'mac-limit'], page: 'README.md' },
  {
    noun: 'multicast', state: 'production', page: 'src/cli/README.md', e2e: ['multicast.test.ts'],
    golden: [
      'igmp-v1-tolerated', 'igmp-v2-join-leave', 'igmp-v3-records', 'igmp-malformed', 'mld-join-leave', 'mld-malformed', 'multicast-router', 'multicast-router-declared',
      'multicast-no-querier', 'multicast-snooping-off', 'multicast-unknown-flooded', 'multicast-fast-leave', 'multicast-limit',
    ],
  },
  {
    noun: 'trunk', state: 'production', page: 'src/intent/trunks.md', e2e: ['trunk.test.ts'],
    golden: ['vlan-access-to-trunk', 'vlan-trunk-to-access', 'vlan-native', 'vlan-anti-spoof', 'vlan-super-frame', 'vlan-trunk-not-carried'],
  },
  { noun: 'vlan', state: 'production', golden: ['vlan-priority-tag', 'vlan-not-carried', 'vlan-qinq'], page: 'src/intent/trunks.md' },
  {
    noun: 'mtu', state: 'production', page: 'README.md', e2e: ['path-mtu.test.ts'],
    golden: ['mtu-exceeded', 'mtu-too-big-v4', 'mtu-too-big-v6', 'mtu-not-answered', 'mtu-answers-limited', 'offload-mtu'],
  },
  {
    noun: 'anti-spoof', state: 'production', page: 'README.md', e2e: ['spoofing.test.ts'],
    golden: ['anti-spoof-mac', 'anti-spoof-ipv4', 'anti-spoof-ipv6', 'anti-spoof-arp', 'anti-spoof-nd', 'anti-spoof-dhcp', 'anti-spoof-router', 'link-local-allowed'],
  },
  { noun: 'neighbour', state: 'production', golden: ['arp-answered', 'arp-flooded', 'nd-answered', 'nd-flooded'], e2e: ['reachability.test.ts'], page: 'README.md' },
  { noun: 'policy', state: 'experimental', page: 'src/intent/policies.md' },
  { noun: 'network-policy', state: 'experimental', page: 'src/intent/policies.md' },
  { noun: 'rule-hits', state: 'experimental', e2e: ['seen.test.ts'], page: 'src/cli/README.md' },
  { noun: 'default-policy', state: 'production', golden: ['policy-default-ingress', 'policy-default-egress'], e2e: ['isolation.test.ts'], page: 'README.md' },
  { noun: 'apply', state: 'production', e2e: ['lifecycle.test.ts', 'restart.test.ts'], page: 'src/cli/README.md' },
  { noun: 'explain', state: 'production', e2e: ['explain.test.ts', 'demo.test.ts', 'isolation.test.ts', 'spoofing.test.ts'], page: 'src/cli/README.md' },
  { noun: 'top', state: 'production', e2e: ['observe.test.ts'], page: 'src/cli/README.md' },
  { noun: 'fault', state: 'production', e2e: ['observe.test.ts'], page: 'src/cli/README.md' },
  { noun: 'capture', state: 'production', e2e: ['capture.test.ts', 'observe.test.ts'], page: 'src/cli/README.md' },
  { noun: 'daemon', state: 'production', e2e: ['restart.test.ts', 'readme.test.ts', 'troubles.test.ts'], page: 'src/daemon/README.md' },
  { noun: 'cli', state: 'production', e2e: ['readme.test.ts'], page: 'src/cli/README.md' },
  { noun: 'api', state: 'production', e2e: ['readme.test.ts'], page: 'src/api/README.md' },
  { noun: 'workers', state: 'experimental', e2e: ['reachability.test.ts'], page: 'ARCHITECTURE.md' },
  { noun: 'queues', state: 'experimental', e2e: ['queues.test.ts'], page: 'ARCHITECTURE.md' },
];
