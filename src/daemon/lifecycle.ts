/**
 * The daemon's life: take the socket, bring back what was stored, apply the configuration, serve, stop.
 *
 * The socket is taken first, so that a second daemon touches nothing. Requests wait for the last
 * step. A stop closes the ways in before the switch, so that what was promised is done.
 */
import { ApiServer, type Listening } from '../api/server.ts';
import { packageVersion, type ServedSwitch, type SwitchEvent } from '../api/protocol.ts';
import { VswError, messageOf } from '../errors.ts';
import { SwitchMetrics } from '../metrics/prometheus.ts';
import { inFiles, readConfig, type DaemonOptions } from './config.ts';
import type { Level, Log } from './log.ts';

/** The switch that the daemon runs, and how it is opened. */
export type RunningSwitch = ServedSwitch & { close(): Promise<void> };
export type OpenSwitch = (options: { stateDir: string; workers: number; limits: { ports: number } }) => Promise<RunningSwitch>;

export class Daemon {
  readonly #server: ApiServer;
  readonly #switch: RunningSwitch;
  readonly #log: Log;
  readonly #stopping = new AbortController();

  private constructor(server: ApiServer, running: RunningSwitch, log: Log) {
    this.#server = server;
    this.#switch = running;
    this.#log = log;
  }

  /** Resolves once the switch is served; rejects with everything given back. */
  static async start(options: DaemonOptions, listening: Listening, open: OpenSwitch, log: Log): Promise<Daemon> {
    const metrics = new SwitchMetrics(packageVersion());
    const server = new ApiServer({
      metrics: async (served) => await metrics.text(served),
      failed: (method, path, error) => log.write('error', `${method} ${path}: ${messageOf(error)}`),
    });
    let running: RunningSwitch | undefined;
    try {
      await server.listen(listening);
      running = await open({ stateDir: options.stateDir, workers: options.workers, limits: { ports: options.ports } });
      await applyConfig(options, running, log);
      server.serve(running);
      const daemon = new Daemon(server, running, log);
      daemon.#logEvents();
      return daemon;
    } catch (error) {
      await server.close();
      await running?.close();
      throw error;
    }
  }

  get generation(): number {
    return this.#switch.generation;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#server.close();
    await this.#switch.close();
  }

  /** What an operator should find in the log, of all that happens and of what went wrong on the way here. */
  #logEvents(): void {
    const { signal } = this.#stopping;
    const follow = async (): Promise<void> => {
      for (const event of this.#switch.events()) if (event.type !== 'port_ready') this.#logEvent(event);
      for await (const event of this.#switch.watch({ signal })) this.#logEvent(event);
    };
    follow().catch((error: unknown) => {
      if (!signal.aborted) this.#log.write('error', `the log of events ended: ${messageOf(error)}`);
    });
  }

  #logEvent(event: SwitchEvent): void {
    const write = (level: Level, message: string): void => {
      this.#log.write(level, message, 'port' in event ? { event: event.type, port: event.port } : { event: event.type });
    };
    if (event.type === 'warning') write('warn', event.message);
    else if (event.type === 'port_failed') write('warn', `port ${event.port} failed: ${event.message}`);
    else if (event.type === 'port_waiting') write('info', `port ${event.port} waits: ${event.message}`);
    else if (event.type === 'device_changed') write('info', `port ${event.port}: ${event.message}`);
    else if (event.type === 'port_ready') write('info', `port ${event.port} is ready`);
  }
}

async function applyConfig(options: DaemonOptions, running: RunningSwitch, log: Log): Promise<void> {
  const configured = await readConfig(options);
  if (configured.length === 0) return;
  try {
    const { changes } = await running.apply(configured.map(({ resource }) => resource));
    log.write('info', `${options.config}: ${configured.length} resources, ${changes.length} changes`);
  } catch (error) {
    throw error instanceof VswError ? inFiles(error, configured) : error;
  }
}
