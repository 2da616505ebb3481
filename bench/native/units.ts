/**
 * `npm run bench:native [-- NAME]`: every unit and stage that a packet meets, in nanoseconds and in instructions.
 *
 * Cases are measured one after the other. Instructions need valgrind; where it is absent the column is empty and says why.
 */
import { fileURLToPath } from 'node:url';
import { instructionsPerPacket } from './callgrind.ts';
import { buildProgram, namesOf, timesOf } from './program.ts';
import { hasProgram } from '../machine.ts';

const tree = fileURLToPath(new URL('../../..', import.meta.url));
const wanted = process.argv[2] ?? '';
const counts = hasProgram('valgrind');
if (!counts) process.stdout.write('instructions are not counted: apt-get install -y valgrind\n');

const program = await buildProgram(tree);
const names = (await namesOf(program)).filter((name) => name.includes(wanted));
if (names.length === 0) {
  process.stderr.write(`bench:native: no case is named ${wanted}; remedy: one of\n${(await namesOf(program)).map((name) => `  ${name}\n`).join('')}`);
  process.exit(2);
}
process.stdout.write(`${'case'.padEnd(46)}${'ns'.padStart(9)}${'(min–max)'.padStart(19)}${'instructions'.padStart(14)}\n`);
for (const name of names) {
  const time = (await timesOf(program, name)).find((each) => each.case === name);
  if (time === undefined) throw new Error(`native_bench lists "${name}" and does not time it`);
  const range = `(${time.min.toFixed(1)}–${time.max.toFixed(1)})`;
  const instructions = counts ? (await instructionsPerPacket(program, name)).toFixed(1) : '';
  process.stdout.write(`${name.padEnd(46)}${time.ns.toFixed(1).padStart(9)}${range.padStart(19)}${instructions.padStart(14)}\n`);
}
