/** A watcher gets what it asked for, and loses nothing for want of room that others took. */
import t from 'tap';
import { VswError } from '../../../src/errors.ts';
import type { EventBody, EventOf, SwitchEvent } from '../../../src/switch/answers.ts';
import { eventGroups, eventMatcher, eventTypes } from '../../../src/switch/event-filter.ts';
import { EventLog } from '../../../src/switch/event-log.ts';

const learned: EventBody = { type: 'mac_learned', network: 'dev', mac: '02:00:00:00:00:01', port: 'shop/a' };
const moved: EventBody = { type: 'mac_moved', network: 'lab', mac: '02:00:00:00:00:01', port: 'b', fromPort: 'c' };
const ready: EventBody = { type: 'port_ready', port: 'b', generation: 3 };
const change: EventBody = { type: 'generation', generation: 3, changes: [{ action: 'create', kind: 'Port', name: 'd' }, { action: 'update', kind: 'Network', name: 'dev' }] };
const pressure: EventBody = { type: 'pressure', percent: 70, table: 'macs', port: 'b', used: 7, limit: 10 };
const lost: EventBody = { type: 'events_lost', count: 3 };
const all = [learned, moved, ready, change, pressure, lost];
const passed = (filter: Parameters<typeof eventMatcher>[0]): string[] => all.filter(eventMatcher(filter)).map(({ type }) => type);

t.test('by type, or by the first word of several', (t) => {
  t.equal(passed({}).length, all.length);
  t.strictSame(passed({ types: ['mac_moved'] }), ['mac_moved', 'events_lost']);
  t.strictSame(passed({ types: ['mac', 'pressure'] }), ['mac_learned', 'mac_moved', 'pressure', 'events_lost']);
  t.strictSame(passed({ types: [] }), ['events_lost'], 'nothing was asked for');
  t.ok(['port', 'mac'].every((group) => eventGroups.includes(group)));
  t.end();
});

t.test('by port and network, however the name is spelled and wherever it stands', (t) => {
  t.strictSame(passed({ ports: ['default/b'] }), ['mac_moved', 'port_ready', 'pressure', 'events_lost']);
  t.strictSame(passed({ ports: ['c'] }), ['mac_moved', 'events_lost'], 'where it moved from');
  t.strictSame(passed({ ports: ['shop/a', 'd'] }), ['mac_learned', 'generation', 'events_lost'], 'a change that names it');
  t.strictSame(passed({ networks: ['dev'] }), ['mac_learned', 'generation', 'events_lost']);
  t.strictSame(passed({ ports: ['b'], types: ['port'] }), ['port_ready', 'events_lost']);
  t.end();
});

t.test('what there is not is refused, all of it, each with what was meant', (t) => {
  const refused = ((): unknown => {
    try {
      return eventMatcher({ types: ['mac_learnd', 'port', 'nonsense'] });
    } catch (error) {
      return error;
    }
  })();
  t.ok(refused instanceof VswError);
  t.match((refused as VswError).errors, [
    { path: '/types/0', message: /mac_learnd/, remedy: 'did you mean mac_learned?' }, { path: '/types/2', remedy: new RegExp(eventTypes.join(', ')) },
  ]);
  t.end();
});

t.test('a filter stands before the queue', async (t) => {
  const log = new EventLog();
  const watched = log.watch(undefined, { types: ['port'] });
  for (let i = 0; i < 1500; ++i) log.push(learned);
  log.push(ready);
  t.match((await watched.next()).value, { type: 'port_ready' }, 'others took no room from it');
  for (let i = 0; i < 1003; ++i) log.push(ready);
  for (let i = 0; i < 1000; ++i) await watched.next();
  t.match((await watched.next()).value, { type: 'events_lost', count: 3 }, 'what it wanted and lost is counted');
  await watched.return?.();
  t.equal(log.watcherCount, 0);
});

t.test('a selector narrows the type of what is watched', (t) => {
  const event = { time: 'T', ...moved } as EventOf<'mac'>;
  const others: SwitchEvent = event;
  t.ok(others);
  // @ts-expect-error: a port's event is none of a MAC's.
  const wrong: EventOf<'mac'> = { time: 'T', ...ready };
  t.ok(wrong);
  if (event.type === 'mac_moved') t.equal(event.fromPort, 'c');
  t.end();
});
