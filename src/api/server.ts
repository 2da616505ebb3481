/**
 * The HTTP server on the socket: it routes requests to handlers and writes what they answer.
 *
 * It listens before there is a switch, so that who asks is told to wait instead of being refused a
 * connection, and so that a second daemon learns early that the socket is taken; `serve` opens it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mediaTypeOf, textOf } from './body.ts';
import { streamCapture } from './capture-stream.ts';
import { streamEvents } from './event-stream.ts';
import { Answer, handlers, whoAnswers, type Asked } from './handlers.ts';
import { openApiDocument } from './openapi.ts';
import { mediaTypesOf, operations, type Operation } from './operations.ts';
import { Problem, notAvailable, problemOf } from './problem.ts';
import { packageVersion, problemMediaType, type CaptureOptions, type EventSelector, type LiveCapture, type ServedSwitch, type SwitchEvent } from './protocol.ts';
import { claimSocket } from './socket.ts';

export interface ServerOptions {
  /** Prometheus text of the switch that is served. */
  metrics?: (served: ServedSwitch) => Promise<string>;
  /** Called for each request that failed by our own fault. */
  failed?: (method: string, path: string, error: unknown) => void;
}

/** Where to listen: a path, or the descriptor of a socket that somebody else made and keeps. */
export type Listening = { readonly path: string } | { readonly descriptor: number };

const requestTimeoutMs = 60_000;
const closeWithinMs = 5_000;
const startingSeconds = 1;

export class ApiServer implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #streams = new Set<AbortController>();
  #served: ServedSwitch | undefined;
  #release: (() => Promise<void>) | undefined;
  #underway = 0;
  #idle: (() => void) | undefined;

  constructor(options: ServerOptions = {}) {
    this.#options = options;
    this.#server = createServer({ requestTimeout: requestTimeoutMs, keepAliveTimeout: 5_000 }, (request, response) => {
      void this.#respond(request, response);
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
      else socket.end(rawProblem(new Problem(error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400, 'the request is not HTTP')));
    });
  }

  async listen(where: Listening): Promise<void> {
    if ('path' in where) {
      this.#release = await claimSocket(this.#server, where.path);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ fd: where.descriptor }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** From now on requests reach this switch. */
  serve(served: ServedSwitch): void {
    this.#served = served;
  }

  /** No new requests; those under way are finished, for a while; streams end. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await this.#release?.();
    const closed = new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    });
    this.#closing.abort();
    for (const stop of this.#streams) stop.abort();
    this.#server.closeIdleConnections();
    if (this.#underway > 0) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => { this.#idle = resolve; }),
        new Promise<void>((resolve) => { timer = setTimeout(resolve, closeWithinMs); }),
      ]);
      clearTimeout(timer);
    }
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underway += 1;
    try {
      await this.#answer(request, response);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500 && problem.status !== 503) {
        this.#options.failed?.(request.method ?? '', request.url ?? '', error);
      }
      if (response.headersSent) response.destroy();
      else write(response, problem.status, problemMediaType, JSON.stringify(problem.document()), problem.headers);
    } finally {
      this.#underway -= 1;
      if (this.#underway === 0) this.#idle?.();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { operation, name, query } = route(request);
    if (this.#closing.signal.aborted) throw notReady('vswitchd is stopping', 'start it again');
    if (operation.id === 'openapi') {
      return write(response, 200, 'application/json', JSON.stringify(openApiDocument(packageVersion())));
    }
    if (operation.id === 'version') return write(response, 200, 'application/json', JSON.stringify(whoAnswers()));
    const served = this.#served;
    if (served === undefined) throw notReady('vswitchd is starting: its stored state is not in force yet', 'ask again soon');
    if (operation.id === 'watch') {
      return await this.#stream(async ({ signal }) => await streamEvents(watchBy(served, query, signal), response, signal));
    }
    if (operation.id === 'capture') {
      return await this.#stream(async (stop) => await streamCapture(captureBy(served, query, stop.signal), query.get('format'), response, () => stop.abort()));
    }
    if (operation.id === 'metrics') {
      const text = await this.#options.metrics?.(served);
      return write(response, 200, 'text/plain; version=0.0.4; charset=utf-8', text ?? '');
    }
    const accepted = mediaTypesOf(operation);
    const mediaType = accepted.length === 0 ? '' : mediaTypeOf(request, accepted);
    const asked: Asked = { operation, name, query, mediaType, text: accepted.length === 0 ? '' : await textOf(request) };
    const done = await handlers.get(operation.id)!(served, asked);
    const { status, body } = done instanceof Answer ? done : new Answer(200, done);
    write(response, status, 'application/json', JSON.stringify(body));
  }

  /** What can be stopped, and is when the server closes; afterwards nothing of it is held. */
  async #stream(work: (stop: AbortController) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    this.#streams.add(stop);
    try {
      await work(stop);
    } finally {
      this.#streams.delete(stop);
      stop.abort();
    }
  }
}

/** The events that a query such as `?type=mac,pressure&port=web-1` lets through. */
function watchBy(served: ServedSwitch, query: ReadonlyMap<string, string>, signal: AbortSignal): AsyncIterableIterator<SwitchEvent> {
  const listed = (name: string): string[] | undefined => query.get(name)?.split(',').filter((part) => part !== '');
  try {
    // Whether these are types at all is the switch's to say.
    return served.watch({ signal, types: listed('type') as EventSelector[] | undefined, ports: listed('port'), networks: listed('network') });
  } catch (error) {
    throw problemOf(error, () => '');
  }
}

/** The capture that a query asks for; numbers that are none are the switch's to refuse. */
function captureBy(served: ServedSwitch, query: ReadonlyMap<string, string>, signal: AbortSignal): LiveCapture {
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined);
  const direction = query.get('direction') as CaptureOptions['direction'];
  const format = query.get('format') as CaptureOptions['format'];
  try {
    return served.capture({
      port: query.get('port'), direction, dropped: query.has('dropped') && query.get('dropped') !== 'false', reason: query.get('reason'), host: query.get('host'),
      protocol: query.get('protocol'), transportPort: number('transportPort'), snapshotLength: number('snapshotLength'), count: number('count'),
      seconds: number('seconds'), format, signal,
    });
  } catch (error) {
    throw problemOf(error, () => '');
  }
}

interface Routed {
  readonly operation: Operation;
  readonly name: string;
  readonly query: ReadonlyMap<string, string>;
}

/** The operations whose path has no parameter, by method and path. */
const exact = new Map(operations.filter(({ path }) => !path.endsWith('/{name}')).map((operation) => [`${operation.method} ${operation.path}`, operation]));

function route(request: IncomingMessage): Routed {
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
  const method = request.method === 'HEAD' ? 'GET' : request.method ?? 'GET';
  const known = exact.get(`${method} ${path}`);
  if (known !== undefined) return { operation: known, name: '', query: queryOf(known, search) };
  const matching = operations.flatMap((operation) => {
    const name = match(operation.path, path);
    return name === undefined ? [] : [{ operation, name }];
  });
  if (matching.length === 0) throw unknownPath(path);
  const found = matching.find(({ operation }) => operation.method === method);
  if (found === undefined) {
    const methods = matching.map(({ operation }) => operation.method);
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
    const message = `${path} does not take ${method}`;
    throw new Problem(405, message, [{ path: '', message, remedy: `use ${allow}` }], { allow });
  }
  return { ...found, name: decode(found.name, path), query: queryOf(found.operation, search) };
}

/** The value of `{name}`, still encoded; empty when the path has none; undefined when it differs. */
function match(template: string, path: string): string | undefined {
  if (!template.endsWith('/{name}')) return template === path ? '' : undefined;
  const prefix = template.slice(0, -'{name}'.length);
  if (!path.startsWith(prefix)) return undefined;
  const name = path.slice(prefix.length);
  return name === '' || name.includes('/') ? undefined : name;
}

function decode(name: string, path: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    const message = `the path ${path} is not percent-encoded right`;
    throw new Problem(400, message, [{ path: '', message, remedy: 'encode the name, e.g. shop%2Fweb-1' }]);
  }
}

const noQuery: ReadonlyMap<string, string> = new Map();

function queryOf(operation: Operation, search: string): ReadonlyMap<string, string> {
  if (search === '') return noQuery;
  const known = operation.query.map(({ name }) => name);
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (!known.includes(name) || query.has(name)) {
      const message = query.has(name) ? `the query names ${name} twice` : `unknown query parameter ${name}`;
      const remedy = known.length === 0 ? 'leave it out: this path takes none' : `known are ${known.join(', ')}, each once`;
      throw new Problem(422, message, [{ path: '', message, remedy }]);
    }
    query.set(name, value);
  }
  return query;
}

function unknownPath(path: string): Problem {
  if (path === '/v1/confirm') return notAvailable(path, '', 404);
  const message = `there is no ${path}`;
  const remedy = /^\/v1\/\w+\/[^/]+\/[^/]/.test(path)
    ? 'encode the slash of a namespaced name: namespace%2Fname' : 'GET /openapi.json lists what there is';
  return new Problem(404, message, [{ path: '', message, remedy }]);
}

function notReady(message: string, remedy: string): Problem {
  return new Problem(503, message, [{ path: '', message, remedy }], { 'retry-after': String(startingSeconds) });
}

function write(
  response: ServerResponse, status: number, mediaType: string, text: string, headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': mediaType, 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

/** For a connection on which no request could be read, so there is no response to write to. */
function rawProblem(problem: Problem): string {
  const text = JSON.stringify(problem.document());
  const status = problem.status === 408 ? '408 Request Timeout' : '400 Bad Request';
  return `HTTP/1.1 ${status}\r\ncontent-type: ${problemMediaType}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`
    + `connection: close\r\n\r\n${text}`;
}
