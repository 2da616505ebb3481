import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { FileStore } from '../../../src/store/file-store.ts';
import { formatLine } from '../../../src/store/journal.ts';
import type { Loaded } from '../../../src/store/store.ts';

async function saved(folder: string, ...values: unknown[]): Promise<void> {
  const store = await FileStore.open(folder);
  await store.load();
  for (const value of values) await (await store.prepare(() => value)).keep();
  await store.close();
}
async function loaded(folder: string): Promise<Loaded> {
  const store = await FileStore.open(folder);
  try {
    return await store.load();
  } finally {
    await store.close();
  }
}

t.test('an empty directory, or none, holds nothing', async (t) => {
  const folder = join(t.testdir(), 'deep', 'state');
  t.strictSame(await loaded(folder), { value: undefined, changes: [], warnings: [] });
});

t.test('the last value that was kept comes back, and its predecessor stays beside it', async (t) => {
  const folder = t.testdir();
  await saved(folder, { n: 1 }, { n: 2 });
  t.strictSame(await loaded(folder), { value: { n: 2 }, changes: [], warnings: [] });
  t.strictSame(readdirSync(folder).sort(), ['state.journal', 'state.json', 'state.json.previous']);
  t.match(readFileSync(join(folder, 'state.json.previous'), 'utf8'), /"n":1/);
});

t.test('what was prepared and not kept is not there', async (t) => {
  const folder = t.testdir();
  const store = await FileStore.open(folder);
  await store.load();
  await (await store.prepare(() => ({ n: 1 }))).keep();
  await (await store.prepare(() => ({ n: 2 }))).discard();
  await store.prepare(() => ({ n: 3 })); // and the process ends here
  await store.close();
  t.strictSame((await loaded(folder)).value, { n: 1 });
});

t.test('a torn file gives way to its predecessor, with a warning, and is set aside', async (t) => {
  const folder = t.testdir();
  await saved(folder, { n: 1 }, { n: 2 });
  truncateSync(join(folder, 'state.json'), 60);
  const { value, warnings } = await loaded(folder);
  t.strictSame(value, { n: 1 });
  t.match(warnings, [/state\.json could not be used \(.*\); the state before the last change was taken/]);
  t.ok(readdirSync(folder).some((name) => name.startsWith('state.json.damaged')));
});

t.test('a torn file without a predecessor stops the switch, and stays', async (t) => {
  const folder = t.testdir();
  await saved(folder, { n: 1 });
  truncateSync(join(folder, 'state.json'), 60);
  await t.rejects(loaded(folder), { code: 'VSW_STATE', message: /state\.json cannot be used: .*; put back a good copy, or move it away/ });
  t.strictSame(readdirSync(folder).sort(), ['state.journal', 'state.json']);
});

t.test('after a fall-back the good predecessor is not overwritten by the damaged file', async (t) => {
  const folder = t.testdir();
  await saved(folder, { n: 1 }, { n: 2 });
  writeFileSync(join(folder, 'state.json'), 'rubbish');
  const store = await FileStore.open(folder);
  await store.load();
  await store.prepare(() => ({ n: 3 }));
  t.match(readFileSync(join(folder, 'state.json.previous'), 'utf8'), /"n":1/);
  await store.close();
});

t.test('a second switch on the same directory is refused', async (t) => {
  const folder = t.testdir();
  const store = await FileStore.open(folder);
  await t.rejects(FileStore.open(folder), { code: 'VSW_STATE' });
  await store.close();
});

t.test('a state that cannot be written is told before anything changes', async (t) => {
  const folder = t.testdir();
  const store = await FileStore.open(folder);
  await store.load();
  mkdirSync(join(folder, 'state.json.new'));
  await t.rejects(store.prepare(() => ({ n: 1 })), { code: 'VSW_STATE', message: /could not be saved .*nothing was changed/ });
  await store.close();
});

t.test('a directory that was taken away under a running switch is filled again once it is back', async (t) => {
  const folder = join(t.testdir(), 'state');
  const store = await FileStore.open(folder);
  await (await store.prepare(() => ({ n: 1 }))).keep();
  rmSync(folder, { recursive: true });
  await t.rejects(store.prepare(() => ({ n: 2 })), { code: 'VSW_STATE', message: /nothing was changed/ });
  mkdirSync(folder);
  await (await store.prepare(() => ({ n: 3 }))).keep();
  await store.close();
  const again = await FileStore.open(folder);
  t.strictSame((await again.load()).value, { n: 3 });
  await again.close();
});

/** A store whose value is a sum, and whose changes are what was added to it. */
class Sum {
  readonly store: FileStore;
  value: number;

  private constructor(store: FileStore, value: number) {
    [this.store, this.value] = [store, value];
  }

  static async open(folder: string): Promise<Sum> {
    const store = await FileStore.open(folder);
    const { value, changes } = await store.load();
    return new Sum(store, (value as { sum: number } | undefined ?? { sum: 0 }).sum + (changes as number[]).reduce((sum, change) => sum + change, 0));
  }

  async add(number: number, fate: 'keep' | 'discard' | 'neither' = 'keep'): Promise<void> {
    const sum = this.value + number;
    const prepared = await this.store.prepare(() => ({ sum }), number);
    if (fate === 'neither') return;
    await prepared[fate]();
    if (fate === 'keep') this.value = sum;
  }
}

async function sumIn(folder: string): Promise<number> {
  const sum = await Sum.open(folder);
  await sum.store.close();
  return sum.value;
}

async function summed(folder: string, ...numbers: number[]): Promise<void> {
  const sum = await Sum.open(folder);
  for (const number of numbers) await sum.add(number);
  await sum.store.close();
}

const journalOf = (folder: string): string => join(folder, 'state.journal');

t.test('what changes later is written to the journal alone, and counts', async (t) => {
  const folder = t.testdir();
  await summed(folder, 1, 2);
  const whole = readFileSync(join(folder, 'state.json'), 'utf8');
  t.match(whole, /"sum":1/);
  t.equal(await sumIn(folder), 3);
  await summed(folder, 4, 8, 16);
  t.match(readFileSync(join(folder, 'state.json'), 'utf8'), /"sum":7/, 'the first change of a process is written whole');
  t.equal(await sumIn(folder), 31);
});

t.test('what was refused, or not yet kept when the process ended, does not count', async (t) => {
  const folder = t.testdir();
  const sum = await Sum.open(folder);
  await sum.add(1);
  await sum.add(2, 'discard');
  await sum.add(4);
  await sum.add(8, 'neither');
  await sum.store.close();
  t.equal(await sumIn(folder), 5);
  // After another boot nobody knows whether the mark was lost, and it may have been told that it is active.
  writeFileSync(journalOf(folder), readFileSync(journalOf(folder), 'utf8').replace(/= 3 [^\n]*/, (line) => relined(line, (value) => ({ ...value, boot: 'another' }))));
  t.equal(await sumIn(folder), 13);
});

/** A line of a journal with another value, and its checksum. */
function relined(line: string, change: (value: Record<string, unknown>) => unknown): string {
  const [, mark, number, json] = /^(.) ([0-9]+) [0-9a-f]+ (.*)$/.exec(line)!;
  return formatLine(mark!, Number(number), change(JSON.parse(json!) as Record<string, unknown>)).trimEnd();
}

t.test('a whole state that was torn is made again of its predecessor and the journal', async (t) => {
  const folder = t.testdir();
  await summed(folder, 1, 2);
  await summed(folder, 4, 8, 16);
  truncateSync(join(folder, 'state.json'), 60);
  const { value, changes, warnings } = await loaded(folder);
  t.strictSame([value, changes], [{ sum: 1 }, [2, 4, 8, 16]]);
  t.match(warnings, [/state\.json could not be used .*the same state was made of .*state\.json\.previous and .*state\.journal/]);
  await summed(folder, 32);
  t.equal(await sumIn(folder), 63);
  truncateSync(join(folder, 'state.json'), 60);
  t.equal(await sumIn(folder), 63, 'also a second time');
});

t.test('and the first one of the journal alone', async (t) => {
  const folder = t.testdir();
  await summed(folder, 1, 2, 4);
  truncateSync(join(folder, 'state.json'), 60);
  t.match(await loaded(folder), { value: undefined, changes: [1, 2, 4], warnings: [/the same state was made of [^ ]*state\.journal$/] });
  await summed(folder, 8);
  t.equal(await sumIn(folder), 15);
});

t.test('a journal that was changed, or taken away, is told, and what stands before counts', async (t) => {
  const folder = t.testdir();
  await summed(folder, 1, 2, 4, 8);
  const text = readFileSync(journalOf(folder), 'utf8');
  writeFileSync(journalOf(folder), text.replace(/ 4\n/, ' 5\n'));
  t.match(await loaded(folder), { value: { sum: 1 }, changes: [2], warnings: [/state\.journal could not be used to its end \(line 5 was cut short or changed\)/] });
  t.match(readFileSync(`${journalOf(folder)}.damaged`, 'utf8'), / 5\n/);
  writeFileSync(journalOf(folder), text.replace(/\? ?[^\n]* 2\n|\+ [^\n]* 2\n/, ''));
  t.match(await loaded(folder), { changes: [], warnings: [/line 4 was cut short/] }, 'nor may a line be missing');
  rmSync(journalOf(folder));
  t.match(await loaded(folder), { value: { sum: 1 }, changes: [], warnings: [/state\.journal .*it is not there/] });
});

t.test('a line that was cut short while it was written is nobody\'s, and no fault', async (t) => {
  const folder = t.testdir();
  await summed(folder, 1, 2, 4);
  const text = readFileSync(journalOf(folder), 'utf8').replace(/\0+$/, '');
  for (const rest of ['?', '? 6 12', formatLine('?', 6, 8).slice(0, -3)]) {
    writeFileSync(journalOf(folder), text + rest + '\0'.repeat(100));
    t.match(await loaded(folder), { changes: [2, 4], warnings: [] }, rest);
  }
});

t.test('a journal that is full gives way to a new one, and nothing is lost on the way', async (t) => {
  const folder = t.testdir();
  const sum = await Sum.open(folder);
  let count = 0;
  const firstWhole = async (): Promise<string> => {
    await sum.add(1);
    count += 1;
    return readFileSync(join(folder, 'state.json'), 'utf8');
  };
  const first = await firstWhole();
  while (await firstWhole() === first) if (count > 20_000) throw new Error('the journal is never full');
  await sum.add(1);
  await sum.store.close();
  t.ok(count > 1000, `${count} changes fit`);
  t.equal(await sumIn(folder), count + 1);
  truncateSync(join(folder, 'state.json'), 60);
  t.equal(await sumIn(folder), count + 1, 'nor if the new whole state is torn');
});

t.test('a journal that did not come to its place is found beside it', async (t) => {
  const folder = t.testdir();
  await summed(folder, 1, 2);
  renameSync(journalOf(folder), `${journalOf(folder)}.new`);
  t.strictSame(await loaded(folder), { value: { sum: 1 }, changes: [2], warnings: [] });
});

t.test('a journal that was taken away under a running switch is made anew with the next change', async (t) => {
  const folder = t.testdir();
  const sum = await Sum.open(folder);
  await sum.add(1);
  await sum.add(2);
  rmSync(journalOf(folder));
  await sum.add(4);
  await sum.add(8);
  await sum.store.close();
  t.equal(await sumIn(folder), 15);
});
