/**
 * What vswitchd is told: its command line, and the resources of its configuration.
 *
 * The configuration is a file, or a folder whose files are read in the order of their names. All of it
 * is applied as one, so a resource may be in another file than those it needs.
 */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VswError, messageOf, type ErrorDetail } from '../errors.ts';
import { socketPathDefault } from '../api/protocol.ts';
import { parseDocuments, type Documents } from '../intent/documents.ts';
import { workersMax } from '../intent/port.ts';
import { portsDefault, portsMost } from '../switch/options.ts';

export interface DaemonOptions {
  /** Absent configuration is an error only when it was asked for. */
  readonly config: string;
  readonly configAsked: boolean;
  readonly stateDir: string;
  readonly socket: string;
  readonly workers: number;
  readonly ports: number;
  readonly log: 'plain' | 'json';
}

export type CommandLine =
  | { readonly kind: 'run'; readonly options: DaemonOptions }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'wrong'; readonly text: string };

export const usage = `Usage: vswitchd [--config FILE|DIR] [--state-dir DIR] [--socket PATH] [--workers N] [--ports N] [--log plain|json]

The switch, in the foreground. SIGTERM and SIGINT stop it; ports stay in their containers.

  --config FILE|DIR   resources that are applied at every start, after the stored state (default /etc/vswitch)
  --state-dir DIR     where what was declared is kept (default /var/lib/vswitch)
  --socket PATH       where the API listens, mode 0660 (default ${socketPathDefault})
  --workers N         threads that switch frames, 1 to ${workersMax} (default 1)
  --ports N           ports that there is room for, 1 to ${portsMost} (default ${portsDefault})
  --log plain|json    form of the log on stderr (default plain)
  --version           print the version
  --help              print this text

Example: vswitchd --config ./switch.yaml --state-dir /tmp/switch --socket /tmp/switch.sock
`;

/** What the words of the command line ask for. */
export function parseCommandLine(words: readonly string[], version: string): CommandLine {
  const wrong = (text: string): CommandLine => ({ kind: 'wrong', text });
  let values: ReturnType<typeof parse>;
  try {
    values = parse(words);
  } catch (error) {
    return wrong(messageOf(error).split('. ')[0] ?? '');
  }
  if (values.help === true) return { kind: 'say', text: usage };
  if (values.version === true) return { kind: 'say', text: `vswitchd ${version}\n` };
  for (const name of ['config', 'state-dir', 'socket'] as const) {
    if (values[name] === '') return wrong(`--${name} is empty: name a path`);
  }
  const workers = values.workers ?? '1';
  if (!/^\d{1,3}$/.test(workers) || Number(workers) < 1 || Number(workers) > workersMax) {
    return wrong(`--workers ${workers}: give a number from 1 to ${workersMax}`);
  }
  const ports = values.ports ?? String(portsDefault);
  if (!/^\d{1,5}$/.test(ports) || Number(ports) < 1 || Number(ports) > portsMost) {
    return wrong(`--ports ${ports}: give a number from 1 to ${portsMost}`);
  }
  const log = values.log ?? 'plain';
  if (log !== 'plain' && log !== 'json') return wrong(`--log ${log}: say plain or json`);
  const options: DaemonOptions = {
    config: values.config ?? '/etc/vswitch', configAsked: values.config !== undefined,
    stateDir: values['state-dir'] ?? '/var/lib/vswitch', socket: values.socket ?? socketPathDefault,
    workers: Number(workers), ports: Number(ports), log,
  };
  return { kind: 'run', options };
}

function parse(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  return parseArgs({
    args: [...words], strict: true, allowPositionals: false,
    options: {
      config: text, 'state-dir': text, socket: text, workers: text, ports: text, log: text, version: flag, help: { ...flag, short: 'h' },
    },
  }).values;
}

/** A resource of the configuration, and where it stood. */
export interface Configured {
  readonly resource: unknown;
  /** Where what stands at a JSON Pointer into the resource was written: `ports.yaml:12`. */
  placeOf(path: string): string;
}

export async function readConfig({ config, configAsked }: DaemonOptions): Promise<Configured[]> {
  const configured: Configured[] = [];
  for (const file of await filesOf(config, configAsked)) {
    const documents = documentsIn(await readText(file), file);
    for (const [index, resource] of documents.values.entries()) {
      const placeOf = (path: string): string => {
        const line = documents.lineOf(`/${index}${path}`);
        return line === undefined ? file : `${file}:${line}`;
      };
      configured.push({ resource, placeOf });
    }
  }
  return configured;
}

/** The switch's error with each place as file and place in the file. */
export function inFiles(error: VswError, configured: readonly Configured[]): VswError {
  const errors = error.errors.map((detail): ErrorDetail => {
    const [, index = '', rest = ''] = /^\/(\d+)(.*)$/.exec(detail.path) ?? [];
    const place = index === '' ? undefined : configured[Number(index)];
    return place === undefined ? detail : { ...detail, path: `${place.placeOf(rest)}${rest === '' ? '' : `: ${rest}`}` };
  });
  return VswError.of(error.code, errors.length > 0 ? errors : [{ path: '', message: error.message, remedy: '' }]);
}

async function filesOf(config: string, asked: boolean): Promise<string[]> {
  try {
    if (!(await stat(config)).isDirectory()) return [config];
    const names = (await readdir(config)).filter((name) => /\.(yaml|yml|json)$/.test(name) && !name.startsWith('.'));
    return names.sort().map((name) => join(config, name));
  } catch (error) {
    if (!asked && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(config, error, 'name a file or folder that is there and may be read (--config FILE|DIR)');
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error, 'make it readable, or move it out of the configuration');
  }
}

function documentsIn(text: string, file: string): Documents {
  try {
    return parseDocuments(text);
  } catch (error) {
    if (!(error instanceof VswError)) throw error;
    throw VswError.of(error.code, error.errors.map((detail) => ({ ...detail, path: file })));
  }
}

function unreadable(path: string, error: unknown, remedy: string): VswError {
  const reason = messageOf(error).replace(/, \w+ '.*'$/, '');
  return VswError.of('VSW_UNREADABLE', [{ path, message: `the configuration cannot be read: ${reason}`, remedy }]);
}
