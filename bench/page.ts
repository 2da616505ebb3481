/**
 * `npm run bench:page [-- REPEAT]`: measures all that the pages show, into `bench/results/`.
 *
 * A result and a drawing for each scenario, with the drivers that say something in it. Takes about an hour on a quiet
 * machine; on any other the results carry their marks. The figures that README states are then taken from there, by hand,
 * with their line in bench/claims.ts.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tree = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(tree, 'bench/results');
const repeat = process.argv[2] ?? '3';
if (!/^[1-9]\d*$/.test(repeat)) {
  process.stderr.write(`bench:page: ${repeat} is no number of trials; remedy: npm run bench:page -- 3\n`);
  process.exit(2);
}

const sets: readonly (readonly [scenario: string, drivers: readonly string[], against: string])[] = [
  ['memory-forward', ['vswitch', 'ovs-dpdk', 'testpmd'], 'ovs-dpdk'],
  ['connections', ['vswitch', 'ovs-dpdk'], 'ovs-dpdk'],
  ['container-tcp', ['vswitch', 'vswitch-acl', 'linux-bridge', 'bridge-nft', 'veth', 'bare-relay', 'ovs', 'ovs-tso', 'ovs-tso-acl', 'vde'], 'ovs-tso'],
  ['container-udp', ['vswitch', 'vswitch-acl', 'linux-bridge', 'bridge-nft', 'veth', 'ovs', 'ovs-tso', 'ovs-tso-acl', 'vde'], 'linux-bridge'],
  ['container-latency', ['vswitch', 'vswitch-acl', 'linux-bridge', 'bridge-nft', 'veth', 'bare-relay', 'ovs-tso', 'ovs-tso-acl'], 'linux-bridge'],
  ['attach', ['vswitch', 'linux-bridge', 'ovs'], 'linux-bridge'],
  ['idle', ['vswitch', 'ovs', 'ovs-tso', 'vde'], 'ovs'],
  ['churn', ['vswitch', 'linux-bridge'], 'linux-bridge'],
  ['policy-scale', ['vswitch'], 'vswitch'],
];

mkdirSync(folder, { recursive: true });
for (const [scenario, drivers, against] of sets) {
  const file = join(folder, scenario);
  const words = ['--scenario', scenario, '--driver', drivers.join(','), '--against', against, '--repeat', repeat, '--json', `${file}.json`, '--plot', `${file}.svg`];
  const { status } = spawnSync(process.execPath, [join(tree, 'out/bench/run.js'), ...words], { stdio: 'inherit' });
  if (status !== 0) {
    process.stderr.write(`bench:page: ${scenario} ended with ${status}; what was measured before it stands in bench/results/\n`);
    process.exit(1);
  }
}
