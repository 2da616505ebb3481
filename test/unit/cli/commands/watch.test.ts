/** watch: events as lines, until somebody has seen enough. */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openConsole, outcomeOf, start, type Console } from '../console.ts';

const event = { type: 'mac_learned', time: 'T', network: 'dev', mac: '02:00:00:00:00:01', port: 'a' } as const;

async function watching(t: Test, ...words: string[]): Promise<{ console: Console; child: ReturnType<typeof start>; outcome: ReturnType<typeof outcomeOf> }> {
  const console = await openConsole(t);
  const child = start(['--socket', console.path, 'watch', ...words]);
  const outcome = outcomeOf(child);
  for (let i = 0; i < 300 && console.scripted.watcherCount === 0; ++i) await sleep(20);
  return { console, child, outcome };
}

t.test('Ctrl-C ends it with 0', async (t) => {
  for (const [words, line] of [[[], 'T mac_learned network=dev mac=02:00:00:00:00:01 port=a\n'], [['-o', 'json'], `${JSON.stringify(event)}\n`]] as const) {
    const { console, child, outcome } = await watching(t, ...words);
    const seen = new Promise((resolve) => child.stdout?.once('data', resolve));
    console.scripted.tell(event);
    await seen;
    child.kill('SIGINT');
    t.same(await outcome, { code: 0, out: line, err: '' });
  }
});

t.test('a daemon that stops ends it with 3', async (t) => {
  const { console, outcome } = await watching(t);
  await console.server.close();
  t.match(await outcome, { code: 3, err: /has ended the stream/ });
});

t.test('it is narrowed by type, port and network', async (t) => {
  const { console, child, outcome } = await watching(t, '-o', 'json', '--type', 'pressure,mac', '--port', 'a', '--network', 'dev');
  const seen = new Promise((resolve) => child.stdout?.once('data', resolve));
  console.scripted.tell({ type: 'port_removed', time: 'T', port: 'a' });
  console.scripted.tell({ ...event, port: 'b' });
  console.scripted.tell({ ...event, network: 'lab' });
  console.scripted.tell(event);
  await seen;
  child.kill('SIGINT');
  t.same(await outcome, { code: 0, out: `${JSON.stringify(event)}\n`, err: '' });
});

t.test('a type that there is not is refused', async (t) => {
  const { run } = await openConsole(t);
  t.match(await run('watch', '--type', 'mac_learnd'), { code: 1, out: '', err: /no event of type "mac_learnd"\n +did you mean mac_learned\?/ });
});
