/**
 * `npm run bench:classify [-- --peers A,B --seeds acl,fw --sizes 1000,10000 --sets FOLDER --repeat N --within SECONDS --json FILE]`: our classifier beside others.
 *
 * Each trial is a fresh process with one classifier and one set of rules, and the classifiers take turns. Sets are made in the
 * style of ClassBench's seeds; `--sets` names a folder with sets of ClassBench itself. Every peer reads the same files, and
 * its answers are held against linear search before it is timed. Flags are ignored by all. A trial that has not ended within
 * `--within` seconds is ended, and the table says so, and in what it was; that peer is not asked about that set again.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { buildOurs, buildPeer, peerNames, type PeerName } from './build.ts';
import { medianRow, tableOf, type Row } from './table.ts';

const run = promisify(execFile);
const tree = fileURLToPath(new URL('../../..', import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function wrong(message: string): never {
  process.stderr.write(`bench:classify: ${message}\n  usage: npm run bench:classify -- [--peers ${peerNames.join(',')}] [--seeds acl,fw,ipc] [--sizes 1000,10000,100000] [--sets FOLDER] [--repeat 3] [--within SECONDS] [--json FILE]\n`);
  process.exit(2);
}

const options = {
  peers: { type: 'string', default: peerNames.join(',') }, seeds: { type: 'string', default: 'acl,fw,ipc' }, sizes: { type: 'string', default: '1000,10000,100000' },
  sets: { type: 'string' }, repeat: { type: 'string', default: '3' }, within: { type: 'string', default: '120' }, json: { type: 'string' },
} as const;
let given;
try {
  given = parseArgs({ options }).values;
} catch (error) {
  wrong((error as Error).message);
}
const wanted = given.peers.split(',') as PeerName[];
for (const name of wanted) if (!peerNames.includes(name)) wrong(`there is no peer ${name}`);
const repeat = Number(given.repeat);
if (!(repeat >= 1)) wrong(`--repeat ${given.repeat}: give a number from 1 on`);

const within = Number(given.within);
if (!(within >= 1)) wrong(`--within ${given.within}: give a number of seconds from 1 on`);

const folder = join(tree, 'build/classify');
mkdirSync(folder, { recursive: true });
const objects = await buildOurs(tree, folder);
const programs = new Map<PeerName, string>();
for (const name of wanted) {
  const built = await buildPeer(tree, folder, name, objects, say);
  if (built.program === undefined) say(`${name}: not measured: ${built.missing}`);
  else programs.set(name, built.program);
}
const [maker] = programs.values();
if (maker === undefined) wrong('no peer could be built');

const sets: string[] = [];
if (given.sets === undefined) {
  for (const seed of given.seeds.split(',')) {
    for (const size of given.sizes.split(',')) {
      const path = join(folder, `${seed}-${size}`);
      if (!['acl', 'fw', 'ipc'].includes(seed) || !(Number(size) >= 1)) wrong(`there is no set ${seed} of ${size}`);
      if (!existsSync(`${path}.trace`)) await run(maker, ['make', seed, size, path], { env: environment() });
      sets.push(path);
    }
  }
} else {
  const names = existsSync(given.sets) ? readdirSync(given.sets).filter((name) => name.endsWith('.rules')) : [];
  if (names.length === 0) wrong(`--sets ${given.sets}: no .rules file is there`);
  for (const name of names.sort()) sets.push(join(given.sets, name.slice(0, -'.rules'.length)));
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, LD_LIBRARY_PATH: join(tree, 'out/bench/peers/root/usr/lib/x86_64-linux-gnu') };
}

/** One trial: what the program said at its end, or why there is no such line. */
async function trialOf(program: string, set: string): Promise<Partial<Row>> {
  try {
    const { stdout } = await run(program, [set], { timeout: within * 1_000, killSignal: 'SIGKILL', env: environment() });
    return JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')) ?? '{"refused": "it said nothing"}') as Partial<Row>;
  } catch (error) {
    const { killed, stdout, message } = error as Error & { readonly killed?: boolean; readonly stdout?: string };
    if (killed !== true) return { refused: message.split('\n')[0]! };
    return { refused: `${stdout?.includes('built') === true ? 'built, but not measured' : 'not built'} within ${within} s` };
  }
}

const rows: Row[] = [];
for (const set of sets) {
  const trials = new Map<PeerName, Row[]>();
  for (let round = 0; round < repeat; round += 1) {
    for (const [name, program] of programs) {
      const earlier = trials.get(name) ?? [];
      if (earlier.some(({ refused }) => refused?.includes(' within ') === true)) continue;
      trials.set(name, [...earlier, { ...await trialOf(program, set), set: set.slice(set.lastIndexOf('/') + 1), peer: name }]);
    }
  }
  for (const of of trials.values()) rows.push(medianRow(of));
  say(tableOf(rows.slice(-programs.size)));
}
if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(rows, undefined, 1)}\n`);
if (rows.some((row) => (row.wrong ?? 0) > 0)) process.exitCode = 1;
