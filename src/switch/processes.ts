/** The processes whose namespaces ports name by number: which one was meant, and whether it is still the same. */
import type { Intent } from '../intent/intent.ts';
import { differing } from '../shared-map.ts';
import { processBehind } from './namespace-identity.ts';

/** For ports in a process's namespace, by key: when that process was started. */
export type Processes = ReadonlyMap<string, string>;

interface Standing {
  readonly intent: Intent;
  readonly processes: Processes;
}

/** The processes once `intent` stands; what was known once stays as long as the port names the same. */
export function processesAfter(before: Standing, intent: Intent, netnsOf: (key: string) => string): Processes {
  const processes = new Map(before.processes);
  let isSame = true;
  for (const key of differing(before.intent.ports, intent.ports)) {
    const port = intent.ports.get(key);
    const known = processes.get(key);
    if (port !== undefined && known !== undefined && before.intent.ports.get(key)?.spec.netns === port.spec.netns) continue;
    const started = port === undefined ? undefined : processBehind(netnsOf(key));
    if (started === known) continue;
    isSame = false;
    if (started === undefined) processes.delete(key);
    else processes.set(key, started);
  }
  return isSame ? before.processes : processes;
}

/** A process number that another process has now is not the namespace that was meant. */
export function isSameProcess(processes: Processes, key: string, netns: string): boolean {
  const known = processes.get(key);
  return known === undefined || known === processBehind(netns);
}
