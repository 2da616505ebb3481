// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run mutants [WORD…]`: each promise is broken on purpose, and a test has to notice.
 *
 * The breaks stand in mutants.mjs. They are made in a copy of the tree, build/mutants/tree, which is built
 * again after each, so the working tree stays as it is. First the tests run on the copy unbroken: a test
 * that fails anyway notices nothing. A break that no longer applies, or does not compile, is an error; one
 * that no test notices has SURVIVED. Either ends with 1. WORDs choose the breaks whose line has all of them.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { endWithSignals, execute, filesBelow, root, step } from '../../src/setup/step.mjs';
import { mutants } from './mutants.mjs';

const copy = join(root, 'build/mutants/tree');
const release = 'build/release';
const jobs = String(availableParallelism());
const print = (line) => process.stdout.write(`${line}\n`);
const seconds = (since) => ((Date.now() - since) / 1000).toFixed(0);

// A world that fails needs not be shrunk here: that it fails is all we ask. The seed keeps the answer.
const settings = { VSW_SEED: '1', VSW_RUNS: '0.2', VSW_SHRINK: '0', TAP_TIMEOUT: '300' };

/** Brings the copy up to date; what is the same keeps its time, so that it is not built again. */
async function copyTree() {
  const { output } = await execute('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  const names = new Set(output.split('\n').filter((name) => name !== '' && existsSync(join(root, name))));
  for (const name of names) {
    const [from, to] = [join(root, name), join(copy, name)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    const now = new Date();
    utimesSync(to, now, now);
  }
  for (const path of filesBelow(['native', 'src', 'test'].map((name) => join(copy, name)), [''])) {
    if (!names.has(relative(copy, path))) rmSync(path);
  }
  if (!existsSync(join(copy, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

async function configure() {
  const cmakeJs = join(root, 'node_modules/cmake-js/bin/cmake-js');
  const options = ['--out', release, '--prefer-make'];
  await step('configured the copy', process.execPath, [cmakeJs, 'configure', ...options], { cwd: copy, remedy: 'read the error above' });
}

const buildAddon = () => execute('cmake', ['--build', release, '--parallel', jobs, '--target', 'vswitch'], { cwd: copy });

/** One file is enough: that types still fit is not what a break is about. */
async function compileTypeScript(file) {
  const { default: typescript } = await import('typescript');
  const path = join(copy, 'tsconfig.json');
  const { compilerOptions } = typescript.parseConfigFileTextToJson(path, readFileSync(path, 'utf8')).config;
  const { options } = typescript.convertCompilerOptionsFromJson({ ...compilerOptions, module: 'esnext', moduleResolution: 'bundler', declaration: false }, copy);
  const { outputText } = typescript.transpileModule(readFileSync(join(copy, file), 'utf8'), { compilerOptions: options, fileName: join(copy, file) });
  writeFileSync(join(copy, 'out', file.replace(/\.ts$/, '.js')), outputText);
}

/** The file that a test is, and its environment. */
function programOf(test) {
  const [rung, name = ''] = test.split(' ');
  const file = rung === 'golden' ? 'out/test/golden/golden.test.js' : `out/test/${rung}/${name}.test.js`;
  return { file, env: rung === 'golden' ? { VSW_CASE: name } : {} };
}

/** What the test says: the first thing that is not as it should be, or nothing. */
async function complaintOf(test) {
  const { file, env } = programOf(test);
  const { code, signal, output } = await execute(process.execPath, [join(copy, file)], {
    cwd: copy, timeout: 300_000, env: { ...process.env, ...settings, ...env },
  });
  const points = output.split('\n').map((line) => /^\s*(not ok|ok) \d+ - (.*)/.exec(line)).filter((point) => point !== null);
  if (points.length === 0 && code === 0) throw new Error(`${test}: no such test`);
  if (code === 0) return undefined;
  const first = points.find(([, outcome]) => outcome === 'not ok');
  return first?.[2].replace(/ \{$| # time=.*$/g, '') ?? `it ended ${signal ? `by ${signal}` : `with ${code}`}`;
}

/** The text with the break in it. A place that is not there, or there more than once, is no place. */
function broken({ file, find, put }) {
  const text = readFileSync(join(copy, file), 'utf8');
  const count = text.split(find).length - 1;
  if (count !== 1) throw new Error(`the place to break is there ${count} times in ${file}: bring the line in mutants.mjs up to date`);
  return text.replace(find, () => put);
}

/** Breaks, builds and asks the tests one after the other. Resolves with who noticed. */
async function noticed(mutant) {
  const whole = readFileSync(join(copy, mutant.file));
  const text = broken(mutant);
  const isNative = mutant.file.startsWith('native/');
  writeFileSync(join(copy, mutant.file), text);
  try {
    if (!isNative) await compileTypeScript(mutant.file);
    // Also when nothing native is broken: what was broken before is whole again.
    const { code, output } = await buildAddon();
    if (code !== 0) throw new Error(`the break does not compile:\n${output.slice(-2000)}`);
    for (const test of mutant.tests) {
      const complaint = await complaintOf(test);
      if (complaint !== undefined) return { test, complaint };
    }
    return undefined;
  } finally {
    writeFileSync(join(copy, mutant.file), whole);
    if (!isNative) await compileTypeScript(mutant.file);
  }
}

async function run(words) {
  const chosen = mutants.filter(({ promise, breaks }) => words.every((word) => `${promise}: ${breaks}`.includes(word)));
  if (chosen.length === 0) throw new Error(`no break is named ${words.join(' ')}`);
  const start = Date.now();
  await copyTree();
  await configure();
  await step('built the copy', 'cmake', ['--build', release, '--parallel', jobs, '--target', 'vswitch'], { cwd: copy });
  await step('compiled the copy\'s TypeScript', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', 'out/.tsbuildinfo'], { cwd: copy });
  for (const file of new Set(mutants.map(({ file }) => file).filter((file) => file.endsWith('.ts')))) await compileTypeScript(file);

  const failures = [];
  for (const test of new Set(chosen.flatMap(({ tests }) => tests))) {
    const complaint = await complaintOf(test);
    if (complaint !== undefined) failures.push(`${test} fails on the tree as it is: ${complaint}`);
  }
  print(failures.length === 0 ? `· all tests pass on the tree as it is (${seconds(start)} s)` : failures.join('\n'));
  for (const mutant of failures.length === 0 ? chosen : []) {
    const since = Date.now();
    const name = `${mutant.promise}: ${mutant.breaks}`;
    try {
      const by = await noticed(mutant);
      if (by === undefined) failures.push(`SURVIVED ${name} (asked: ${mutant.tests.join(', ')})`);
      print(by === undefined ? `✗ ${name}: SURVIVED` : `✓ ${name}: caught by ${by.test} — ${by.complaint} (${seconds(since)} s)`);
    } catch (error) {
      failures.push(`${name}: ${error.message}`);
      print(`✗ ${name}: ${error.message}`);
    }
  }
  for (const failure of failures) print(`not ok: ${failure}`);
  print(`${chosen.length} breaks, ${failures.length} not caught, ${seconds(start)} s`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

endWithSignals();
await run(process.argv.slice(2));
