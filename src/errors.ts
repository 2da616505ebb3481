/**
 * Every error that the switch gives its callers: a code for programs, a sentence for people, and for
 * bad input all that is wrong with it at once, each with its place and its remedy.
 */

/** One thing that is wrong. `path` is a JSON Pointer into what was sent. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

const codes = {
  VSW_UNREADABLE: { status: 400, title: 'The input is not readable' },
  VSW_NOT_FOUND: { status: 404, title: 'There is no such resource' },
  VSW_CLASH: { status: 409, title: 'The change clashes with what is there' },
  VSW_INVALID: { status: 422, title: 'The input is not valid' },
  VSW_UNSUPPORTED: { status: 422, title: 'This version or this kernel cannot do it' },
  VSW_LIMIT: { status: 409, title: 'A table of fixed size is full' },
  VSW_DEVICE: { status: 409, title: 'A device could not be opened' },
  VSW_PERMISSION: { status: 403, title: 'The switch lacks a right' },
  VSW_STATE: { status: 500, title: 'The stored state cannot be read or written' },
  VSW_UNAVAILABLE: { status: 503, title: 'The switch is not available' },
  VSW_BUG: { status: 500, title: 'A bug in the switch' },
} as const;

export type ErrorCode = keyof typeof codes;

export class VswError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly ErrorDetail[];

  constructor(code: ErrorCode, message: string, errors: readonly ErrorDetail[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = 'VswError';
    this.code = code;
    this.errors = errors;
  }

  /** The HTTP status that says the same. */
  get status(): number {
    return codes[this.code].status;
  }

  /** The kind of error as a short title. */
  get title(): string {
    return codes[this.code].title;
  }

  /** The error for a list of details: the first is the headline, the number of others follows. */
  static of(code: ErrorCode, errors: readonly ErrorDetail[]): VswError {
    const first = errors[0];
    const others = errors.length - 1;
    const tail = others > 0 ? ` (and ${others} more ${others === 1 ? 'error' : 'errors'})` : '';
    return new VswError(code, `${first?.path ? `${first.path}: ` : ''}${first?.message ?? codes[code].title}${tail}`, errors);
  }

  /** The same error with every path moved under `prefix`. */
  under(prefix: string): VswError {
    return this.mapPaths((path) => prefix + path);
  }

  /** The same error with its paths as another view of the input has them. */
  mapPaths(change: (path: string) => string): VswError {
    if (this.errors.length === 0) return this;
    const errors = this.errors.map((detail) => ({ ...detail, path: change(detail.path) }));
    return VswError.of(this.code, errors);
  }
}

/** A key or index as one step of a JSON Pointer (RFC 6901). */
export function pointer(...steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
