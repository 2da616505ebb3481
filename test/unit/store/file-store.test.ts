import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { FileStore } from '../../../src/store/file-store.ts';

async function saved(folder: string, ...values: unknown[]): Promise<void> {
  const store = await FileStore.open(folder);
  await store.load();
  for (const value of values) await (await store.prepare(value)).keep();
  await store.close();
}
async function loaded(folder: string): Promise<{ value: unknown; warnings: readonly string[] }> {
  const store = await FileStore.open(folder);
  try {
    return await store.load();
  } finally {
    await store.close();
  }
}

t.test('an empty directory, or none, holds nothing', async (t) => {
  const folder = join(t.testdir(), 'deep', 'state');
  t.strictSame(await loaded(folder), { value: undefined, warnings: [] });
});

t.test('the last value that was kept comes back, and its predecessor stays beside it', async (t) => {
  const folder = t.testdir();
  await saved(folder, { n: 1 }, { n: 2 });
  t.strictSame(await loaded(folder), { value: { n: 2 }, warnings: [] });
  t.strictSame(readdirSync(folder).sort(), ['state.json', 'state.json.previous']);
  t.match(readFileSync(join(folder, 'state.json.previous'), 'utf8'), /"n":1/);
});

t.test('what was prepared and not kept is not there', async (t) => {
  const folder = t.testdir();
  const store = await FileStore.open(folder);
  await store.load();
  await (await store.prepare({ n: 1 })).keep();
  await (await store.prepare({ n: 2 })).discard();
  await store.prepare({ n: 3 }); // and the process ends here
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
  t.strictSame(readdirSync(folder), ['state.json']);
});

t.test('after a fall-back the good predecessor is not overwritten by the damaged file', async (t) => {
  const folder = t.testdir();
  await saved(folder, { n: 1 }, { n: 2 });
  writeFileSync(join(folder, 'state.json'), 'rubbish');
  const store = await FileStore.open(folder);
  await store.load();
  await store.prepare({ n: 3 });
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
  await t.rejects(store.prepare({ n: 1 }), { code: 'VSW_STATE', message: /could not be saved .*nothing was changed/ });
  await store.close();
});

t.test('a directory that was taken away under a running switch is filled again once it is back', async (t) => {
  const folder = join(t.testdir(), 'state');
  const store = await FileStore.open(folder);
  await (await store.prepare({ n: 1 })).keep();
  rmSync(folder, { recursive: true });
  await t.rejects(store.prepare({ n: 2 }), { code: 'VSW_STATE', message: /nothing was changed/ });
  mkdirSync(folder);
  await (await store.prepare({ n: 3 })).keep();
  await store.close();
  const again = await FileStore.open(folder);
  t.strictSame((await again.load()).value, { n: 3 });
  await again.close();
});
