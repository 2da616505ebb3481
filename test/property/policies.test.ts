/** Policies in worlds that nobody wrote down: the compiled tables, changed step by step, say what the slow twin reads in the resources. */
import fc from 'fast-check';
import t from 'tap';
import type { RuleName } from '../../src/table/rule-names.ts';
import { changesOfStep, cluster, forEachExpectation, portHere, readTruthCases } from '../harness/truth-tables.ts';
import { PolicyModel, type FirstPacket, type JudgedPort, type PolicyResource } from '../model/policy.ts';
import { decidingRule, verdictOf } from '../unit/compile/table-judge.ts';
import { nothingPlayed, played, type Played } from '../unit/compile/compiled.ts';
import { firstPacket, policyWorld } from './policy-worlds.ts';

const seed = Number(process.env['VSW_SEED'] ?? Date.now() % 1_000_000);
const numRuns = 60 * Number(process.env['VSW_RUNS'] ?? 1);
const protocolNumbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };
const directions = ['ingress', 'egress'] as const;

const keyOf = ({ kind, metadata }: PolicyResource): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
const nameOf = ({ kind, metadata }: PolicyResource): string => (kind === 'Port' || kind === 'NetworkPolicy' ? `${metadata.namespace ?? 'default'}/${metadata.name}` : metadata.name);

/** From one world to the next: what is not in it any more is deleted, what is put comes in any order. */
function become(world: Played, before: readonly PolicyResource[], after: readonly PolicyResource[]): Played {
  const stays = new Set(after.map(keyOf));
  const gone = before.filter((resource) => !stays.has(keyOf(resource))).map((resource) => ({ kind: resource.kind, name: nameOf(resource) }));
  return played(played(world, [], gone), after);
}

/** Where the tables and the twin disagree about a packet. */
function disagreements(world: Played, resources: readonly PolicyResource[], packets: readonly FirstPacket[]): string[] {
  const model = new PolicyModel(resources);
  const { running, allocations, tables } = world;
  const found: string[] = [];
  for (const resource of resources.filter(({ kind }) => kind === 'Port')) {
    const port = resource as unknown as JudgedPort;
    const id = allocations.portIds[nameOf(resource)]!;
    for (const packet of packets) {
      const { network, source, destination, protocol } = packet;
      if (![port.spec.network, ...(port.spec.trunk?.networks ?? [])].includes(network)) continue;
      const value = packet.port ?? (packet.type === undefined ? 0 : (packet.type << 8) | (packet.code ?? 0));
      const judged = { network: allocations.networkIds[network]!, source, destination, protocol, value };
      for (const direction of directions) {
        const lists = running.portPolicies.get(id);
        const wanted = model.decide(port, direction, packet);
        const rule = decidingRule(running, lists?.[direction] ?? 0, judged);
        const name: Pick<RuleName, 'policy' | 'rule'> | undefined = rule === undefined ? { policy: `Network/${network}`, rule: 'default' } : tables.ruleNames.get(rule.id);
        const said = `${verdictOf(running, id, direction, judged)} ${name?.policy} ${name?.rule}`;
        if (said !== `${wanted.verdict} ${wanted.policy} ${wanted.rule}`) found.push(`${nameOf(resource)} ${direction} ${JSON.stringify(packet)}: ${said}, and the twin says ${JSON.stringify(wanted)}`);
        const audited = lists?.[direction === 'ingress' ? 'ingressAudit' : 'egressAudit'] ?? 0;
        if (audited === 0) continue;
        const auditedRule = decidingRule(running, audited, judged);
        const wouldBe = model.decide(port, direction, packet, true);
        const wouldSay = auditedRule === undefined ? `Network/${network} default` : `${tables.ruleNames.get(auditedRule.id)?.policy} ${tables.ruleNames.get(auditedRule.id)?.rule}`;
        if (wouldSay !== `${wouldBe.policy} ${wouldBe.rule}`) found.push(`audit of ${nameOf(resource)} ${direction} ${JSON.stringify(packet)}: ${wouldSay}, and the twin says ${JSON.stringify(wouldBe)}`);
      }
    }
  }
  return found;
}

t.test('the slow twin knows the truth tables of NetworkPolicy', (t) => {
  let count = 0;
  const wrong: string[] = [];
  for (const { id, steps } of readTruthCases()) {
    const resources = new Map<string, PolicyResource>([['cluster', cluster]]);
    steps.forEach((step, index) => {
      const { put, deleted } = changesOfStep(step);
      for (const one of put as readonly PolicyResource[]) resources.set(`${one.kind} ${nameOf(one)}`, one);
      for (const { kind, name } of deleted) resources.delete(`${kind} ${name}`);
      const model = new PolicyModel([...resources.values()]);
      forEachExpectation(step, (from, to, protocol, port, side, isAllowed) => {
        const packet = { network: 'cluster', source: from.ip, destination: to.ip, protocol: protocolNumbers[protocol]!, port };
        const [sender, receiver] = [from, to].map((pod) => resources.get(`Port ${portHere(pod)}`) as unknown as JudgedPort);
        const egress = side === 'ingress' || model.decide(sender!, 'egress', packet).verdict === 'allow';
        const ingress = side === 'egress' || model.decide(receiver!, 'ingress', packet).verdict === 'allow';
        count += 1;
        if ((egress && ingress) !== isAllowed && wrong.length < 20) wrong.push(`case ${id} step ${index}: ${from.pod} to ${to.pod} ${protocol}/${port} ${side}, wanted ${isAllowed}`);
      });
    });
  }
  t.strictSame(wrong, []);
  t.equal(count, 3 * 123_669, 'of each expectation both sides and their sum');
  t.end();
});

t.test('the tables say what the twin reads, rule by rule, whatever changed before', (t) => {
  t.comment(`VSW_SEED=${seed}`);
  fc.assert(fc.property(fc.array(policyWorld, { minLength: 1, maxLength: 3 }), fc.array(firstPacket, { minLength: 20, maxLength: 20 }), (worlds, packets) => {
    let world = nothingPlayed;
    let before: readonly PolicyResource[] = [];
    for (const after of worlds) {
      world = become(world, before, after);
      before = after;
      const [first] = disagreements(world, after, packets);
      if (first !== undefined) throw new Error(first);
    }
  }), { seed, numRuns });
  t.end();
});

t.test('the order in which resources are written means nothing', (t) => {
  fc.assert(fc.property(policyWorld.chain((resources) => fc.record({ resources: fc.constant(resources), shuffled: fc.shuffledSubarray([...resources], { minLength: resources.length }) })), ({ resources, shuffled }) => {
    const [one, other] = [played(nothingPlayed, resources), played(nothingPlayed, shuffled)].map(({ tables: { ruleNames: _, ...rest } }) => Object.values(rest).map((table) => [...(table as ReadonlyMap<unknown, unknown>)].sort()));
    t.strictSame(one, other);
  }), { seed, numRuns: Math.min(numRuns, 30) });
  t.end();
});

t.test('there and back again is nothing left over', (t) => {
  fc.assert(fc.property(policyWorld, policyWorld, (one, other) => {
    const first = played(nothingPlayed, one);
    const back = become(become(first, one, other), other, one);
    for (const table of ['addressSets', 'serviceSets', 'portPolicies'] as const) t.strictSame([...back.running[table].keys()].sort(), [...first.running[table].keys()].sort(), table);
    for (const table of ['prefixSets', 'rules'] as const) t.equal(back.running[table].size, first.running[table].size, table);
  }), { seed, numRuns: Math.min(numRuns, 30) });
  t.end();
});
