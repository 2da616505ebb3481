/**
 * Kubernetes' truth tables with real sockets: a sample of the cases (test/data/netpol), nine pods in namespaces of their own, each of
 * which asks every other by TCP and UDP on ports 80 and 81.
 *
 *   netns x-a 10.0.1.1 ─┐                     ┌─ netns z-a 10.0.3.1
 *   netns x-b           ├─ vswitchd, one      ├─ netns z-b
 *   netns x-c           ├─ network: cluster   ├─ netns z-c
 *   netns y-a … y-c ────┘                     ┘
 *
 * SCTP is left to test/property/truth-tables.test.ts, which plays all of it with frames: few kernels have it.
 */
import { join } from 'node:path';
import t from 'tap';
import { lacking, Topology, type Host } from '../harness/topology.ts';
import { changesOfStep, cluster, forEachExpectation, portHere, readTruthCases, type Pod, type TruthCase, type TruthStep } from '../harness/truth-tables.ts';
import { root } from '../tidy/tree.ts';

const program = join(root, 'test/harness/pods.py');
const sampleSize = 6;

/** Those whose pods stay as they are, of which the ones that change something in the middle come first. */
function sample(): readonly TruthCase[] {
  const all = readTruthCases().filter(({ steps }) => steps.every(({ actions, pods }) => pods.length === 9 && actions.every(({ op }) => !['createPod', 'deletePod', 'createNamespace', 'deleteNamespace'].includes(op))));
  const changing = all.filter(({ steps }) => steps.length > 1);
  const others = all.filter(({ steps }) => steps.length === 1);
  const some = others.filter((_, index) => index % Math.floor(others.length / (sampleSize - 2)) === 7);
  return [...changing.filter((_, index) => index % Math.ceil(changing.length / 2) === 0), ...some];
}

const hostName = ({ pod }: Pod): string => pod.replace('/', '-');

/** The same ports as TAP devices in namespaces. */
function onTap(resource: unknown, hosts: ReadonlyMap<string, Host>): unknown {
  const { kind, metadata, spec } = resource as { kind: string; metadata: { name: string; namespace: string }; spec: object };
  if (kind !== 'Port') return resource;
  const host = hosts.get(`${metadata.namespace}/${metadata.name}`);
  return { ...(resource as object), spec: { ...spec, type: 'tap', netns: host?.namespace, device: 'eth0' } };
}

/** What answered, of what one pod asked. */
async function ask(host: Host, seconds: number, targets: readonly string[]): Promise<ReadonlySet<string>> {
  if (targets.length === 0) return new Set();
  return new Set((await host.run(['python3', program, 'probe', String(seconds), ...targets])).split('\n').filter((line) => line !== ''));
}

/** What is not as the table says. A pod that must answer gets more time, one that must not has had enough. */
async function findWrong(hosts: ReadonlyMap<string, Host>, step: TruthStep): Promise<string[]> {
  const wanted = new Map<string, Map<string, boolean>>();
  forEachExpectation(step, (from, to, protocol, port, side, isAllowed) => {
    if (side !== 'combined' || from.pod === to.pod || protocol === 'sctp') return;
    const ofPod = wanted.get(portHere(from)) ?? new Map<string, boolean>();
    wanted.set(portHere(from), ofPod.set(`${to.ip}/${protocol}/${port}`, isAllowed));
  });
  const wrong = await Promise.all([...wanted].map(async ([name, targets]) => {
    const host = hosts.get(name) as Host;
    const answered = await ask(host, 1, [...targets.keys()]);
    const silent = [...targets].filter(([target, isAllowed]) => isAllowed && !answered.has(target)).map(([target]) => target);
    const late = await ask(host, 15, silent);
    return [
      ...[...answered].filter((target) => targets.get(target) !== true).map((target) => `${name} must not reach ${target}`),
      ...silent.filter((target) => !late.has(target)).map((target) => `${name} must reach ${target}`),
    ];
  }));
  return wrong.flat();
}

t.test('who may connect to whom, with real sockets', { skip: lacking('python3'), timeout: 240_000 }, async (t) => {
  await using topology = await Topology.open(t);
  const cases = sample();
  t.ok(cases.length >= sampleSize && cases.some(({ steps }) => steps.length > 1), `${cases.length} cases: ${cases.map(({ id }) => id).join(', ')}`);
  const pods = cases[0]!.steps[0]!.pods;
  const hosts = new Map<string, Host>();
  for (const pod of pods) hosts.set(portHere(pod), await topology.host(hostName(pod)));
  await topology.daemon();
  await topology.apply([cluster]);
  for (const { id, description, steps } of cases) {
    const policies = new Set<string>();
    for (const [index, step] of steps.entries()) {
      const { put, deleted } = changesOfStep(step);
      await topology.apply(put.map((resource) => onTap(resource, hosts)));
      if (id === cases[0]!.id && index === 0) {
        for (const host of hosts.values()) host.start(['python3', program, 'serve', '80', '81']);
        for (const host of hosts.values()) for (const port of [80, 81]) await host.untilListening(port);
      }
      for (const { kind, name } of deleted) await topology.control('delete', kind, name);
      for (const { kind, metadata } of put as { kind: string; metadata: { namespace: string; name: string } }[]) if (kind === 'NetworkPolicy') policies.add(`${metadata.namespace}/${metadata.name}`);
      for (const { kind, name } of deleted) if (kind === 'NetworkPolicy') policies.delete(name);
      t.strictSame(await findWrong(hosts, step), [], `case ${id}, step ${index}: ${description}`);
    }
    for (const name of policies) await topology.control('delete', 'networkpolicy', name);
  }
});
