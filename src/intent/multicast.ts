/** Multicast of a network: who gets frames of a group, and who asks for that; as a wish, and what is meant where nothing is said. */
import Type from 'typebox';
import type { Report } from './port-coherence.ts';

export interface MulticastSpec {
  readonly snooping?: boolean;
  readonly querier?: boolean;
  readonly fastLeave?: boolean;
  readonly unknownGroups?: 'routers' | 'flood';
  readonly querySeconds?: number;
  readonly responseSeconds?: number;
}

export const querySecondsDefault = 125;
export const responseSecondsDefault = 10;

export const MulticastSchema = Type.Object(
  {
    snooping: Type.Optional(Type.Boolean({ description: 'frames of a multicast group go to those who asked by IGMP or MLD; absent: false, they flood' })),
    querier: Type.Optional(Type.Boolean({ description: 'the switch asks who wants which groups while nobody else does; absent: false' })),
    fastLeave: Type.Optional(Type.Boolean({ description: 'a port that leaves a group is not asked whether somebody behind it still wants it; absent: false' })),
    unknownGroups: Type.Optional(Type.Enum(['routers', 'flood'], { description: 'where frames of groups go that nobody asked for; absent: routers' })),
    querySeconds: Type.Optional(Type.Integer({ minimum: 2, maximum: 3600, description: `seconds between two queries; absent: ${querySecondsDefault}` })),
    responseSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 12, description: `seconds in which hosts answer a query; absent: ${responseSecondsDefault}` })),
  },
  { additionalProperties: false, description: 'who gets multicast; absent: everybody' },
);

/** What keeps it from holding together; paths are those below the network's spec. */
export function checkMulticast(multicast: MulticastSpec | undefined, report: Report): void {
  if (multicast === undefined) return;
  const { snooping = false, querySeconds = querySecondsDefault, responseSeconds = responseSecondsDefault, ...others } = multicast;
  if (!snooping) {
    for (const field of ['querier', 'fastLeave'] as const) {
      if (others[field] === true) report(`/multicast/${field}`, `${field} means nothing while snooping is off`, 'add snooping: true, or leave it out');
    }
    if (others.unknownGroups === 'routers') report('/multicast/unknownGroups', 'without snooping every group floods', 'add snooping: true, or leave it out');
  }
  if (responseSeconds >= querySeconds) {
    report(
      multicast.responseSeconds === undefined ? '/multicast/querySeconds' : '/multicast/responseSeconds',
      `hosts may take ${responseSeconds} s to answer what is asked every ${querySeconds} s`, 'make responseSeconds smaller than querySeconds',
    );
  }
}
