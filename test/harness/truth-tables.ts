/**
 * Truth tables of NetworkPolicy: worlds that change in steps, and who may then connect to whom (test/data/netpol/README.md).
 *
 * The namespaces of those worlds have no label but those that are listed, and a namespace of ours (and of Kubernetes) always has one more,
 * kubernetes.io/metadata.name. Two of the cases select by it. So the namespaces have other names here, which no selector asks for.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface TruthCase {
  readonly id: number;
  readonly description: string;
  readonly tags: readonly string[];
  readonly steps: readonly TruthStep[];
}

export type TruthAction =
  | { readonly op: 'createPolicy' | 'updatePolicy'; readonly policy: { readonly metadata: { readonly name: string; readonly namespace?: string } } }
  | { readonly op: 'deletePolicy'; readonly namespace: string; readonly name: string }
  | { readonly op: 'createNamespace' | 'setNamespaceLabels' | 'deleteNamespace'; readonly namespace: string }
  | { readonly op: 'createPod' | 'setPodLabels' | 'deletePod'; readonly namespace: string; readonly pod: string };

export interface Pod {
  /** `namespace/name` */
  readonly pod: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface TruthStep {
  readonly actions: readonly TruthAction[];
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: readonly Pod[];
  readonly expect: Readonly<Record<string, Readonly<Record<Side, string>>>>;
}

export type Side = 'combined' | 'ingress' | 'egress';
export const sides: readonly Side[] = ['combined', 'ingress', 'egress'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export function readTruthCases(): readonly TruthCase[] {
  const text = readFileSync(join(root, 'test/data/netpol/truth-tables.jsonl'), 'utf8');
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as TruthCase);
}

/** What a namespace of the tables is called here. */
export function namespaceHere(name: string): string {
  return `world-${name}`;
}

/** What the port of a pod is called here. */
export function portHere({ pod }: Pick<Pod, 'pod'>): string {
  return namespaceHere(pod);
}

const portsServed = ['tcp', 'udp', 'sctp'].flatMap((protocol) => [80, 81].map((port) => ({ name: `serve-${port}-${protocol}`, protocol, port })));

/** Resources of ours that are the pods and namespaces after a step. */
export function resourcesOfStep({ namespaces, pods }: TruthStep): readonly unknown[] {
  return [
    ...Object.entries(namespaces).map(([name, labels]) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceHere(name), labels } })),
    ...pods.map(({ pod, ip, labels }) => {
      const [namespace, name] = portHere({ pod }).split('/');
      return {
        apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name, namespace, labels },
        spec: { network: 'cluster', type: 'memory', addresses: [`${ip}/8`], namedPorts: portsServed },
      };
    }),
  ];
}

/** What the actions of a step put and delete; pods and namespaces are put as the step says that they are. */
export function changesOfStep(step: TruthStep): { readonly put: readonly unknown[]; readonly deleted: readonly { readonly kind: string; readonly name: string }[] } {
  const put: unknown[] = [...resourcesOfStep(step)];
  const deleted: { kind: string; name: string }[] = [];
  for (const action of step.actions) {
    if (action.op === 'createPolicy' || action.op === 'updatePolicy') {
      const { metadata } = action.policy;
      put.push({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...action.policy, metadata: { ...metadata, namespace: namespaceHere(metadata.namespace ?? 'default') } });
    } else if (action.op === 'deletePolicy') deleted.push({ kind: 'NetworkPolicy', name: `${namespaceHere(action.namespace)}/${action.name}` });
    else if (action.op === 'deleteNamespace') deleted.push({ kind: 'Namespace', name: namespaceHere(action.namespace) });
    else if (action.op === 'deletePod') deleted.push({ kind: 'Port', name: `${namespaceHere(action.namespace)}/${action.pod}` });
  }
  return { put, deleted };
}

/** The network that all pods are in. */
export const cluster = { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'cluster' }, spec: { subnets: ['10.0.0.0/8'] } };

/** Visits every expectation: from whom to whom, by what, on which side, and whether it may. */
export function forEachExpectation(step: TruthStep, visit: (from: Pod, to: Pod, protocol: string, port: number, side: Side, isAllowed: boolean) => void): void {
  for (const [place, tables] of Object.entries(step.expect)) {
    const [protocol = '', port] = place.split('/');
    for (const side of sides) {
      tables[side].split(' ').forEach((row, from) => [...row].forEach((mark, to) => {
        visit(step.pods[from]!, step.pods[to]!, protocol.toLowerCase(), Number(port), side, mark === '.');
      }));
    }
  }
}
