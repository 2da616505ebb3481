/**
 * What a command works with: the client of the daemon, the form of its output, and how it ends.
 *
 * Exit codes: 0 done, 1 refused or not found, 2 wrong usage, 3 the daemon cannot be reached.
 */
import type { Command } from 'commander';
import { ApiClient, ApiError, UnreachableError } from '../api/client.ts';
import { socketPathDefault, type FieldError } from '../api/protocol.ts';

export const outputForms = ['table', 'wide', 'json', 'yaml'] as const;
export type OutputForm = (typeof outputForms)[number];

export const exitRefused = 1;
export const exitUsage = 2;
export const exitUnreachable = 3;

/** Ends the command with a message on stderr. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

export interface Session {
  readonly client: ApiClient;
  readonly output: OutputForm;
}

/** The session that a command's global options, before or after its name, ask for. */
export function sessionOf(command: Command): Session {
  const { socket, output } = command.optsWithGlobals<{ socket?: string; output?: OutputForm }>();
  return { client: new ApiClient(socket ?? socketPathDefault), output: output ?? 'table' };
}

export function usageError(message: string, remedy: string): CommandError {
  return new CommandError(exitUsage, `error: ${message}\n       ${remedy}`);
}

export function notInThisVersion(what: string): CommandError {
  return new CommandError(exitUsage, `error: ${what} is not available in this version`);
}

/** Any error as the lines and the exit code that it ends the command with. */
export function endOf(error: unknown, place: (path: string) => string = (path) => path): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof UnreachableError) return unreachable(error);
  if (error instanceof ApiError) {
    const { status, detail, errors } = error.problem;
    const exitCode = status === 503 ? exitUnreachable : exitRefused;
    const lines = errors.length === 0 ? [`error: ${detail}`] : errors.flatMap((one) => linesOf(one, place));
    return new CommandError(exitCode, lines.join('\n'));
  }
  return new CommandError(exitRefused, `error: ${error instanceof Error ? error.message : String(error)}`);
}

function linesOf({ path, message, remedy }: FieldError, place: (path: string) => string): string[] {
  const where = place(path);
  return [`error: ${where === '' ? '' : `${where}: `}${message}`, ...(remedy === '' ? [] : [`       ${remedy}`])];
}

function unreachable({ socketPath, cause }: UnreachableError): CommandError {
  const code = (cause as NodeJS.ErrnoException).code;
  const [why, remedy] = code === 'EACCES'
    ? ['this user may not open it', 'run vswitchctl as root, or as a member of the socket\'s group']
    : code === 'ENOENT' || code === 'ECONNREFUSED'
      ? ['nobody listens there', `start the daemon (vswitchd --socket ${socketPath}), or name its socket with --socket PATH`]
      : [(cause as Error).message, 'see the log of vswitchd'];
  return new CommandError(exitUnreachable, `error: vswitchd cannot be reached at ${socketPath}: ${why}; ${remedy}`);
}
