/**
 * vswitchd as a child process with a state directory and a socket of its own.
 *
 * It can be stopped, killed and started again over the same state, which is what an operator does.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../api/client.ts';
import { attempt, pause, run, start, type CommandOptions, type Finished, type Running } from './command.ts';

const daemonProgram = fileURLToPath(new URL('../daemon/main.js', import.meta.url));
const commandProgram = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const startMsMax = 15_000;
const stopMsMax = 10_000;

export class DaemonProcess {
  readonly folder: string;
  readonly socket: string;
  readonly client: ApiClient;
  /** Words that start the daemon somewhere else, as `unshare …` does; it has to stay the same process. */
  wrapper: readonly string[] = [];
  readonly #workers: number;
  readonly #ports: number | undefined;
  #running: Running | undefined;
  /** What earlier processes over this state said. */
  #said = '';

  private constructor(folder: string, workers: number, ports: number | undefined) {
    this.folder = folder;
    this.socket = join(folder, 'vswitchd.sock');
    this.client = new ApiClient(this.socket);
    this.#workers = workers;
    this.#ports = ports;
  }

  static async make(prefix: string, { workers = 1, ports }: { workers?: number; ports?: number } = {}): Promise<DaemonProcess> {
    return new DaemonProcess(await mkdtemp(join(tmpdir(), `${prefix}-${process.pid}-`)), workers, ports);
  }

  get words(): string[] {
    return [...this.wrapper, process.execPath, daemonProgram, '--state-dir', join(this.folder, 'state'), '--socket', this.socket,
      '--workers', String(this.#workers), ...(this.#ports === undefined ? [] : ['--ports', String(this.#ports)])];
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  get log(): string {
    return this.#said + (this.#running?.output ?? '');
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    this.#said = this.log;
    const running = start(this.words);
    this.#running = running;
    const end = Date.now() + startMsMax;
    for (;;) {
      try {
        await this.client.generation();
        return;
      } catch (error) {
        if (!running.isRunning) throw new Error(`vswitchd ended while it started:\n${running.output}`, { cause: error });
        if (Date.now() > end) throw new Error(`vswitchd did not answer for ${startMsMax} ms:\n${running.output}`, { cause: error });
      }
      await pause(20);
    }
  }

  /** Ends it by a signal and answers its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    const running = this.#running;
    if (running === undefined) return 0;
    running.end(signal);
    const patience = setTimeout(() => running.end('SIGKILL'), stopMsMax);
    const { code } = await running.finished;
    clearTimeout(patience);
    return code;
  }

  commandWords(words: readonly string[]): string[] {
    return [process.execPath, commandProgram, '--socket', this.socket, ...words];
  }

  /** vswitchctl, which has to succeed. */
  async command(words: readonly string[], options?: CommandOptions): Promise<string> {
    return await run(this.commandWords(words), options);
  }

  async attemptCommand(words: readonly string[], options?: CommandOptions): Promise<Finished> {
    return await attempt(this.commandWords(words), options);
  }

  /** Ends it, with its ports if it still answers, and removes its folder. */
  async remove(): Promise<void> {
    if (this.#running?.isRunning === true) {
      // A namespace lives on as long as a device in it is held, so the ports go before the daemon.
      try {
        const { items } = await this.client.list('ports');
        const references = items.map(({ metadata: { name, namespace } }) => (
          { kind: 'Port', name: namespace === undefined || namespace === 'default' ? name : `${namespace}/${name}` }));
        if (references.length > 0) await this.client.delete(references);
      } catch {
        // What cannot be taken back in order goes with the namespaces.
      }
    }
    await this.stop();
    if (existsSync(this.folder)) await rm(this.folder, { recursive: true, force: true });
  }
}
