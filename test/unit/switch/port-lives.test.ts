import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { CommitError, type Dataplane, type DeviceChange, type DeviceFinding } from '../../../src/dataplane/dataplane.ts';
import { EventLog } from '../../../src/switch/event-log.ts';
import { identityBehind } from '../../../src/switch/namespace-identity.ts';
import { PortLives } from '../../../src/switch/port-lives.ts';
import { RunningPorts } from '../../../src/switch/running-ports.ts';
import type { PutPort } from '../../../src/table/edits.gen.ts';

/** One port, whose namespace is a folder: its inode is what tells it from another. */
function world(t: Test) {
  const netns = join(t.testdir(), 'netns');
  mkdirSync(netns);
  const entry = { port: 7, name: 'default/a', netns, device: 'eth0', mac: '02:00:00:00:00:01', network: 1, addresses: [], trunkAddresses: [] } as unknown as PutPort;
  const events = new EventLog();
  const running = new RunningPorts(events);
  const did: string[] = [];
  const ready = (): void => running.note({ generation: 2, ports: [{ port: 7, state: 'ready', message: '' }] }, new Map([[7, identityBehind(netns)]]), () => 'default/a');
  const dials = { changed: [] as number[], finding: { place: 'here', changes: [] } as DeviceFinding, refusal: '', isSame: true, gone: false };
  const dataplane = {
    changedDevices: () => dials.changed.splice(0),
    inspect: async () => {
      did.push('inspect');
      return await Promise.resolve(dials.finding);
    },
    gone: () => dials.gone,
  } as unknown as Dataplane;
  const lives = new PortLives(dataplane, running, events, {
    ports: () => new Map([[7, entry]]),
    isSameProcess: () => dials.isSame,
    enqueue: async (work) => await work(),
    close: async () => {
      did.push('close');
      dials.gone = false;
      await Promise.resolve();
    },
    open: async () => {
      did.push('open');
      if (dials.refusal !== '') throw new CommitError('device_clash', dials.refusal, 7);
      ready();
      await Promise.resolve();
    },
  });
  ready();
  const told = (): string[] => events.recent().map(({ time, ...event }) => [event.type, 'message' in event ? event.message : ''].join(' ').trim());
  return { netns, entry, running, did, dials, lives, told, status: () => running.status('default/a', entry) };
}

const change = (field: DeviceChange['field'], seen: string, wanted: string, putBack: boolean, trouble = ''): DeviceChange => (
  { field, seen, wanted, putBack, trouble });

t.test('nothing that changed costs nothing', async (t) => {
  const { did, lives } = world(t);
  await lives.look();
  await lives.listen();
  t.strictSame(did, []);
});

t.test('a namespace that goes closes its port, and one that comes opens it', async (t) => {
  const { netns, did, lives, status } = world(t);
  rmSync(netns, { recursive: true });
  await lives.look();
  t.match(status(), { state: 'waiting', message: `there is no network namespace at ${netns}` });
  await lives.look();
  t.strictSame(did, ['close'], 'it is waited for, no more');
  mkdirSync(netns);
  await lives.look();
  t.strictSame(did, ['close', 'open']);
  t.equal(status().state, 'ready');
});

t.test('another namespace under the same path is taken at once', async (t) => {
  const { netns, did, lives } = world(t);
  renameSync(netns, `${netns}-old`); // an inode that is in use is not given again
  mkdirSync(netns);
  await lives.look();
  t.strictSame(did, ['close', 'open']);
});

t.test('the namespace of a process that is another now is never entered', async (t) => {
  const { did, dials, lives, status } = world(t);
  dials.gone = true;
  dials.isSame = false;
  await lives.look();
  await lives.look();
  t.strictSame(did, ['close']);
  t.match(status(), { state: 'waiting', message: /has ended: give the port another netns/ });
});

t.test('a device that was deleted or moved is closed and made anew', async (t) => {
  for (const place of ['deleted', 'moved'] as const) {
    const { did, dials, lives, told, status } = world(t);
    dials.changed = [7];
    dials.finding = { place, changes: [] };
    await lives.listen();
    t.strictSame(did, ['inspect', 'close', 'open']);
    t.match(told().join('\n'), `was ${place}`);
    t.equal(status().state, 'ready');
  }
});

t.test('what was put back is told once, with what it had been', async (t) => {
  const { dials, lives, told, status } = world(t);
  dials.changed = [7];
  dials.finding = { place: 'here', changes: [change('mtu', '900', '1500', true)] };
  await lives.listen();
  const sentence = 'the MTU 900 that was given to eth0 in its namespace was put back to 1500';
  t.equal(told().at(-1), `device_changed ${sentence}`);
  t.match(status(), { state: 'ready', message: sentence });
  dials.changed = [7];
  dials.finding = { place: 'here', changes: [] };
  const before = told().length;
  await lives.listen();
  t.equal(told().length, before, 'our own putting back is no news');
});

t.test('what stays is told once, stays in the message, and its end is told', async (t) => {
  const { dials, lives, told, status } = world(t);
  const look = async (...changes: DeviceChange[]): Promise<number> => {
    const before = told().length;
    dials.changed = [7];
    dials.finding = { place: 'here', changes };
    await lives.listen();
    return told().length - before;
  };
  t.equal(await look(change('link', 'down', 'up', false)), 1);
  t.equal(status().message, 'eth0 is down in its namespace');
  t.equal(await look(change('link', 'down', 'up', false)), 0);
  t.equal(await look(change('link', 'down', 'up', false), change('name', 'x', 'eth0', false, 'taken')), 1);
  t.equal(status().message, 'eth0 is down in its namespace; the name of eth0 is x in its namespace: taken');
  t.equal(await look(), 2);
  t.equal(told().at(-1), 'device_changed the name of eth0 is eth0 again');
  t.equal(status().message, '');
});

t.test('what stood in the way is looked at again without being told', async (t) => {
  const { did, dials, lives } = world(t);
  dials.changed = [7];
  dials.finding = { place: 'here', changes: [change('name', 'x', 'eth0', false, 'taken')] };
  await lives.listen();
  await lives.look();
  await lives.listen();
  t.strictSame(did, ['inspect', 'inspect']);
});

t.test('a port that failed is tried again by itself, and its allowance bounds how often', async (t) => {
  const { did, dials, lives, told, status } = world(t);
  dials.refusal = 'eth0 is there already and is no TAP';
  dials.changed = [7];
  dials.finding = { place: 'deleted', changes: [] };
  await lives.listen();
  for (let i = 0; i < 50; i += 1) await lives.look();
  t.equal(did.filter((what) => what === 'open').length, 10);
  t.match(status(), { state: 'failed', message: dials.refusal });
  t.equal(told().filter((line) => line.startsWith('port_failed')).length, 1, 'told once');
  t.equal(told().filter((line) => line.includes('again and again')).length, 1, 'and its patience, too');
  lives.forget('default/a');
  dials.refusal = '';
  await lives.look();
  t.equal(status().state, 'ready');
});

t.test('changes without end are looked at as often as the allowance says', async (t) => {
  const { did, dials, lives } = world(t);
  for (let i = 0; i < 50; i += 1) {
    dials.changed = [7];
    dials.finding = { place: 'here', changes: [change('mtu', String(600 + i), '1500', true)] };
    await lives.listen();
  }
  t.equal(did.length, 10);
});

t.test('a closed one does nothing', async (t) => {
  const { did, dials, lives } = world(t);
  lives.close();
  dials.changed = [7];
  dials.gone = true;
  await lives.listen();
  await lives.look();
  t.strictSame(did, []);
});
