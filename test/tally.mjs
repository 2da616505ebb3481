// SPDX-License-Identifier: Apache-2.0
/**
 * Reads TAP as it comes, counts test cases, and keeps what a reader needs of it.
 *
 * A case is a point of a test file (its top-level `test`, or an assertion outside of one), or a TEST of
 * a native program. Assertions inside a case are not counted, so the numbers mean the same in both
 * languages. A file that fails though none of its cases did (a crash, a time limit, a wrong plan) counts
 * as one failed case, and a file skipped as a whole as one skipped.
 */
const point = /^(not )?ok\b(?: (\d+))?(?: - )?(.*)$/;

const counted = (number) => `${number} case${number === 1 ? '' : 's'}`;

function readPoint(line) {
  const found = point.exec(line);
  if (!found) return undefined;
  const [, not, , rest = ''] = found;
  const [, name = '', kind = '', reason = ''] = /^(.*?)(?: # (SKIP|TO-?DO)\S*(?: (.*))?)?$/i.exec(rest) ?? [];
  const skipped = kind !== '';
  return {
    ok: !not || skipped,
    skipped,
    reason: reason || (skipped ? kind.toLowerCase() : ''),
    name: name.replace(/ # time=.*$/, ''),
    seconds: Number(/# time=([\d.]+)ms/.exec(rest)?.[1] ?? 0) / 1000,
  };
}

/** Without the keys that repeat what the test's own text says: its source, and where it was compiled to. */
function withoutSource(lines) {
  let inside;
  return lines.filter((line) => {
    const column = line.search(/\S|$/);
    if (inside !== undefined && (line.trim() === '' || column > inside)) return false;
    inside = /^\s*(source|generated):/.test(line) ? column : undefined;
    return inside === undefined;
  });
}

export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** Every failure in a line, so that it can be said once more at the end. */
  failures = [];

  add(ok, skipped, name) {
    if (skipped) this.skipped += 1;
    else if (ok) this.passed += 1;
    else {
      this.failed += 1;
      this.failures.push(name);
    }
  }

  get line() {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`;
  }
}

/** Shared by both readers: lines out of chunks. */
class LineReader {
  #rest = '';

  take(chunk) {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  end() {
    if (this.#rest !== '') this.line(this.#rest);
    this.#rest = '';
    this.finish();
  }
}

/** The TAP of the runner: a subtest for each file, whose points stand four columns in. */
export class RunnerReader extends LineReader {
  #tally;
  #print;
  #cases = [];
  #lines = [];
  #files = 0;
  #plan;

  constructor(tally, print) {
    super();
    this.#tally = tally;
    this.#print = print;
  }

  line(line) {
    const file = readPoint(line);
    if (file) {
      this.#finishFile(file);
      return;
    }
    const plan = /^1\.\.(\d+)/.exec(line);
    if (plan) this.#plan = Number(plan[1]);
    this.#lines.push(line);
    const inside = /^ {4}(?! )(.*)$/.exec(line);
    const found = inside && readPoint(inside[1]);
    if (!found) return;
    const text = this.#lines;
    this.#cases.push({ ...found, text });
    this.#lines = [];
  }

  #finishFile(file) {
    this.#files += 1;
    // What follows a point up to the next one explains it, too.
    const tail = this.#lines;
    const name = file.name.replace(/^out\/test\//, '').replace(/\.test\.js$/, '');
    const cases = this.#cases;
    const failed = cases.filter((each) => !each.ok);
    for (const each of cases) this.#tally.add(each.ok, each.skipped, `${name}: ${each.name}`);
    if (file.skipped && cases.length === 0) this.#tally.add(true, true, name);
    const died = !file.ok && failed.length === 0;
    if (died) this.#tally.add(false, false, `${name}: the file itself (a crash, a time limit or a wrong plan)`);
    if (file.ok && !file.skipped && cases.length === 0) this.#tally.add(false, false, `${name}: no test case ran`);

    const mark = file.ok ? (file.skipped ? '-' : '✓') : '✗';
    const told = file.skipped ? `skipped: ${file.reason}` : `${counted(cases.length)}, ${file.seconds.toFixed(1)} s`;
    this.#print(`  ${mark} ${name} (${told})`);
    for (const each of cases) if (each.skipped) this.#print(`      - ${each.name} (skipped: ${each.reason})`);
    for (const [index, each] of cases.entries()) {
      if (each.ok) continue;
      const after = cases[index + 1]?.text ?? tail;
      const end = after.findIndex((line) => /^ {4}# Subtest/.test(line));
      for (const line of withoutSource([...each.text, ...after.slice(0, end < 0 ? undefined : end)])) {
        if (line.trim() !== '') this.#print(`    ${line}`);
      }
    }
    if (died) for (const line of withoutSource(tail)) this.#print(`    ${line}`);
    this.#cases = [];
    this.#lines = [];
  }

  finish() {
    if (this.#files === 0 || (this.#plan !== undefined && this.#files < this.#plan)) {
      this.#tally.add(false, false, 'the runner ended before all files had run');
      for (const line of this.#lines) this.#print(`    ${line}`);
    }
  }
}

/** The TAP of a native program: points without indentation, what explains one before it. */
export class ProgramReader extends LineReader {
  #tally;
  #print;
  #name;
  #lines = [];
  #count = 0;
  #plan;

  constructor(tally, print, name) {
    super();
    this.#tally = tally;
    this.#print = print;
    this.#name = name;
  }

  line(line) {
    const plan = /^1\.\.(\d+)/.exec(line);
    if (plan) {
      this.#plan = Number(plan[1]);
      return;
    }
    const found = readPoint(line);
    if (!found) {
      this.#lines.push(line);
      return;
    }
    this.#count += 1;
    this.#tally.add(found.ok, found.skipped, `${this.#name}: ${found.name}`);
    if (found.skipped) this.#print(`      - ${found.name} (skipped: ${found.reason})`);
    if (!found.ok) for (const explained of [...this.#lines, line]) this.#print(`    ${explained}`);
    this.#lines = [];
  }

  finish() {
    if (this.#plan === this.#count && this.#count > 0) {
      this.#print(`  ✓ ${this.#name} (${counted(this.#count)})`);
      return;
    }
    this.#tally.add(false, false, `${this.#name}: the program ended early, after ${counted(this.#count)}`);
    for (const line of this.#lines.slice(-200)) this.#print(`    ${line}`);
  }
}
