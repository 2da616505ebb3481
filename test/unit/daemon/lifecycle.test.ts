/** The daemon's life: what comes before what, and what is given back when a step fails. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { DaemonOptions } from '../../../src/daemon/config.ts';
import { Daemon } from '../../../src/daemon/lifecycle.ts';
import type { Log } from '../../../src/daemon/log.ts';
import { ScriptedSwitch } from '../api/scripted-switch.ts';
import { ask, temporaryFolder } from '../api/served.ts';
import { thrownBy } from '../api/thrown.ts';

interface Kept extends Log {
  readonly lines: string[];
}

function keptLog(): Kept {
  const lines: string[] = [];
  return { lines, write: (level, message) => { lines.push(`${level} ${message}`); } };
}

function optionsIn(folder: string): DaemonOptions {
  return { config: join(folder, 'config.yaml'), configAsked: false, stateDir: join(folder, 'state'), socket: join(folder, 's'), workers: 2, ports: 100, log: 'plain' };
}

t.test('nothing is served before the configuration is in force', async (t) => {
  const options = optionsIn(temporaryFolder(t));
  writeFileSync(options.config, 'apiVersion: vswitch/v1\nkind: Network\nmetadata: {name: dev}\n');
  const scripted = new ScriptedSwitch();
  const log = keptLog();
  const early: number[] = [];
  const apply = scripted.apply.bind(scripted);
  scripted.apply = async (resources) => {
    early.push((await ask(options.socket, 'GET', '/v1/generation')).status);
    return await apply(resources);
  };
  const opened: unknown[] = [];
  const daemon = await Daemon.start(options, { path: options.socket }, async (wanted) => { opened.push(wanted); return scripted; }, log);
  t.same(opened, [{ stateDir: options.stateDir, workers: 2, limits: { ports: 100 } }]);
  t.same(early, [503]);
  t.same((await ask(options.socket, 'GET', '/v1/generation')).body, { generation: 8 });
  t.equal(daemon.generation, 8);
  t.match(log.lines, [/1 resources, 1 changes/]);
  await daemon.stop();
  t.ok(scripted.isClosed);
  t.notOk(existsSync(options.socket));
});

t.test('a configuration that is refused gives everything back', async (t) => {
  const options = optionsIn(temporaryFolder(t));
  writeFileSync(options.config, 'metadata: {name: dev}\n');
  const scripted = new ScriptedSwitch();
  const error = await thrownBy(Daemon.start(options, { path: options.socket }, async () => scripted, keptLog()));
  t.match(error, { code: 'VSW_INVALID', errors: [{ path: `${options.config}:1: /kind` }] });
  t.ok(scripted.isClosed);
  t.notOk(existsSync(options.socket));
});

t.test('a second daemon never opens the switch', async (t) => {
  const options = optionsIn(temporaryFolder(t));
  const first = await Daemon.start(options, { path: options.socket }, async () => new ScriptedSwitch(), keptLog());
  let isOpened = false;
  const second = Daemon.start(options, { path: options.socket }, async () => { isOpened = true; return new ScriptedSwitch(); }, keptLog());
  t.match(await thrownBy(second), { code: 'VSW_UNAVAILABLE', message: /in use by vswitchd/ });
  t.notOk(isOpened);
  t.equal((await ask(options.socket, 'GET', '/v1/generation')).status, 200, 'the first one serves on');
  await first.stop();
});

t.test('what an operator should know is in the log', async (t) => {
  const options = optionsIn(temporaryFolder(t));
  const scripted = new ScriptedSwitch();
  const log = keptLog();
  const daemon = await Daemon.start(options, { path: options.socket }, async () => scripted, log);
  for (let i = 0; i < 50 && scripted.watcherCount === 0; ++i) await sleep(10);
  const time = 'T';
  scripted.tell({ type: 'port_failed', time, port: 'a', message: 'no right' });
  scripted.tell({ type: 'mac_learned', time, network: 'dev', mac: '02:00:00:00:00:01', port: 'a' });
  scripted.tell({ type: 'warning', time, message: 'beware' });
  await sleep(20);
  t.same(log.lines, ['warn port a failed: no right', 'warn beware']);
  await daemon.stop();
});
