import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import type { SwitchEvent } from '../../../src/switch/answers.ts';
import { EventLog } from '../../../src/switch/event-log.ts';

const warn = (log: EventLog, first: number, count = 1): void => {
  for (let i = first; i < first + count; i += 1) log.push({ type: 'warning', message: String(i) });
};
const told = (event: SwitchEvent | undefined): string => (event?.type === 'warning' ? event.message : event?.type === 'events_lost' ? `lost ${event.count}` : String(event?.type));

async function rest(watched: AsyncIterableIterator<SwitchEvent>): Promise<string[]> {
  const all: string[] = [];
  for await (const event of watched) all.push(told(event));
  return all;
}

t.test('what happened is kept in order and with its time, the newest thousand of it', (t) => {
  const log = new EventLog();
  warn(log, 0, 3);
  t.strictSame(log.recent().map(told), ['0', '1', '2']);
  t.ok(log.recent().every(({ time }) => new Date(time).toISOString() === time));
  warn(log, 3, 1500);
  const kept = log.recent().map(told);
  t.equal(kept.length, 1000);
  t.equal(kept[0], '503');
  t.equal(kept.at(-1), '1502');
  t.end();
});

t.test('what was given out does not change with what comes later', (t) => {
  const log = new EventLog();
  warn(log, 0);
  const recent = log.recent();
  warn(log, 1);
  t.equal(recent.length, 1);
  t.end();
});

t.test('a watcher gets what happens from then on, and waits for it', async (t) => {
  const log = new EventLog();
  warn(log, 0);
  const watched = log.watch();
  t.equal(log.watcherCount, 1);
  const first = watched.next();
  warn(log, 1, 2);
  t.equal(told((await first).value), '1');
  t.equal(told((await watched.next()).value), '2');
});

t.test('a program that waits for an event does not end before it', { timeout: 30_000 }, async (t) => {
  const place = JSON.stringify(new URL('../../../src/switch/event-log.js', import.meta.url).href);
  const program = `
    const { EventLog } = await import(${place});
    const log = new EventLog();
    const watched = log.watch();
    setTimeout(() => log.push({ type: 'warning', message: 'at last' }), 300).unref();
    console.log((await watched.next()).value.message);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  t.equal(stdout, 'at last\n', 'and ends after it, although it watches on');
});

t.test('two who ask at once both get an answer', { timeout: 10_000 }, async (t) => {
  const log = new EventLog();
  const watched = log.watch();
  const both = Promise.all([watched.next(), watched.next()]);
  warn(log, 0);
  warn(log, 1);
  t.strictSame((await both).map(({ value }) => told(value as SwitchEvent)), ['0', '1']);
  const ending = Promise.all([watched.next(), watched.next()]);
  log.close();
  t.strictSame((await ending).map(({ done }) => done), [true, true]);
});

t.test('who does not keep up loses the newest, is told how many, and disturbs nobody', async (t) => {
  const log = new EventLog();
  const slow = log.watch();
  const quick = log.watch();
  warn(log, 0, 1000);
  for (let i = 0; i < 1000; i += 1) await quick.next();
  warn(log, 1000, 7);
  t.equal(told((await quick.next()).value), '1000');
  for (let i = 0; i < 1000; i += 1) t.equal(told((await slow.next()).value), String(i));
  t.equal(told((await slow.next()).value), 'lost 7');
  warn(log, 2000);
  t.equal(told((await slow.next()).value), '2000', 'and goes on');
});

t.test('what a watcher did not ask for takes no room in its queue', async (t) => {
  const log = new EventLog();
  const watched = log.watch(undefined, { types: ['port_removed'] });
  warn(log, 0, 3000);
  log.push({ type: 'port_removed', port: 'a' });
  t.match((await watched.next()).value, { type: 'port_removed', port: 'a' });
});

t.test('a signal ends the watching, also of one who waits', { timeout: 10_000 }, async (t) => {
  const log = new EventLog();
  const abort = new AbortController();
  const waiting = log.watch(abort.signal).next();
  abort.abort();
  t.strictSame(await waiting, { value: undefined, done: true });
  t.equal(log.watcherCount, 0);
  t.equal((await log.watch(AbortSignal.abort()).next()).done, true);
  t.equal(log.watcherCount, 0, 'a signal that was given before makes no watcher');
});

t.test('leaving the loop ends the watching; what was not read is nobody\'s', async (t) => {
  const log = new EventLog();
  const watched = log.watch();
  warn(log, 0, 2);
  for await (const event of watched) {
    t.equal(told(event), '0');
    break;
  }
  t.equal(log.watcherCount, 0);
  t.equal((await watched.next()).done, true);
});

t.test('the end of the log ends every watcher, after what had happened', { timeout: 10_000 }, async (t) => {
  const log = new EventLog();
  const watched = log.watch();
  const other = rest(log.watch());
  warn(log, 0, 2);
  log.close();
  t.strictSame(await rest(watched), ['0', '1']);
  t.strictSame(await other, ['0', '1']);
  t.strictSame(await rest(log.watch()), [], 'nobody waits for a log that has ended');
});
