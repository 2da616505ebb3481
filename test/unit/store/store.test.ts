import t from 'tap';
import { MemoryStore } from '../../../src/store/store.ts';

t.test('what is kept is there, what is discarded is not', async (t) => {
  const store = new MemoryStore();
  t.strictSame(await store.load(), { value: undefined, warnings: [] });
  const value = { list: [1] };
  const prepared = await store.prepare(value);
  value.list.push(2);
  await prepared.keep();
  await (await store.prepare({ list: [3] })).discard();
  t.strictSame((await store.load()).value, { list: [1] }, 'as it was when it was given');
  await store.close();
});
