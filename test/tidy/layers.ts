/**
 * Who may use whom: the layer tables of both lives, and the exceptions with their reasons.
 *
 * A folder may use the folders of earlier lines, never one of its own line or of a later one. A new
 * folder is given its line here, in the commit that makes it.
 */

export const nativeLayers: readonly (readonly string[])[] = [
  ['base'],
  ['wire', 'telemetry'],
  ['packet'],
  ['port'],
  // A table's port entry keeps its device open, so it names the port and not the other way round.
  ['table', 'state'],
  ['action'],
  ['flow'],
  ['pipeline'],
  ['worker'],
  // The publisher hands generations to workers and waits for them; no worker knows who publishes.
  ['commit'],
  ['binding'],
];

export const sourceLayers: readonly (readonly string[])[] = [
  ['address'],
  // What the dataplane can hold decides what may be wished for: the names of timeouts are its own.
  ['table'],
  ['intent'],
  ['compile', 'plan', 'dataplane'],
  // The façade keeps its state in a store and lets explain answer; neither knows the façade.
  ['explain', 'store'],
  ['switch'],
  ['overlay', 'metrics'],
  ['api'],
  ['daemon', 'cli', 'docker', 'cni', 'demo'],
];

/** Files straight under src/: below every line, or above all of them. */
export const belowAll: readonly string[] = ['errors.ts', 'features.ts', 'shared-map.ts', 'yaml-text.ts'];
export const aboveAll: readonly string[] = ['index.ts'];

/** Runs before anything is installed, so it may use nothing of the tree, and nothing uses it. */
export const apart: readonly string[] = ['setup'];

/** Ways in: they reach the switch through these and nothing else, so they survive its restart. */
export const waysIn: readonly string[] = ['cli', 'docker', 'cni', 'demo'];
export const waysInMayUse: readonly string[] = ['api/client.ts', 'api/protocol.ts', 'address/', 'errors.ts', 'features.ts', 'yaml-text.ts'];

/** Pure folders see no time, no files and no network. */
export const pureFolders: readonly string[] = ['compile', 'plan'];
export const impureModules: readonly RegExp[] = [/^(node:)?(fs|net|http|https|dgram|child_process|timers|os|worker_threads|process)(\/|$)/];
export const impureNames: readonly RegExp[] = [/\bDate\b/, /\bperformance\b/, /\bprocess\.(env|hrtime|uptime)\b/, /\bMath\.random\b/, /\bset(Timeout|Interval|Immediate)\b/];

/** The only file that loads the addon. */
export const addonLoader = 'src/dataplane/native-dataplane.ts';

/** Folders whose objects sign the hot path's contract, and the files that are excused, with the reason. */
export const hotFolders: readonly string[] = ['wire', 'packet', 'flow', 'pipeline', 'action', 'state', 'worker'];
export const coldFiles: ReadonlyMap<string, string> = new Map([
  ['wire/dissect.cpp', 'Home: control and tests; it makes text'],
  ['packet/pool.cpp', 'all packets are allocated at start'],
  ['worker/worker_group.cpp', 'starts and joins threads; no frame passes it'],
  ['state/handover.cpp', 'Home: control; writes state out and reads it back'],
]);
