/**
 * Open vSwitch run by hand: its own database, sockets and logs in the folder of the trial, in a namespace of its own.
 *
 * Nothing of an Open vSwitch that the machine itself runs is touched or used: every program is told its files.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Running } from '../../src/demo/command.ts';
import type { Lab } from '../lab.ts';
import { until } from '../lab.ts';
import { peer, peerEnvironment, peerFile, pieces } from '../peers.ts';

export class OpenVswitch {
  readonly namespace: string;
  readonly #folder: string;
  readonly #environment: Record<string, string>;
  #running: Running | undefined;

  private constructor(folder: string, namespace: string) {
    this.#folder = folder;
    this.namespace = namespace;
    this.#environment = { ...peerEnvironment(), OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder, OVS_SYSCONFDIR: folder };
  }

  /** `settings` are those of other_config; with DPDK the build that can do it runs. */
  static async start(lab: Lab, { dpdk, settings }: { dpdk: boolean; settings: readonly string[] }): Promise<OpenVswitch> {
    const container = await lab.container('sw');
    const made = new OpenVswitch(lab.folder, container.namespace);
    const database = join(lab.folder, 'conf.db');
    await run([peer('ovsdb-tool'), 'create', database, peerFile('/usr/share/openvswitch/vswitch.ovsschema')], { env: made.#environment });
    lab.start(made.#inside([
      peer('ovsdb-server'), database, `--remote=punix:${made.#socket}`, `--unixctl=${made.#at('db.ctl')}`, `--pidfile=${made.#at('db.pid')}`,
    ]), { env: made.#environment });
    await until('ovsdb-server answers', () => existsSync(made.#socket));
    await made.set('--no-wait', 'init');
    for (const setting of settings) await made.set('--no-wait', 'set', 'Open_vSwitch', '.', `other_config:${setting}`);
    const piece = dpdk ? pieces.ovsDpdk : pieces.ovs;
    const running = lab.start(made.#inside([
      peer(piece.program, piece.folders), `unix:${made.#socket}`, '--disable-system', `--unixctl=${made.#control}`, `--pidfile=${made.#at('vs.pid')}`,
    ]), { env: made.#environment });
    made.#running = running;
    await until('ovs-vswitchd answers', () => {
      if (!running.isRunning) throw new Error(`ovs-vswitchd ended:\n${running.output.slice(-2000)}`);
      return existsSync(made.#control);
    }, 30_000);
    try {
      await made.set('add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev');
    } catch (error) {
      throw new Error(`ovs-vswitchd makes no bridge:\n${made.log.slice(-1500)}`, { cause: error });
    }
    return made;
  }

  get pid(): number {
    return Number(readFileSync(this.#at('vs.pid'), 'utf8'));
  }

  get log(): string {
    return this.#running?.output ?? '';
  }

  async set(...words: readonly string[]): Promise<string> {
    return await run(this.#inside([peer('ovs-vsctl'), '--timeout=60', `--db=unix:${this.#socket}`, ...words]), { env: this.#environment, timeoutMs: 70_000 });
  }

  async ask(...words: readonly string[]): Promise<string> {
    return await run(this.#inside([peer('ovs-appctl'), '-t', this.#control, ...words]), { env: this.#environment });
  }

  async flow(...words: readonly string[]): Promise<string> {
    return await run(this.#inside([peer('ovs-ofctl'), '-O', 'OpenFlow13', ...words]), { env: this.#environment });
  }

  /** All flows of the bridge anew, at once: one a line. */
  async replaceFlows(lines: string): Promise<void> {
    const file = this.#at('flows');
    writeFileSync(file, lines);
    await this.flow('--bundle', 'replace-flows', 'br0', file);
  }

  get #socket(): string {
    return this.#at('db.sock');
  }

  get #control(): string {
    return this.#at('vs.ctl');
  }

  #at(name: string): string {
    return join(this.#folder, name);
  }

  #inside(words: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this.namespace, ...words];
  }
}

export async function openVswitchVersion(piece: typeof pieces.ovs | typeof pieces.ovsDpdk): Promise<string> {
  return (await run([peer(piece.program, piece.folders), '--version'], { env: peerEnvironment() })).split('\n').slice(0, 2).join(', ');
}
