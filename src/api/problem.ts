/**
 * Problem documents (RFC 9457): every refusal of the API, as data.
 *
 * A handler throws a `Problem`, or lets a `VswError` of the switch pass; `problemOf` makes one form of
 * both. The switch numbers what it was given from `/0`; `under` moves such paths to where the list
 * stood in the body that was sent, so a path always points into what the client wrote.
 */
import { VswError } from '../errors.ts';
import type { FieldError, ProblemDocument } from './protocol.ts';

const titles: Readonly<Record<number, readonly [type: string, title: string]>> = {
  400: ['not-readable', 'The request cannot be read'],
  403: ['not-permitted', 'The switch may not do this'],
  404: ['not-found', 'There is nothing of this name'],
  405: ['method-not-allowed', 'This path does not take this method'],
  408: ['too-slow', 'The request took too long to arrive'],
  409: ['clash', 'The request clashes with what there is'],
  413: ['too-large', 'The body is too large'],
  415: ['media-type', 'The body is of a type that is not read here'],
  422: ['not-valid', 'The request is not valid'],
  500: ['internal', 'The switch failed to do this'],
  503: ['not-ready', 'The switch is not ready'],
};

export class Problem extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number, detail: string, errors: readonly FieldError[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  document(): ProblemDocument {
    const [type, title] = titles[this.status] ?? ['problem', 'The request was refused'];
    return {
      type: `urn:vswitch:problem:${type}`, title, status: this.status, detail: this.message, errors: this.errors,
    };
  }
}

/** One error about one field, as a whole problem. */
export function invalid(path: string, message: string, remedy: string): Problem {
  return new Problem(422, message, [{ path, message, remedy }]);
}

/** What a later version has and this one refuses by name. */
export function notAvailable(what: string, path: string, status = 422): Problem {
  const message = `${what} is not available in this version`;
  return new Problem(status, message, [{ path, message, remedy: 'leave it out, or install a version that has it' }]);
}

/** Any error as a problem; `path` translates the switch's paths into those of the body that was sent. */
export function problemOf(error: unknown, path: (switchPath: string) => string = (same) => same): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof VswError) {
    // What is wrong with the switch itself stands nowhere in the body.
    const remedy = error.status === 503 ? 'start vswitchd again' : 'mend that, then send it again';
    const told = error.errors.length > 0 ? error.errors : [{ path: '', message: error.message, remedy }];
    const errors = told.map((one) => ({ path: path(one.path), message: one.message, remedy: one.remedy }));
    // The message may open with the first error's path, which was just moved.
    const first = error.errors[0]?.path;
    const detail = first !== undefined && first !== '' && error.message.startsWith(`${first}:`)
      ? (path(first) + error.message.slice(first.length)).replace(/^: /, '') : error.message;
    return new Problem(error.status, detail, errors);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new Problem(500, message, [
    { path: '', message, remedy: 'this is a bug in vswitchd: report it with the log line of the same moment' },
  ]);
}

/** `/3/spec` of a list that stood at `prefix`: `/resources/3/spec`. Paths not about an item stay. */
export function under(prefix: string): (path: string) => string {
  return (path) => (/^\/\d+(\/|$)/.test(path) ? prefix + path : path);
}

/** `/0/spec/mac` of the only resource of a list, as seen from that resource: `/spec/mac`. */
export function ofOnlyOne(path: string): string {
  return path.replace(/^\/0(?=\/|$)/, '');
}
