/**
 * Many ports and policies, as a host full of containers would have: ports in groups by their label, policies between groups.
 *
 * A policy selects the ports of one group. It lets in a second group at some ports and one prefix at another, lets out to a third
 * group and to names' service, and drops the rest; so each direction of a port is judged by address sets that its group is in.
 */
export interface Scale {
  readonly ports: number;
  readonly groups: number;
  readonly policies: number;
}

export const scaleNetwork = { apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'scale' }, spec: { subnets: ['10.64.0.0/16'] } };

/** Each in the group that its number gives, or in another one. */
export function scalePort(number: number, { groups }: Scale, group = number % groups): object {
  const address = number + 1;
  return {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: `port-${number}`, labels: { group: groupName(group) } },
    spec: { network: 'scale', type: 'memory', addresses: [`10.64.${address >> 8}.${address & 0xff}/16`] },
  };
}

export function scalePolicy(number: number, { groups }: Scale): object {
  const group = (offset: number): object => ({ ports: { matchLabels: { group: groupName((number + offset) % groups) } } });
  const port = 1024 + number;
  return {
    apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: `policy-${number}` },
    spec: {
      appliesTo: group(0),
      ingress: [
        { action: 'allow', from: [group(1)], protocols: [{ tcp: [443, `${port}-${port + 10}`] }] },
        { action: 'allow', from: [{ cidr: `10.${128 + (number % 100)}.0.0/16` }], protocols: [{ udp: [port] }] },
      ],
      egress: [
        { action: 'allow', to: [group(2)], protocols: [{ tcp: [443, 5432] }] },
        { action: 'allow', to: [{ cidr: '10.64.0.1/32' }], protocols: [{ udp: [53] }] },
      ],
      default: { ingress: 'drop', egress: 'drop' },
    },
  };
}

export function scaleResources(scale: Scale): object[] {
  return [
    scaleNetwork,
    ...Array.from({ length: scale.ports }, (_, number) => scalePort(number, scale)),
    ...Array.from({ length: scale.policies }, (_, number) => scalePolicy(number, scale)),
  ];
}

function groupName(number: number): string {
  return `group-${number}`;
}
