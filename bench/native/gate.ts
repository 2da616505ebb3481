/**
 * `npm run bench:ab -- REVISION [NAME] [--allow PERCENT]`: instructions per packet, this tree against another revision.
 *
 * Both are built with this tree's benchmark and compiler settings, so that only the dataplane differs; where the other
 * revision is too old for it, its own benchmark is used and said so. Instructions repeat to the digit, so the gate holds on
 * a machine where time does not. Without a NAME the hot path is compared. Exit 1 when a case became worse than allowed.
 */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { hasProgram } from '../machine.ts';
import { instructionsPerPacket } from './callgrind.ts';
import { compareCases, type CaseCount } from './comparison.ts';
import { buildProgram, namesOf } from './program.ts';

const run = promisify(execFile);
const tree = fileURLToPath(new URL('../../..', import.meta.url));

function wrong(message: string): never {
  process.stderr.write(`bench:ab: ${message}\n  usage: npm run bench:ab -- REVISION [NAME] [--allow PERCENT]\n`);
  process.exit(2);
}

/** The tree of a revision, unpacked beside this one. */
async function unpack(revision: string): Promise<string> {
  let hash: string;
  try {
    hash = execFileSync('git', ['rev-parse', '--verify', `${revision}^{commit}`], { cwd: tree, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return wrong(`git knows no revision ${revision}`);
  }
  const folder = join(tree, 'out/bench/revisions', hash);
  if (!existsSync(join(folder, 'native'))) {
    mkdirSync(folder, { recursive: true });
    const archive = join(folder, 'tree.tar');
    await run('git', ['archive', '--output', archive, hash], { cwd: tree });
    await run('tar', ['-x', '-f', archive, '-C', folder]);
    rmSync(archive);
  }
  return folder;
}

async function buildOther(folder: string): Promise<string> {
  copyFileSync(join(tree, 'CMakeLists.txt'), join(folder, 'CMakeLists.txt'));
  try {
    return await buildProgram(folder, tree);
  } catch (error) {
    if (!existsSync(join(folder, 'bench/native'))) throw error;
    process.stdout.write('the other revision does not compile with this benchmark; its own is used\n');
    return await buildProgram(folder);
  }
}

async function countCases(program: string, names: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, await instructionsPerPacket(program, name));
  return counts;
}

let given;
try {
  given = parseArgs({ allowPositionals: true, options: { allow: { type: 'string', default: '2' } } });
} catch (error) {
  wrong((error as Error).message);
}
const [revision, wantedName = 'path:'] = given.positionals;
const allowed = Number(given.values.allow);
if (revision === undefined) wrong('name a revision to compare with, e.g. main or HEAD~1');
if (!(allowed >= 0)) wrong(`--allow ${given.values.allow}: give a number of percent`);
if (!hasProgram('valgrind')) wrong('instructions are counted by valgrind: apt-get install -y valgrind');

const other = await unpack(revision);
const [ours, theirs] = [await buildProgram(tree), await buildOther(other)];
const known = new Set(await namesOf(theirs));
const names = (await namesOf(ours)).filter((name) => name.includes(wantedName) && known.has(name));
if (names.length === 0) wrong(`no case of both revisions is named ${wantedName}`);
const [now, before] = [await countCases(ours, names), await countCases(theirs, names)];
const counts: CaseCount[] = names.map((name) => ({ name, before: before.get(name)!, now: now.get(name)! }));
const { text, worse } = compareCases(counts, allowed);
process.stdout.write(text);
process.exitCode = worse > 0 ? 1 : 0;
