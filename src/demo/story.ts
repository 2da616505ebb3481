/**
 * What the demo shows: its containers, its networks, and who is expected to reach whom.
 *
 * Both networks use the same subnets on purpose: only the switch keeps them apart.
 */

export interface Actor {
  readonly name: string;
  readonly network: string;
  readonly addresses: readonly [ipv4: string, ipv6: string];
}

export const actors: readonly Actor[] = [
  { name: 'web', network: 'blue', addresses: ['10.77.0.1', 'fd00:77::1'] },
  { name: 'db', network: 'blue', addresses: ['10.77.0.2', 'fd00:77::2'] },
  { name: 'lab', network: 'red', addresses: ['10.77.0.3', 'fd00:77::3'] },
];

export const networks: readonly string[] = [...new Set(actors.map(({ network }) => network))];

/** The resources as a user would write them, for containers with the given namespaces. */
export function resourcesFor(namespaceOf: (name: string) => string): string {
  const documents = networks.map((network) => [
    'apiVersion: vswitch/v1',
    'kind: Network',
    `metadata: {name: ${network}}`,
    'spec: {subnets: [10.77.0.0/24, \'fd00:77::/64\']}',
  ]);
  for (const { name, network, addresses: [ipv4, ipv6] } of actors) {
    documents.push([
      'apiVersion: vswitch/v1',
      'kind: Port',
      `metadata: {name: ${name}}`,
      'spec:',
      `  network: ${network}`,
      '  type: tap',
      `  netns: ${namespaceOf(name)}`,
      '  device: eth0',
      `  addresses: [${ipv4}/24, '${ipv6}/64']`,
    ]);
  }
  return documents.map((lines) => `${lines.join('\n')}\n`).join('---\n');
}

export function shouldReach(from: Actor, to: Actor): boolean {
  return from.network === to.network;
}
