import t from 'tap';
import { MemoryStore } from '../../../src/store/store.ts';

t.test('what is kept is there, what is discarded is not', async (t) => {
  const store = new MemoryStore();
  t.strictSame(await store.load(), { value: undefined, changes: [], warnings: [] });
  await (await store.prepare(() => ({ list: [1] }))).keep();
  await (await store.prepare(() => ({ list: [3] }))).discard();
  t.strictSame((await store.load()).value, { list: [1] });
  await store.close();
});
