/** delete: by name, or as files say. */
import t from 'tap';
import { network, port } from '../../api/scripted-switch.ts';
import { openConsole } from '../console.ts';

t.test('names and files', async (t) => {
  const { run, runWith, scripted } = await openConsole(t);
  await scripted.apply([network, port('a'), port('shop/b'), port('c')]);
  t.same(await run('delete', 'port', 'a', 'shop/b'), { code: 0, out: 'port/a deleted\nport/shop/b deleted\n', err: '' });
  t.same(await runWith(JSON.stringify([network, port('c')]), 'delete', '-f', '-'), { code: 0, out: 'network/dev deleted\nport/c deleted\n', err: '' });
  t.equal(scripted.resources.size, 0);
  await scripted.apply([network]);
  t.same(await runWith(JSON.stringify({ resources: [network] }), 'delete', '-f', '-'), { code: 0, out: 'network/dev deleted\n', err: '' });
});

t.test('what is not there is refused', async (t) => {
  const { run, runWith } = await openConsole(t);
  t.match(await run('delete', 'port', 'nobody'), { code: 1, out: '', err: 'error: there is no Port nobody\n       see get\n' });
  t.match(await runWith(JSON.stringify(port('c')), 'delete', '-f', '-'), { code: 1, err: /standard input:1: port\/c: there is no Port c/ });
  t.match(await run('delete', 'port', 'a', '-f', '-'), { code: 2 });
});
