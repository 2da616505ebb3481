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

/** Shared by both readers: lines out of chunks, and how the program ended. */
class LineReader {
  #rest = '';

  take(chunk) {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  end(ended) {
    if (this.#rest !== '') this.line(this.#rest);
    this.#rest = '';
    this.finish(ended);
  }
}

/** The TAP of a test file: what is not indented are its cases, and what follows one up to the next explains it, too. */
export class FileReader extends LineReader {
  #tally;
  #print;
  #name;
  #cases = [];
  #lines = [];
  #plan;

  constructor(tally, print, name) {
    super();
    this.#tally = tally;
    this.#print = print;
    this.#name = name;
  }

  line(line) {
    const plan = /^1\.\.(\d+)(?: # (?:SKIP\S* ?)?(.*))?$/i.exec(line);
    if (plan) {
      this.#plan = { count: Number(plan[1]), reason: plan[2] };
      return;
    }
    const found = readPoint(line);
    if (!found) {
      if (!/^TAP version/.test(line)) this.#lines.push(line);
      return;
    }
    this.#cases.push({ ...found, text: this.#lines });
    this.#lines = [];
  }

  finish({ code, signal, seconds }) {
    const name = this.#name;
    const cases = this.#cases;
    const tail = this.#lines;
    for (const each of cases) this.#tally.add(each.ok, each.skipped, `${name}: ${each.name}`);
    const isSkipped = this.#plan?.count === 0 && this.#plan.reason !== undefined && code === 0;
    if (isSkipped) this.#tally.add(true, true, name);
    const isWhole = code === 0 && this.#plan?.count === cases.length;
    const ok = isWhole && cases.every((each) => each.ok);
    const died = !isWhole && cases.every((each) => each.ok);
    if (died) this.#tally.add(false, false, `${name}: the file itself (ended ${signal ? `by ${signal}` : `with ${code}`}: a crash, a time limit or a wrong plan)`);
    if (ok && !isSkipped && cases.length === 0) this.#tally.add(false, false, `${name}: no test case ran`);

    const mark = ok ? (isSkipped ? '-' : '✓') : '✗';
    const told = isSkipped ? `skipped: ${this.#plan.reason}` : `${counted(cases.length)}, ${seconds.toFixed(1)} s`;
    this.#print(`  ${mark} ${name} (${told})`);
    for (const each of cases) if (each.skipped) this.#print(`      - ${each.name} (skipped: ${each.reason})`);
    for (const [index, each] of cases.entries()) {
      if (!each.ok) this.#tell([...each.text, `not ok - ${each.name}`, ...this.#explanation(cases[index + 1]?.text ?? tail)]);
    }
    if (died) this.#tell(tail);
  }

  #explanation(lines) {
    const end = lines.findIndex((line) => /^# Subtest/.test(line));
    return lines.slice(0, end < 0 ? undefined : end);
  }

  #tell(lines) {
    for (const line of withoutSource(lines)) if (line.trim() !== '') this.#print(`      ${line}`);
  }
}

/** The TAP of a native program: points without indentation, what explains one before it. */
export class ProgramReader extends LineReader {
  #tally;
  #print;
  #name;
  #share;
  #lines = [];
  #count = 0;
  #failed = 0;
  #plan;

  constructor(tally, print, name, share) {
    super();
    this.#tally = tally;
    this.#print = print;
    this.#name = name;
    this.#share = share;
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
    if (!found.ok) this.#failed += 1;
    this.#tally.add(found.ok, found.skipped, `${this.#name}: ${found.name}`);
    if (found.skipped) this.#print(`      - ${found.name} (skipped: ${found.reason})`);
    if (!found.ok) for (const explained of [...this.#lines, line]) this.#print(`    ${explained}`);
    this.#lines = [];
  }

  finish({ code }) {
    const isWhole = this.#plan === this.#count && this.#count > 0;
    if (isWhole && (code === 0 || this.#failed > 0)) {
      this.#print(`  ${this.#failed > 0 ? '✗' : '✓'} ${this.#name}${this.#share} (${counted(this.#count)})`);
      return;
    }
    this.#tally.add(false, false, `${this.#name}: ${isWhole ? `all cases passed, but the program ended with ${code}` : `the program ended early, after ${counted(this.#count)}`}`);
    for (const line of this.#lines.slice(-200)) this.#print(`    ${line}`);
  }
}
