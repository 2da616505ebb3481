/** The twin's world from resources as a user writes them; every port states its MAC and addresses. */
import { parseAllDocuments } from 'yaml';
import type { ModelFault } from './fault.ts';
import type { Trunk } from './trunk.ts';
import { type ModelNetwork, type ModelPort, SlowSwitch } from './slow-switch.ts';

export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: Record<string, unknown>;
}

export function readResources(text: string): Resource[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Resource);
}

export function toModelNetwork({ metadata, spec }: Resource): ModelNetwork {
  return { name: metadata.name, ...(spec as Omit<ModelNetwork, 'name'>) };
}

export function toModelPort({ metadata, spec }: Resource): ModelPort {
  const limits = spec['limits'] as { macs?: number; groups?: number } | undefined;
  const trunk = spec['trunk'] as Trunk | undefined;
  return {
    name: metadata.name,
    ...(trunk === undefined ? { network: String(spec['network']) } : { trunk }),
    mac: String(spec['mac']),
    addresses: (spec['addresses'] as string[] | undefined) ?? [],
    antiSpoof: spec['antiSpoof'] !== false,
    offloads: spec['offloads'] === true,
    hairpin: spec['hairpin'] === true,
    ...(spec['mtu'] === undefined ? {} : { mtu: Number(spec['mtu']) }),
    ...(spec['fault'] === undefined ? {} : { fault: spec['fault'] as ModelFault }),
    ...(limits?.macs === undefined ? {} : { macsMax: limits.macs }),
    ...(limits?.groups === undefined ? {} : { groupsMax: limits.groups }),
    multicastRouter: spec['multicastRouter'] === true,
  };
}

/** Puts the resources into the twin. */
export function applyToModel(model: SlowSwitch, resources: readonly Resource[]): void {
  for (const resource of resources) if (resource.kind === 'Network') model.putNetwork(toModelNetwork(resource));
  for (const resource of resources) if (resource.kind === 'Port') model.putPort(toModelPort(resource));
}
