import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lacking } from '../../harness/topology.ts';
import { PortWatch } from '../../../src/switch/port-watch.ts';
import type { VirtualSwitch } from '../../../src/switch/virtual-switch.ts';
import { network, tap } from '../intent/resources.ts';
import { opened, until } from './opened.ts';

// They wait for timers, each with a watch of its own.
t.jobs = 5;

const stateOf = (product: VirtualSwitch, name: string): string => {
  const [resource] = product.get('Port', name);
  return resource?.kind === 'Port' ? resource.status!.state : '';
};

t.test('a namespace that comes later is found, and one that is replaced is taken', async (t) => {
  const folder = t.testdir({ aside: '', other: '' });
  const { virtualSwitch, dataplane } = await opened(t);
  await virtualSwitch.apply([network('dev'), tap('a', { netns: join(folder, 'a') })]);
  t.equal(stateOf(virtualSwitch, 'a'), 'waiting');
  renameSync(join(folder, 'aside'), join(folder, 'a'));
  await until(() => stateOf(virtualSwitch, 'a') === 'ready');
  const before = dataplane.commits.length;
  renameSync(join(folder, 'other'), join(folder, 'a'));
  await until(() => dataplane.commits.length >= before + 2 && stateOf(virtualSwitch, 'a') === 'ready');
  t.strictSame(dataplane.commits.slice(before).map((edits) => edits.map(({ edit }) => edit)), [['ClosePort'], ['PutPort']], 'the old device is closed before the new one is opened');
  renameSync(join(folder, 'a'), join(folder, 'away'));
  await until(() => stateOf(virtualSwitch, 'a') === 'waiting');
  t.match(virtualSwitch.get('Port', 'a'), [{ status: { message: /no network namespace at/ } }]);
});

t.test('a device that went away under the switch is made again', async (t) => {
  const folder = t.testdir({ a: '' });
  const { virtualSwitch, dataplane } = await opened(t);
  await virtualSwitch.apply([network('dev'), tap('a', { netns: join(folder, 'a') })]);
  const before = dataplane.commits.length;
  dataplane.goneDevices.add(1);
  await until(() => dataplane.commits.length >= before + 2 && stateOf(virtualSwitch, 'a') === 'ready');
  t.equal(dataplane.commits.length, before + 2);
});

t.test('nothing that changed costs no commit', async (t) => {
  const folder = t.testdir({ a: '' });
  const { virtualSwitch, dataplane } = await opened(t);
  await virtualSwitch.apply([network('dev'), tap('a', { netns: join(folder, 'a') }), tap('b', { netns: join(folder, 'b') })]);
  const before = dataplane.commits.length;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  t.equal(dataplane.commits.length, before);
});

t.test('a closed watch looks no more', async (t) => {
  let looks = 0;
  const watch = new PortWatch(() => {
    looks += 1;
  });
  await until(() => looks > 0);
  watch.close();
  const before = looks;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  t.equal(looks, before);
});

t.test('a name that ip netns adds is seen at once', { skip: lacking() }, async (t) => {
  const name = `vsw-watch-${process.pid}`;
  const ip = (verb: string): number | null => spawnSync('ip', ['netns', verb, name]).status;
  t.equal(ip('add'), 0);
  t.teardown(() => ip('delete'));
  let looks = 0;
  const watch = new PortWatch(() => {
    looks += 1;
  });
  t.teardown(() => watch.close());
  t.equal(ip('delete'), 0);
  await until(() => looks > 0);
  t.ok(looks > 0);
});
