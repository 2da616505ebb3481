/**
 * `npm run bench:micro`, its third part: from the wish to the active generation, through the library and the dataplane.
 *
 * 100,000 rules in a thousand policies, or in one: one rule more, one that is changed and one less, one after the other, one about half
 * of all addresses among them, until `apply` resolves. A port that is in a group of 10,000 joins another. Median and worst.
 */
import { VirtualSwitch } from '../../src/index.ts';
import type { PolicyResource, RuleSpec } from '../../src/intent/policy.ts';

const rounds = 60;
const network = { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'net' }, spec: { subnets: ['10.0.0.0/8'] } };

function portOf(index: number, group: string): object {
  return { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `port-${index}`, labels: { group } }, spec: { network: 'net', type: 'memory' } };
}

function policyOf(policy: number, rules: number, more: readonly RuleSpec[] = []): PolicyResource {
  const ingress = Array.from({ length: rules }, (_, index): RuleSpec => {
    const number = policy * rules + index;
    return { name: `rule-${index}`, action: 'allow', from: [{ cidr: `${11 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}.0/24` }], protocols: [{ tcp: [1 + (number % 60_000)] }] };
  });
  ingress.splice(rules >> 1, 0, ...more);
  return { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: `policy-${policy}` }, spec: { appliesTo: {}, ingress, default: { ingress: 'drop' } } };
}

/** What may stand in a rule that comes: one address, half of all, many wide prefixes. */
const comers: readonly RuleSpec['from'][] = [
  [{ cidr: '9.9.9.9/32' }], [{ cidr: '0.0.0.0/1' }], [{ cidr: '::/0' }], Array.from({ length: 24 }, (_, index) => ({ cidr: `${8 * index}.0.0.0/5` })),
];

async function timed(what: string, count: number, step: (round: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const start = performance.now();
    await step(round);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  process.stdout.write(`  ${what}: ${times[times.length >> 1]!.toFixed(2)} ms, at most ${times.at(-1)!.toFixed(2)} ms (${count} times)\n`);
}

for (const [policies, rules] of [[1_000, 100], [1, 100_000]] as const) {
  await using virtualSwitch = await VirtualSwitch.open();
  const all = [network, ...Array.from({ length: 100 }, (_, index) => portOf(index, `group-${index % 10}`)), ...Array.from({ length: policies }, (_, policy) => policyOf(policy, rules))];
  process.stdout.write(`100 ports, 100,000 rules in ${policies === 1 ? 'one policy' : `${policies} policies`}\n`);
  await timed('all of it', 1, async () => await virtualSwitch.apply(all));
  const count = policies === 1 ? 4 : rounds;
  const wishes = Array.from({ length: count }, (_, round) => {
    const name = `more-${round}`;
    const from = comers[round % comers.length]!;
    const policy = (round * 37) % policies;
    return {
      with: policyOf(policy, rules, [{ name, action: 'drop', from }]), changed: policyOf(policy, rules, [{ name, action: 'allow', from }]), without: policyOf(policy, rules),
    };
  });
  for (const key of ['with', 'changed', 'without'] as const) {
    const what = { with: 'one rule more', changed: 'one rule changed', without: 'one rule less' }[key];
    await timed(what, count, async (round) => await virtualSwitch.apply([wishes[round]![key]]));
  }
}

{
  await using virtualSwitch = await VirtualSwitch.open({ limits: { ports: 10_001 } });
  const toGroup = (policy: number, group: string): object => ({
    apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: `group-${policy}` },
    spec: { appliesTo: { ports: { matchLabels: { group } } }, ingress: [{ action: 'allow', from: [{ ports: { matchLabels: { group: 'all' } } }] }] },
  });
  process.stdout.write('10,000 ports in one group\n');
  await timed('all of it', 1, async () => await virtualSwitch.apply([network, ...Array.from({ length: 10_000 }, (_, index) => portOf(index, 'all')), toGroup(0, 'all'), toGroup(1, 'other')]));
  await timed('one port leaves it', rounds, async (round) => await virtualSwitch.apply([portOf(round, 'other')]));
  await timed('one port joins it', rounds, async (round) => await virtualSwitch.apply([portOf(round, 'all')]));
}
