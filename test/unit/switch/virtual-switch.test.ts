import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { VswError } from '../../../src/errors.ts';
import type { Resource } from '../../../src/intent/intent.ts';
import type { PortStatus } from '../../../src/intent/port.ts';
import { VirtualSwitch } from '../../../src/switch/virtual-switch.ts';
import { namespace, network, port, tap } from '../intent/resources.ts';
import { opened, until, type Opened } from './opened.ts';

const dev = network('dev', { subnets: ['10.77.0.0/24'] });
const names = (product: VirtualSwitch): string[] => ['Network', 'Port'].flatMap((kind) => product.get(kind).map(({ metadata }) => metadata.name));
const statusOf = (product: VirtualSwitch, name: string): PortStatus => (product.get('Port', name)[0] as Resource & { status: PortStatus }).status;
const told = (product: VirtualSwitch): string[] => product.events().map((event) => `${event.type}${'port' in event ? ` ${event.port}` : ''}`);
const kinds = ({ dataplane }: Opened): string[][] => dataplane.commits.map((edits) => edits.map(({ edit }) => edit));

async function failure(work: Promise<unknown>): Promise<VswError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof VswError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Changes are not written to the journal any more, but each as a whole state. */
const stopJournal = (folder: string): void => {
  rmSync(join(folder, 'state.journal'), { force: true });
  mkdirSync(join(folder, 'state.journal.new'), { recursive: true });
};
/** The store cannot write beside the state, or cannot put what it wrote in its place. */
const breakPrepare = (folder: string): void => {
  stopJournal(folder);
  mkdirSync(join(folder, 'state.json.new'));
};
const mendPrepare = (folder: string): void => rmdirSync(join(folder, 'state.json.new'));
/** While `work` runs, a new state cannot be put in the place of the old one: that breaks once the dataplane commits. */
async function whileKeepFails<Answer>({ dataplane }: Opened, folder: string, work: () => Promise<Answer>): Promise<Answer> {
  const [path, aside] = [join(folder, 'state.json'), join(folder, 'aside')];
  stopJournal(folder);
  dataplane.during = () => {
    if (existsSync(aside)) return;
    renameSync(path, aside);
    mkdirSync(path);
  };
  try {
    return await work();
  } finally {
    dataplane.during = undefined;
    if (existsSync(aside)) {
      rmdirSync(path);
      renameSync(aside, path);
    }
  }
}

/** What a process that ends at once leaves, in another folder. */
function crash(from: string, to: string): void {
  for (const name of ['state.json', 'state.journal']) if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
}

t.test('an apply answers its generation and what it changed; a second one does nothing', async (t) => {
  const scene = await opened(t);
  const product = scene.virtualSwitch;
  t.equal(product.generation, 0);
  t.strictSame(await product.apply([port('b'), dev, namespace('shop'), port('a')]), {
    generation: 1,
    changes: [['Network', 'dev'], ['Namespace', 'shop'], ['Port', 'a'], ['Port', 'b']].map(([kind, name]) => ({ action: 'create', kind, name })),
  });
  t.strictSame(await product.apply([dev, port('a'), port('b')]), { generation: 1, changes: [] });
  t.strictSame(kinds(scene), [['PutNetwork', 'PutPort', 'PutPort']]);
  t.strictSame(await product.apply('kind: Port\napiVersion: vswitch/v1\nmetadata: {name: a}\nspec: {network: dev, type: memory, antiSpoof: false}\n'), {
    generation: 2, changes: [{ action: 'update', kind: 'Port', name: 'a' }],
  });
  t.strictSame(names(product), ['dev', 'a', 'b'], 'nothing else was removed');
  t.strictSame(await product.delete([{ kind: 'ports', name: 'a' }]), { generation: 3, changes: [{ action: 'delete', kind: 'Port', name: 'a' }] });
  t.strictSame(told(product), ['port_ready a', 'port_ready b', 'generation', 'generation', 'port_removed a', 'generation']);
});

t.test('a dry run says what would change, and changes nothing', async (t) => {
  const scene = await opened(t);
  t.match(await scene.virtualSwitch.apply([dev, port('a')], { dryRun: true }), { generation: 0, changes: [{ name: 'dev' }, { name: 'a' }] });
  t.strictSame([names(scene.virtualSwitch), kinds(scene), told(scene.virtualSwitch)], [[], [], []]);
  t.match(await failure(scene.virtualSwitch.apply([port('a')], { dryRun: true })), { code: 'VSW_INVALID' });
});

t.test('bad input is refused with all that is wrong, and changes nothing', async (t) => {
  const scene = await opened(t);
  const product = scene.virtualSwitch;
  await product.apply([dev]);
  const error = await failure(product.apply([network('ops'), port('a', { mtu: 1 }), port('b', { network: 'dve' })]));
  t.strictSame(error.errors.map(({ path }) => path), ['/1/spec/mtu', '/2/spec/network']);
  t.match(await failure(product.delete([{ kind: 'Port', name: 'x' }, { kind: 'Network', name: 'y' }])), { code: 'VSW_NOT_FOUND', errors: [{ path: '/0' }, { path: '/1' }] });
  t.match(await failure(product.apply(dev as unknown as [])), { code: 'VSW_INVALID', errors: [{ message: 'a list of resources is needed here' }] });
  t.match(await failure(product.delete(undefined as unknown as [])), { code: 'VSW_INVALID' });
  t.match(await failure(product.apply('a: [')), { code: 'VSW_UNREADABLE' });
  t.strictSame([names(product), kinds(scene), product.generation], [['dev'], [['PutNetwork']], 1]);
});

t.test('a full switch refuses one port more, and takes it when another left', async (t) => {
  const { virtualSwitch } = await opened(t, { limits: { ports: 2 } });
  await virtualSwitch.apply([dev, port('a'), port('b')]);
  t.match(await failure(virtualSwitch.apply([port('c')])), { code: 'VSW_LIMIT', message: /room for 2 ports/ });
  await virtualSwitch.detach('a');
  await virtualSwitch.apply([port('c')]);
  t.strictSame(names(virtualSwitch), ['dev', 'b', 'c']);
});

t.test('what the dataplane refuses is told at its port, and nothing changed, on disk neither', async (t) => {
  const folder = t.testdir({ state: {}, crashed: {} });
  const [stateDir, crashed] = [join(folder, 'state'), join(folder, 'crashed')];
  const scene = await opened(t, { stateDir });
  const product = scene.virtualSwitch;
  await product.apply([dev, port('a')]);
  scene.dataplane.failing.set('b', 'device_clash');
  t.match(await failure(product.apply([port('a', { mtu: 1400 }), port('b')])), { code: 'VSW_DEVICE', errors: [{ path: '/1/spec', message: /port b/ }] });
  t.match(await failure(product.attach({ name: 'b', network: 'dev', type: 'memory' })), { code: 'VSW_DEVICE', errors: [{ path: '' }] });
  t.strictSame([names(product), product.generation], [['dev', 'a'], 1]);
  t.notOk(existsSync(join(stateDir, 'state.json.new')), 'what was written beside it is gone');
  t.notMatch(product.get('Port', 'a'), [{ spec: { mtu: 1400 } }]);
  // What a crash would leave, before a clean end writes anything.
  crash(stateDir, crashed);
  t.strictSame(names((await opened(t, { stateDir: crashed })).virtualSwitch), ['dev', 'a']);
  await product.close();
  t.strictSame(names((await opened(t, { stateDir })).virtualSwitch), ['dev', 'a']);
});

t.test('a state that cannot be written stops a change before the dataplane hears of it', async (t) => {
  const stateDir = t.testdir();
  const scene = await opened(t, { stateDir });
  await scene.virtualSwitch.apply([dev]);
  breakPrepare(stateDir);
  t.match(await failure(scene.virtualSwitch.apply([port('a')])), { code: 'VSW_STATE', message: /nothing was changed/ });
  t.strictSame([names(scene.virtualSwitch), kinds(scene)], [['dev'], [['PutNetwork']]]);
  mendPrepare(stateDir);
  t.match(await scene.virtualSwitch.apply([port('a')]), { generation: 2 });
});

t.test('a state that cannot be put in its place takes the change back', async (t) => {
  const stateDir = t.testdir();
  const scene = await opened(t, { stateDir });
  const product = scene.virtualSwitch;
  await product.apply([dev, port('a'), port('b')]);
  const before = scene.dataplane.tables;
  t.match(await failure(whileKeepFails(scene, stateDir, async () => await product.apply([port('a', { antiSpoof: false }), port('c')]))), { code: 'VSW_STATE' });
  t.strictSame(kinds(scene).slice(1), [['PutPort', 'PutPort'], ['DeletePort', 'PutPort']]);
  t.strictSame(scene.dataplane.tables, before);
  t.equal(product.generation, 3, 'both commits have their number');
  t.strictSame([names(product), statusOf(product, 'a').state], [['dev', 'a', 'b'], 'ready']);
  t.notOk(told(product).slice(4).includes('generation'), 'nobody is told of what did not last');
  t.match(await failure(whileKeepFails(scene, stateDir, async () => await product.delete([{ kind: 'Port', name: 'b' }]))), { code: 'VSW_STATE' });
  t.strictSame(scene.dataplane.tables, before, 'a deleted port is put back');
  t.match(await product.apply([port('c')]), { changes: [{ action: 'create', name: 'c' }] });
  await product.close();
  t.strictSame(names((await opened(t, { stateDir })).virtualSwitch), ['dev', 'a', 'b', 'c']);
});

t.test('a change that cannot be taken back is active, is told so, and is stored by the next apply', async (t) => {
  const folder = t.testdir({ state: {}, crashed: {} });
  const [stateDir, crashed] = [join(folder, 'state'), join(folder, 'crashed')];
  const scene = await opened(t, { stateDir });
  const product = scene.virtualSwitch;
  await product.apply([dev, port('a'), port('b')]);
  scene.dataplane.failing.set('a', 'system');
  t.match(await failure(whileKeepFails(scene, stateDir, async () => await product.delete([{ kind: 'Port', name: 'a' }]))), { code: 'VSW_STATE', message: /is active and could not be taken back \(.*cannot be opened\).*then apply again/ });
  t.strictSame([names(product), [...scene.dataplane.tables.ports.values()].map(({ name }) => name)], [['dev', 'b'], ['b']]);
  const commits = scene.dataplane.commits.length;
  t.match(await product.apply([port('b')]), { changes: [] });
  t.equal(scene.dataplane.commits.length, commits, 'the dataplane has it already');
  // What a crash would leave: the directory as it is now.
  crash(stateDir, crashed);
  t.strictSame(names((await opened(t, { stateDir: crashed })).virtualSwitch), ['dev', 'b']);
});

t.test('no generation passes the mark that is stored, also when every change is taken back', { timeout: 60_000 }, async (t) => {
  const folder = t.testdir({ state: {}, crashed: {} });
  const [stateDir, crashed] = [join(folder, 'state'), join(folder, 'crashed')];
  const scene = await opened(t, { stateDir });
  await scene.virtualSwitch.apply([dev]);
  for (let i = 0; i < 510; i += 1) await failure(whileKeepFails(scene, stateDir, async () => await scene.virtualSwitch.apply([port('a')])));
  const reached = scene.virtualSwitch.generation;
  crash(stateDir, crashed);
  const next = await opened(t, { stateDir: crashed });
  t.ok(reached > 900 && next.virtualSwitch.generation >= reached, `${next.virtualSwitch.generation} after ${reached}`);
});

t.test('changes are made one after the other, each upon the one before; one that fails stops no other', async (t) => {
  const scene = await opened(t);
  const product = scene.virtualSwitch;
  scene.dataplane.failing.set('bad', 'system');
  const outcomes = await Promise.allSettled([
    product.apply([dev]), product.apply([port('a')]), product.apply([port('bad')]), product.delete([{ kind: 'Network', name: 'dev' }]),
    product.apply([port('b')]), product.detach('a'), product.detach('b'), product.delete([{ kind: 'Network', name: 'dev' }]),
  ]);
  t.strictSame(outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as VswError).code : 'done')), ['done', 'done', 'VSW_DEVICE', 'VSW_CLASH', 'done', 'done', 'done', 'done']);
  t.strictSame([names(product), product.generation], [[], 6]);
});

t.test('an attach answers when the port is active, which may be once its namespace is there', async (t) => {
  const folder = t.testdir({ aside: '' });
  const { virtualSwitch: product } = await opened(t);
  await product.apply([dev]);
  t.match(await product.attach({ name: 'shop/m', network: 'dev', type: 'memory' }), { name: 'shop/m', generation: 2, mac: /^02:/, addresses: ['10.77.0.1/24'] });
  let isDone = false;
  const attaching = product.attach(tap('a', { netns: join(folder, 'a') })).finally(() => {
    isDone = true;
  });
  await until(() => told(product).includes('port_waiting a'));
  t.notOk(isDone);
  t.match(statusOf(product, 'a'), { state: 'waiting', generation: 0, message: /no network namespace/ });
  renameSync(join(folder, 'aside'), join(folder, 'a'));
  const { generation, name } = await attaching;
  t.strictSame([name, generation], ['a', product.generation]);
  t.match(statusOf(product, 'a'), { state: 'ready', generation });
});

t.test('an attach that will not come true says why', async (t) => {
  const folder = t.testdir({ aside: '' });
  const scene = await opened(t);
  const product = scene.virtualSwitch;
  await product.apply([dev]);
  const attach = (name: string, signal?: AbortSignal): Promise<VswError> => failure(product.attach(tap(name, { netns: join(folder, name) }), signal && { signal }));
  const waits = (name: string): Promise<void> => until(() => told(product).includes(`port_waiting ${name}`));

  const abort = new AbortController();
  const aborted = attach('aborted', abort.signal);
  await waits('aborted');
  abort.abort(new Error('no more time'));
  t.match(await aborted, { code: 'VSW_UNAVAILABLE', message: /aborted is not ready: there is no network namespace/, cause: { message: 'no more time' } });
  t.equal(statusOf(product, 'aborted').state, 'waiting', 'the wish stands; only the waiting ended');

  const removed = attach('removed');
  await waits('removed');
  await product.detach('removed');
  t.match(await removed, { code: 'VSW_NOT_FOUND', message: /removed before it was ready/ });

  const failed = attach('failed');
  await waits('failed');
  scene.dataplane.failing.set('failed', 'permission');
  renameSync(join(folder, 'aside'), join(folder, 'failed'));
  t.match(await failed, { code: 'VSW_DEVICE', message: /port failed: .*cannot be opened/ });

  const closed = attach('closed');
  await waits('closed');
  await product.close();
  t.match(await closed, { code: 'VSW_UNAVAILABLE', message: /closed is not ready/ });
});

t.test('an attach of what is no port changes nothing, nor does one that was aborted before', async (t) => {
  const { virtualSwitch: product } = await opened(t);
  t.match(await failure(product.attach(dev)), { code: 'VSW_INVALID', errors: [{ path: '/kind' }] });
  await product.apply([dev]);
  await t.rejects(product.attach({ name: 'a', network: 'dev', type: 'memory' }, { signal: AbortSignal.abort(new Error('never mind')) }), { message: 'never mind' });
  t.match(await failure(product.attach({ name: 'a', network: 'dve', mtu: 1 })), { errors: [{ path: '/mtu' }] });
  t.match(await failure(product.attach(undefined)), { code: 'VSW_INVALID', errors: [{ path: '' }] });
  t.strictSame(names(product), ['dev']);
});

t.test('closing lets the change that runs come to its end, refuses the next, and gives the state away', async (t) => {
  const stateDir = t.testdir();
  const { virtualSwitch: product, dataplane } = await opened(t, { stateDir });
  const watched = product.watch();
  const changing = product.apply([dev, port('a')]);
  const closing = product.close();
  t.match(await failure(product.apply([port('b')])), { code: 'VSW_UNAVAILABLE', message: 'the switch is closed' });
  t.match(await changing, { generation: 1 });
  await Promise.all([closing, product.close()]);
  t.ok(dataplane.closed);
  const seen: string[] = [];
  for await (const event of watched) seen.push(event.type);
  t.strictSame(seen, ['port_ready', 'generation']);
  t.strictSame(names((await opened(t, { stateDir })).virtualSwitch), ['dev', 'a']);
});

t.test('a restart keeps numbers growing, and MACs and addresses with their names', async (t) => {
  const stateDir = t.testdir();
  const { virtualSwitch: first } = await opened(t, { stateDir });
  await first.apply([dev, port('a'), port('b')]);
  const before = statusOf(first, 'b');
  const reached = first.generation;
  await first.close();
  const { virtualSwitch: second } = await opened(t, { stateDir });
  t.ok(second.generation > reached);
  t.match(statusOf(second, 'b'), { state: 'ready', generation: second.generation, mac: before.mac, addresses: before.addresses });
});

t.test('a port that cannot be opened at the start is left out, and tried again when it is named', async (t) => {
  const stateDir = t.testdir();
  const { virtualSwitch: first } = await opened(t, { stateDir });
  await first.apply([network('dev', { subnets: ['10.77.0.0/24'], staticMacs: [{ mac: '02:00:00:00:00:99', port: 'bad' }] }), port('bad'), port('good')]);
  await first.close();
  const scene = await opened(t, { stateDir }, (dataplane) => dataplane.failing.set('bad', 'system'));
  const product = scene.virtualSwitch;
  t.match([statusOf(product, 'bad'), statusOf(product, 'good')], [{ state: 'failed', generation: 0, message: /cannot be opened/ }, { state: 'ready' }]);
  t.ok(told(product).includes('port_failed bad'));
  t.throws(() => product.explain({ port: 'bad', to: '10.77.0.2' }), { code: 'VSW_DEVICE', message: /port bad is failed: .*cannot be opened/ });
  await product.apply([port('good', { antiSpoof: false })]);
  t.equal(statusOf(product, 'bad').state, 'failed', 'others change meanwhile');
  t.match(await failure(product.apply([port('bad')])), { code: 'VSW_DEVICE', errors: [{ path: '/0/spec' }] });
  scene.dataplane.failing.clear();
  t.match(await product.apply([port('bad')]), { generation: product.generation, changes: [] });
  t.equal(statusOf(product, 'bad').state, 'ready');
  t.equal(scene.dataplane.tables.staticMacs.size, 1);
});

t.test('an open that fails leaves the directory to the next', async (t) => {
  const stateDir = t.testdir();
  const broken = VirtualSwitch.open({ stateDir, openDataplane: () => { throw new VswError('VSW_UNAVAILABLE', 'no dataplane'); } });
  t.match(await failure(broken), { code: 'VSW_UNAVAILABLE' });
  writeFileSync(join(stateDir, 'state.json'), 'no state');
  t.match(await failure(opened(t, { stateDir })), { code: 'VSW_STATE', message: /put back a good copy/ });
  rmSync(join(stateDir, 'state.json'));
  const { virtualSwitch } = await opened(t, { stateDir });
  t.match(await failure(opened(t, { stateDir })), { code: 'VSW_STATE' }, 'and one that is open keeps it');
  await virtualSwitch.apply([dev]);
});

t.test('a process number is not the process: once it has ended, its port waits for another wish', async (t) => {
  const stateDir = t.testdir();
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  const { virtualSwitch: first } = await opened(t, { stateDir });
  await first.apply([dev, tap('a', { netns: `pid:${child.pid}` })]);
  t.equal(statusOf(first, 'a').state, 'ready');
  child.kill('SIGKILL');
  await until(() => statusOf(first, 'a').state === 'waiting');
  await first.close();
  const scene = await opened(t, { stateDir });
  t.match(statusOf(scene.virtualSwitch, 'a'), { state: 'waiting', message: /process behind .* has ended: give the port another netns, or delete it/ });
  t.strictSame(kinds(scene), [['PutNetwork']]);
  await scene.virtualSwitch.apply([tap('a', { netns: `pid:${process.pid}` })]);
  t.equal(statusOf(scene.virtualSwitch, 'a').state, 'ready');
});

t.test('what the workers noticed is told by names', async (t) => {
  const { virtualSwitch: product, dataplane } = await opened(t);
  await product.apply([dev, port('a'), port('b')]);
  const [a, b] = ['a', 'b'].map((name) => [...dataplane.tables.ports.values()].find((entry) => entry.name === name)!.port) as [number, number];
  const network = [...dataplane.tables.networks.keys()][0]!;
  const mac = '06:00:00:00:00:01';
  const event = { network, mac, fromPort: 0, group: '::', count: 0, limit: 0 };
  dataplane.events.push({ type: 'mac_learned', ...event, port: a }, { type: 'mac_moved', ...event, port: b, fromPort: a }, { type: 'events_lost', count: 3 }, { type: 'mac_aged', ...event, port: 77 });
  t.strictSame(product.events().slice(-4).map(({ time, ...body }) => (t.type(time, 'string'), body)), [
    { type: 'mac_learned', network: 'dev', mac, port: 'a' }, { type: 'mac_moved', network: 'dev', mac, port: 'b', fromPort: 'a' },
    { type: 'events_lost', count: 3 }, { type: 'mac_aged', network: 'dev', mac, port: '(deleted)' },
  ]);
  const watched = product.watch();
  dataplane.events.push({ type: 'mac_learned', ...event, port: b });
  t.match((await watched.next()).value, { type: 'mac_learned', port: 'b' }, 'a watcher hears of it by itself');
});

t.test('a candidate is explained on the real dataplane, and nothing comes of it', async (t) => {
  const product = await VirtualSwitch.open({ clock: 'virtual', limits: { ports: 8, flows: 64, macs: 64 } });
  t.teardown(() => product.close());
  await product.apply([dev, port('a'), port('b', { addresses: ['10.77.0.2/24'] })]);
  const closed = network('dev', { subnets: ['10.77.0.0/24'], defaultPolicy: { ingress: 'drop' } });
  const query = { port: 'a', to: '10.77.0.2', protocol: 'tcp' };
  t.match(product.explain(query), { verdict: 'allow', reason: 'forwarded', receivers: ['b'], generation: 1, notes: ['forwarded to b'] });
  t.match(product.explain({ ...query, with: [closed] }), { verdict: 'drop', reason: 'ingress_denied', port: 'b', policy: 'Network/dev', rule: 'default' });
  t.match(product.explain({ port: 'new', to: '10.77.0.2', with: [port('new')] }), { verdict: 'allow', receivers: ['b'] });
  t.throws(() => product.explain({ ...query, with: [port('c', { network: 'dve' })] }), { code: 'VSW_INVALID', errors: [{ path: '/with/0/spec/network' }] });
  t.match(product.explain({ reach: {}, with: [closed] }), { ports: ['a', 'b'] });
  t.throws(() => product.explain({ ...query, with: 5 as unknown as [] }), { code: 'VSW_INVALID' });
  t.throws(() => product.explain(undefined as never), { code: 'VSW_INVALID' });
  t.match(product.explain(query), { verdict: 'allow' });
  t.strictSame([product.generation, names(product)], [1, ['dev', 'a', 'b']]);
});

t.test('virtual time moves by whole milliseconds, and not at all once the switch is closed', async (t) => {
  const product = await VirtualSwitch.open({ clock: 'virtual', limits: { ports: 8, flows: 64, macs: 64 } });
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 32]) t.throws(() => product.advance(wrong), { code: 'VSW_INVALID' }, String(wrong));
  product.advance(0);
  await product.close();
  for (const late of [() => product.advance(1), () => product.run(), () => product.flows(), () => product.fdb(), () => product.flush('fdb')]) t.throws(late, { code: 'VSW_UNAVAILABLE' });
  t.strictSame(product.get('Port'), [], 'what was declared can still be read');
});

t.test('a port that is held down is ready, and its status says why nothing passes', async (t) => {
  const { virtualSwitch: product, dataplane } = await opened(t);
  await product.apply([dev, port('a'), port('b')]);
  dataplane.heldDown.add(1);
  t.match(statusOf(product, 'a'), { state: 'ready', message: /held down for a while/ });
  t.match(statusOf(product, 'b'), { state: 'ready', message: '' });
  dataplane.heldDown.clear();
  t.match(statusOf(product, 'a'), { state: 'ready', message: '' });
});
