/**
 * The API's client: how every way in reaches a running switch.
 *
 * One method an operation. What the daemon refuses is thrown as `ApiError` with its problem document,
 * a daemon that is not there as `UnreachableError`.
 *
 * The connection is kept for the next request, and holds no process up. By then the daemon may have closed it; a request
 * that it cannot have read in full is asked once more by a new one. Nothing else is asked twice, so nothing is done twice.
 */
import { Agent, request, type IncomingMessage, type RequestOptions } from 'node:http';
import {
  resourcePath, type ApplyAnswer, type Collection, type DaemonVersion, type EventFilter, type ExplainQuery, type FlushFilter,
  type ProblemDocument, type Resource, type SwitchEvent, type Table,
} from './protocol.ts';
import { WholeBlocks } from './whole-blocks.ts';

export class ApiError extends Error {
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

export class UnreachableError extends Error {
  readonly socketPath: string;

  constructor(socketPath: string, cause: Error) {
    super(`no vswitchd answers at ${socketPath}: ${cause.message}`, { cause });
    this.name = 'UnreachableError';
    this.socketPath = socketPath;
  }
}

export interface ClientCapture {
  /** Bytes of a file; each piece ends where a block ends. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly frames: number;
  /** What the switch says that it lost, once the capture has come to its end; undefined when it was broken off. */
  readonly lost: number | undefined;
}

interface Sent {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** The answer goes on for as long as somebody reads it, so its connection is its own. */
  readonly isStream?: boolean;
}

export class ApiClient {
  readonly socketPath: string;
  readonly #connections = new Agent({ keepAlive: true, maxFreeSockets: 1 });

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  async apply(resources: readonly unknown[], options: { dryRun?: boolean } = {}): Promise<ApplyAnswer> {
    return await this.#json('POST', '/v1/apply', { body: { resources, ...options } });
  }

  async delete(references: readonly unknown[]): Promise<ApplyAnswer> {
    return await this.#json('POST', '/v1/delete', { body: { resources: references } });
  }

  async list(collection: Collection): Promise<{ items: Resource[] }> {
    return await this.#json('GET', resourcePath(collection));
  }

  async get(collection: Collection, name: string): Promise<Resource> {
    return await this.#json('GET', resourcePath(collection, name));
  }

  async put(collection: Collection, name: string, resource: unknown): Promise<ApplyAnswer> {
    return await this.#json('PUT', resourcePath(collection, name), { body: resource });
  }

  async remove(collection: Collection, name: string): Promise<ApplyAnswer> {
    return await this.#json('DELETE', resourcePath(collection, name));
  }

  /** One of the tables; `filter` as `tableFilters` allows. */
  async read<Entry>(
    table: Table, filter: Readonly<Record<string, string | undefined>> = {},
  ): Promise<{ items: Entry[] } & Record<string, unknown>> {
    return await this.#json('GET', `/v1/${table}`, { query: filter });
  }

  async flush(table: 'fdb' | 'flows', filter: FlushFilter = {}): Promise<{ removed: number }> {
    return await this.#json('DELETE', `/v1/${table}`, { query: { ...filter } });
  }

  async explain(query: ExplainQuery): Promise<Record<string, unknown>> {
    return await this.#json('POST', '/v1/explain', { body: query });
  }

  async generation(): Promise<{ generation: number }> {
    return await this.#json('GET', '/v1/generation');
  }

  async version(signal?: AbortSignal): Promise<DaemonVersion> {
    return await this.#json('GET', '/v1/version', { signal });
  }

  async metrics(): Promise<string> {
    return await textOf(await this.#ask('GET', '/metrics', {}));
  }

  async openApi(): Promise<Record<string, unknown>> {
    return await this.#json('GET', '/openapi.json');
  }

  /** Events until `signal` is raised or the daemon stops; `watching` is called once none can be missed. */
  async *watch(options: { signal?: AbortSignal; watching?: () => void } & EventFilter = {}): AsyncGenerator<SwitchEvent> {
    const { signal, watching, types, ports, networks } = options;
    const query = { type: types?.join(','), port: ports?.join(','), network: networks?.join(',') };
    const answer = await this.#ask('GET', '/v1/watch', { query, signal, isStream: true });
    watching?.();
    let rest = '';
    answer.setEncoding('utf8');
    try {
      for await (const part of answer as AsyncIterable<string>) {
        const blocks = (rest + part).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const data = block.split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
          if (data.length > 0) yield JSON.parse(data.join('\n')) as SwitchEvent;
        }
      }
    } catch (error) {
      if (signal?.aborted !== true) throw new UnreachableError(this.socketPath, error as Error);
    } finally {
      answer.destroy();
    }
  }

  /** A live capture, until `signal` or whatever ends it in the switch. */
  async capture(query: Readonly<Record<string, string | undefined>> = {}, signal?: AbortSignal): Promise<ClientCapture> {
    const answer = await this.#ask('GET', '/v1/capture', { query, signal, isStream: true });
    const blocks = new WholeBlocks();
    const chunks = async function* chunks(): AsyncGenerator<Uint8Array> {
      try {
        for await (const piece of answer as AsyncIterable<Buffer>) yield blocks.take(piece);
      } catch (error) {
        if (signal?.aborted !== true && (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
      } finally {
        answer.destroy();
      }
    };
    return {
      chunks: chunks(),
      get frames() { return blocks.frames; },
      get lost() { return answer.trailers['vswitch-lost'] === undefined ? undefined : Number(answer.trailers['vswitch-lost']); },
    };
  }

  async #json<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
    return JSON.parse(await textOf(await this.#ask(method, path, sent))) as T;
  }

  async #ask(method: string, path: string, { query = {}, body, signal, isStream = false }: Sent): Promise<IncomingMessage> {
    const named = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const search = named.length === 0 ? '' : `?${new URLSearchParams(named)}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined
      ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const options: RequestOptions = { socketPath: this.socketPath, method, path: path + search, headers, ...(signal && { signal }) };
    const answer = await this.#send({ ...options, agent: isStream ? false : this.#connections }, text);
    const status = answer.statusCode ?? 500;
    if (status < 400) return answer;
    const said = await textOf(answer);
    throw new ApiError(problemIn(said) ?? {
      type: 'about:blank', title: 'Not a problem document', status, detail: `${this.socketPath} answered ${status}`, errors: [],
    });
  }

  async #send(options: RequestOptions, text: string | undefined): Promise<IncomingMessage> {
    return await new Promise((resolve, reject) => {
      let isAnswered = false;
      const asked = request(options, (answer) => {
        isAnswered = true;
        resolve(answer);
      });
      asked.on('error', (error: NodeJS.ErrnoException) => {
        const mayAskAgain = asked.reusedSocket && !isAnswered && (options.method === 'GET' ? isBroken(error) : isUnread(error));
        if (mayAskAgain) resolve(this.#send({ ...options, agent: false }, text));
        else reject(new UnreachableError(this.socketPath, error));
      });
      asked.end(text);
    });
  }
}

function isBroken({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/**
 * Whether the other side closed the connection before it had read all of the request: it refuses what is written, or
 * the kernel tells at reading that something was left. A connection that just ends says nothing of the kind.
 */
function isUnread(error: NodeJS.ErrnoException): boolean {
  return isBroken(error) && error.syscall !== undefined;
}

// Events, not `for await`, which costs a promise a piece.
async function textOf(answer: IncomingMessage): Promise<string> {
  return await new Promise((resolve, reject) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (part: string) => { text += part; });
    answer.once('end', () => resolve(text));
    answer.once('error', reject);
  });
}

function problemIn(text: string): ProblemDocument | undefined {
  try {
    const document = JSON.parse(text) as Partial<ProblemDocument>;
    return typeof document.detail === 'string' && Array.isArray(document.errors) ? document as ProblemDocument : undefined;
  } catch {
    return undefined;
  }
}
