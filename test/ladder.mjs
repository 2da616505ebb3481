// SPDX-License-Identifier: Apache-2.0
/**
 * The ladder: `npm test`, every rung from the set-up to real namespaces, from a fresh clone.
 *
 * `node test/ladder.mjs [RUNG…] [NAME…]` climbs only the named rungs, and of those only the test files
 * (or native tests) whose name contains one of the other words. What is counted stands in tally.mjs; a
 * native test counts once for each build that it ran in. The last line is the sum, and it is true.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, relative } from 'node:path';
import { buildAddonWithGyp, cmakeAddon, gypAddon } from '../src/setup/addon.mjs';
import { buildTypeScript, prepareNative } from '../src/setup/fresh-clone.mjs';
import { endWithSignals, execute, filesBelow, root, step, StepError } from '../src/setup/step.mjs';
import { has, hasProgram, install, wanted } from '../src/setup/system-packages.mjs';
import { nodeOf, promisedNodes } from './nodes.mjs';
import { ProgramReader, Tally } from './tally.mjs';
import { runFiles, share } from './tap-files.mjs';

const tally = new Tally();
const print = (line) => process.stdout.write(`${line}\n`);
const jobs = String(availableParallelism());

/** Builds by CMake into a folder of its own: a cache must never serve two kinds of build. */
async function buildByCmake(folder, options, target) {
  const remedy = 'read the compiler\'s first error above';
  await step(`configured ${folder}`, 'cmake', ['-S', '.', '-B', folder, '-DCMAKE_BUILD_TYPE=Release', ...options], { remedy });
  const targets = target.flatMap((name) => ['--target', name]);
  await step(`built ${folder}`, 'cmake', ['--build', folder, '--parallel', jobs, ...targets], { remedy });
}

/** Test files, so many at a time as there are cores; those named in `alone` by themselves, after the others. */
async function runTap(folder, names, { alone = [], timeout = 180, env } = {}) {
  const all = filesBelow([`out/test/${folder}`], ['.test.js']).map((file) => relative(root, file));
  const files = all.filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
  if (all.length === 0) tally.add(false, false, `${folder}: no test file found`);
  const isAlone = (file) => alone.includes(basename(file, '.test.js'));
  const options = { tally, print, timeout, env };
  await runFiles(files.filter((file) => !isAlone(file)), { ...options, hands: availableParallelism() });
  await runFiles(files.filter(isAlone), { ...options, hands: 1 });
}

/** Runs a native test program, of which as many processes as there are cores take a share. Its address space is not randomised: ThreadSanitizer refuses some layouts. */
async function runNative(name, folder, names) {
  const program = join(root, folder, 'native_tests');
  const fixed = hasProgram('setarch') ? ['setarch', process.arch === 'arm64' ? 'aarch64' : 'x86_64', '-R'] : [];
  const parts = availableParallelism();
  const runs = names.length > 0 ? names.map((wantedName) => [wantedName]) : Array.from({ length: parts }, (_, index) => ['', `${index + 1}/${parts}`]);
  await share(runs, parts, async ([wantedName, part]) => {
    const reader = new ProgramReader(tally, print, name, part === undefined ? '' : `, ${part}`);
    const [command, ...args] = [...fixed, program, wantedName, ...(part === undefined ? [] : [part])];
    const { code } = await execute(command, args, {
      timeout: 600_000, onOutput: (chunk, isError) => (isError ? process.stdout.write(chunk) : reader.take(chunk)),
    });
    reader.end({ code });
  });
}

const sanitizers = { address: 'AddressSanitizer and UBSan', thread: 'ThreadSanitizer' };

async function sanitized(kind, names) {
  await buildByCmake(`build/${kind}`, ['-DVSW_TESTS=ON', `-DVSW_SANITIZE=${kind}`], ['native_tests']);
  await runNative(`native tests under ${sanitizers[kind]}`, `build/${kind}`, names);
}

function fuzzTargets(names) {
  return filesBelow(['test/fuzz'], ['.cpp'])
    .map((file) => basename(file, '.cpp'))
    .filter((target) => target !== 'replay' && target !== 'storm')
    .filter((target) => names.length === 0 || names.some((name) => target.includes(name)));
}

function corpusOf(target) {
  const folder = join(root, 'test/fuzz/corpus', target);
  return existsSync(folder) ? filesBelow([folder], ['']) : [];
}

/** Replays every file of each corpus, with g++ and AddressSanitizer alone, so that no machine leaves it out. */
async function replay(names) {
  const targets = fuzzTargets(names);
  if (targets.length === 0) {
    if (names.length === 0) tally.add(false, false, 'fuzz replay: no target found in test/fuzz');
    return;
  }
  await buildByCmake('build/address', ['-DVSW_TESTS=ON', '-DVSW_SANITIZE=address'], targets.map((target) => `replay_${target}`));
  for (const target of targets) {
    const corpus = corpusOf(target);
    const { code, output } = await execute(join(root, 'build/address', `replay_${target}`), corpus, { timeout: 120_000 });
    const good = code === 0 && corpus.length > 0;
    tally.add(good, false, `fuzz replay ${target}: ${corpus.length === 0 ? 'its corpus is empty' : 'a file did harm'}`);
    print(`  ${good ? '✓' : '✗'} replay of ${target} (${corpus.length} files)`);
    if (!good) print(output.trimEnd());
  }
}

/** Looks for new harm: a minute in all, shared by the targets. VSW_FUZZ_SECONDS makes the nights longer. */
async function fuzz(names) {
  await install(wanted.fuzz);
  if (!has('clang')) {
    tally.add(true, true, 'fuzz');
    print('  - fuzz (skipped: clang with libFuzzer; remedy: apt-get install -y clang libclang-rt-14-dev)');
    return;
  }
  const targets = fuzzTargets(names);
  const options = ['-DVSW_FUZZ=ON', '-DVSW_SANITIZE=address', '-DCMAKE_CXX_COMPILER=clang++'];
  await buildByCmake('build/fuzz', options, targets.map((target) => `fuzz_${target}`));
  const total = Number(process.env.VSW_FUZZ_SECONDS ?? 60);
  const seconds = Math.max(1, Math.floor(total / Math.max(1, targets.length)));
  for (const target of targets) {
    // What it learns stays out of the tree; the first folder is the one that libFuzzer writes to.
    const learned = join(root, 'build/fuzz', `learned_${target}`);
    mkdirSync(learned, { recursive: true });
    const folders = [learned, join(root, 'test/fuzz/corpus', target)].filter((folder) => existsSync(folder));
    const { code, output } = await execute(join(root, 'build/fuzz', `fuzz_${target}`), [
      `-max_total_time=${seconds}`, '-max_len=4096', `-artifact_prefix=${learned}-`, ...folders,
    ], { timeout: (seconds + 120) * 1000 });
    tally.add(code === 0, false, `fuzz ${target}`);
    print(`  ${code === 0 ? '✓' : '✗'} fuzzed ${target} for ${seconds} s`);
    if (code !== 0) print(output.split('\n').slice(-60).join('\n'));
  }
}

/** Runs over the known places in a million other ways, as fast as the code goes: VSW_STORM says how many, VSW_SEED which. */
async function storm(names) {
  await buildByCmake('build/tests', ['-DVSW_TESTS=ON'], ['vsw']);
  const executions = Number(process.env.VSW_STORM ?? 1_000_000);
  const seed = process.env.VSW_SEED ?? String(Date.now() % 1_000_000);
  for (const target of fuzzTargets(names)) {
    const program = join(root, 'build/tests', `storm_${target}`);
    const sources = [`test/fuzz/${target}.cpp`, 'test/fuzz/storm.cpp', 'build/tests/libvsw.a'].map((file) => join(root, file));
    const flags = ['-std=c++20', '-O2', '-Wall', '-Wextra', '-fno-exceptions', '-fno-rtti', '-pthread', '-DVSW_DEBUG'];
    await step(`built the storm of ${target}`, 'g++', [...flags, '-I', join(root, 'native'), '-I', join(root, 'test'), ...sources, '-o', program],
      { remedy: 'read the compiler\'s first error above' });
    const { code, output } = await execute(program, [seed, String(executions), ...corpusOf(target)], { timeout: 80_000_000 });
    tally.add(code === 0, false, `storm ${target}`);
    print(`  ${code === 0 ? '✓' : '✗'} ${target}: ${output.trim().split('\n').at(-1)}`);
    if (code !== 0) print(`    seed ${seed}; the input is in storm-harm: build/address/replay_${target} storm-harm\n${output.slice(-2000)}`);
  }
}

/** How much of the code that it is about each target's corpus reaches, by clang's source-based coverage. */
async function coverage(names) {
  const missing = ['clang++', 'llvm-profdata-14', 'llvm-cov-14'].find((program) => !hasProgram(program));
  if (missing !== undefined) {
    tally.add(true, true, 'coverage');
    print(`  - coverage (skipped: ${missing}; remedy: apt-get install -y clang llvm-14)`);
    return;
  }
  const remedy = 'read the first error above';
  const flags = ['-DVSW_DEBUG', '-O1', '-fprofile-instr-generate', '-fcoverage-mapping'];
  await buildByCmake('build/coverage', ['-DCMAKE_CXX_COMPILER=clang++', '-DCMAKE_BUILD_TYPE=Debug', `-DCMAKE_CXX_FLAGS=${flags.join(' ')}`], ['vsw']);
  for (const target of fuzzTargets(names)) {
    const program = join(root, 'build/coverage', target);
    const sources = [`test/fuzz/${target}.cpp`, 'test/fuzz/replay.cpp', 'build/coverage/libvsw.a'].map((file) => join(root, file));
    const language = ['-std=c++20', '-fno-exceptions', '-fno-rtti', '-pthread', '-I', join(root, 'native'), '-I', join(root, 'test')];
    await step(`built ${target}`, 'clang++', [...flags, ...language, ...sources, '-o', program], { remedy });
    const env = { ...process.env, LLVM_PROFILE_FILE: `${program}.raw` };
    const { code } = await execute(program, corpusOf(target), { timeout: 120_000, env });
    await step(`read what ${target} reached`, 'llvm-profdata-14', ['merge', '-sparse', `${program}.raw`, '-o', `${program}.profile`], { remedy });
    const report = await execute('llvm-cov-14', ['export', '-summary-only', `-instr-profile=${program}.profile`, program]);
    const { files } = JSON.parse(report.output).data[0];
    const reached = files.map(({ filename, summary }) => [relative(join(root, 'native'), filename), summary.lines.percent])
      .filter(([file, percent]) => !file.startsWith('..') && file.endsWith('.cpp') && percent > 0);
    const good = code === 0 && reached.length > 0;
    tally.add(good, false, `coverage ${target}`);
    print(`  ${good ? '✓' : '✗'} ${target}, lines: ${reached.map(([file, percent]) => `${file} ${Math.round(percent)} %`).join(', ')}`);
  }
}

/** Both build files have to yield an addon that loads and offers the same names. */
async function builds() {
  await buildAddonWithGyp();
  const offered = [];
  for (const [name, [file]] of [['cmake-js', cmakeAddon()], ['node-gyp', gypAddon()]]) {
    const script = 'console.log(Object.keys(require(process.argv[1])).sort().join(" "))';
    const { code, output } = file ? await execute(process.execPath, ['-e', script, file]) : { code: 1, output: 'no file' };
    const same = offered.length === 0 || offered[0] === output;
    const good = code === 0 && output.trim() !== '' && same;
    offered.push(output);
    tally.add(good, false, `builds: the addon by ${name} loads${same ? '' : ' but offers other names'}`);
    print(`  ${good ? '✓' : '✗'} the addon by ${name} loads`);
    if (!good) print(`    ${output.trim()}`);
  }
  await otherNodes();
}

/** Node-API promises that one addon loads in every Node; those that are here already are asked. */
async function otherNodes() {
  const script = 'const { Switch } = require(process.argv[1]); new Switch({ workers: 1 }).close().then(() => console.log("closed"))';
  for (const version of promisedNodes) {
    const { path, obstacle } = await nodeOf(version, { isQuick: true });
    for (const [name, [file]] of [['cmake-js', cmakeAddon()], ['node-gyp', gypAddon()]]) {
      const { code, output } = path && file ? await execute(path, ['-e', script, file]) : { code: 1, output: 'no file' };
      const good = path === undefined || (code === 0 && output.trim() === 'closed');
      tally.add(good, path === undefined, `builds: the addon by ${name} in Node ${version}`);
      print(`  ${path === undefined ? '-' : good ? '✓' : '✗'} the addon by ${name} in Node ${version}${path === undefined ? ` (skipped: ${obstacle})` : ''}`);
      if (!good) print(`    ${output.trim()}`);
    }
  }
}

/** What takes too long for every day: ports at random for a minute, and what ports cost. */
async function endurance(names) {
  const env = { ...process.env, VSW_CHURN_PORTS: '300', VSW_CHURN_SECONDS: '60' };
  if (names.length === 0 || names.includes('churn')) await runTap('e2e', ['e2e/churn'], { timeout: 900, env });
  if (names.length === 0 || !names.every((name) => name === 'churn')) await runTap('endurance', names, { alone: ['figures'], timeout: 900 });
}

/** What measures time, speed or memory, or asks for whole cores, has the machine for itself. */
const measuring = ['bench', 'churn', 'embedded', 'lives', 'path-mtu', 'queues', 'reachability', 'restart'];

const ladder = [
  // Before tidy, which compares what the two addons export.
  { name: 'builds', climb: builds, isNative: true },
  { name: 'tidy', climb: (names) => runTap('tidy', names) },
  {
    name: 'native',
    isNative: true,
    climb: async (names) => {
      // The benchmark is compiled too, or it would be found broken when somebody needs it.
      await buildByCmake('build/tests', ['-DVSW_TESTS=ON', '-DVSW_BENCH=ON'], ['native_tests', 'native_bench']);
      await runNative('native tests', 'build/tests', names);
    },
  },
  { name: 'unit', climb: (names) => runTap('unit', names) },
  { name: 'golden', climb: (names) => runTap('golden', names) },
  { name: 'property', climb: (names) => runTap('property', names) },
  { name: 'address', climb: (names) => sanitized('address', names), isNative: true },
  { name: 'thread', climb: (names) => sanitized('thread', names), isNative: true },
  { name: 'replay', climb: replay, isNative: true },
  { name: 'e2e', climb: (names) => runTap('e2e', names, { alone: measuring, timeout: 240 }) },
  { name: 'endurance', climb: endurance, onRequest: true },
  { name: 'fuzz', climb: fuzz, isNative: true, onRequest: true },
  { name: 'storm', climb: storm, isNative: true, onRequest: true },
  { name: 'coverage', climb: coverage, isNative: true, onRequest: true },
];

function choose(words) {
  const known = new Set(ladder.map(({ name }) => name));
  const asked = words.flatMap((word) => (word === 'sanitize' ? ['address', 'thread'] : [word]));
  const rungs = asked.filter((word) => known.has(word));
  const names = asked.filter((word) => !known.has(word));
  const option = names.find((word) => word.startsWith('-'));
  if (option !== undefined) {
    process.stderr.write(`ladder: no option ${option}; remedy: ladder.mjs [${[...known].join('|')}|sanitize]… [NAME]…\n`);
    process.exit(2);
  }
  if (names.length > 0 && rungs.length === 0) {
    // A name alone is looked for in the tests that need no build of their own.
    return { rungs: ladder.filter(({ name }) => ['tidy', 'unit', 'golden', 'property', 'e2e'].includes(name)), names };
  }
  return { rungs: ladder.filter(({ name, onRequest }) => (rungs.length > 0 ? rungs.includes(name) : !onRequest)), names };
}

/** Does a piece of work; what stops it counts as one failure and is told with its remedy. */
async function attempt(name, work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    tally.add(false, false, `${name}: ${error.message}`);
    print(`✗ ${error.message}${error.remedy ? `; remedy: ${error.remedy}` : ''}`);
    return false;
  }
}

async function climb() {
  const { rungs, names } = choose(process.argv.slice(2));
  if (await attempt('the set-up', () => prepareNative('test'))) {
    // The native rungs stand on their own: an error in TypeScript must not hide theirs.
    const isCompiled = await attempt('the set-up', buildTypeScript);
    for (const { name, climb: climbRung, isNative } of rungs) {
      const start = Date.now();
      print(name);
      if (isCompiled || isNative) await attempt(name, () => climbRung(names));
      else print('  left out, since the TypeScript does not compile');
      print(`  ${name} took ${((Date.now() - start) / 1000).toFixed(0)} s`);
    }
  }
  if (tally.passed + tally.failed + tally.skipped === 0) tally.add(false, false, `no test is named ${names.join(' or ')}`);
  for (const failure of tally.failures) print(`not ok: ${failure}`);
  print(tally.line);
  process.exitCode = tally.failed === 0 ? 0 : 1;
}

endWithSignals();
await climb();
