/** flush: what is asked of the switch, and what is told. */
import t from 'tap';
import { openConsole } from '../console.ts';

t.test('tables are flushed as narrowly as asked', async (t) => {
  const { run, scripted } = await openConsole(t);
  t.same(await run('flush', 'fdb', '--network', 'dev', '--port', 'a', '--mac', '02:00:00:00:00:01'), { code: 0, out: '4 entries of fdb removed\n', err: '' });
  t.same(scripted.asked.at(-1), { flush: 'fdb', network: 'dev', port: 'a', mac: '02:00:00:00:00:01' });
  t.same(JSON.parse((await run('flush', 'flows', '-o', 'json')).out), { removed: 4 });
  t.match(await run('flush', 'flows', '--mac', 'x'), { code: 2 });
});
