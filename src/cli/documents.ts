/**
 * The resources in the files that a command names, each with the place where it was written.
 *
 * `-` is standard input, a folder stands for its *.yaml, *.yml and *.json files in the order of their
 * names. What `get -o json` and `explain -o json` printed may be given back: a list stands for its items.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { namespacedKinds, nameOf } from '../api/protocol.ts';
import { CommandError, exitRefused, usageError } from './session.ts';

export interface Written {
  readonly resource: unknown;
  /** `port/web-1`, as far as the resource says so. */
  readonly label: string;
  /** The file and line of what stands at a JSON Pointer into the resource. */
  placeOf(path: string): string;
}

export async function readDocuments(files: readonly string[]): Promise<Written[]> {
  const { LineCounter, isMap, isSeq } = await import('yaml');
  const { itemsOf, readYaml } = await import('../yaml-text.ts');
  const written: Written[] = [];
  for (const file of files.flatMap(expand)) {
    const lines = new LineCounter();
    const name = nameOfFile(file);
    const { documents, tooDeep } = readYaml(readText(file), lines);
    if (tooDeep !== undefined) {
      throw new CommandError(exitRefused, `error: ${name}:${lines.linePos(tooDeep).line}: what stands there is nested too deeply\n       write resources with apiVersion, kind, metadata and spec`);
    }
    for (const document of documents) {
      const wrong = document.errors[0];
      if (wrong !== undefined) {
        const { line, col } = lines.linePos(wrong.pos[0]);
        throw new CommandError(exitRefused, `error: ${name}:${line}:${col}: ${wrong.message}\n       correct the YAML or JSON there`);
      }
      let value: unknown;
      try {
        value = document.toJS({ maxAliasCount: 100 });
      } catch (error) {
        throw new CommandError(exitRefused, `error: ${name}: ${(error as Error).message}`);
      }
      for (const { item: resource, prefix } of itemsOf(value)) {
        const steps = prefix.map(String);
        const placeOf = (path: string): string => {
          let node: unknown = document.contents;
          let offset = (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
          for (const step of [...steps, ...stepsOf(path)]) {
            if (isMap(node)) {
              const pair = node.items.find(({ key }) => String(key) === step);
              if (pair === undefined) break;
              offset = (pair.key as { range?: readonly number[] }).range?.[0] ?? offset;
              node = pair.value;
            } else if (isSeq(node)) {
              node = node.items[Number(step)];
              offset = (node as { range?: readonly number[] } | undefined)?.range?.[0] ?? offset;
            } else {
              break;
            }
          }
          return `${name}:${lines.linePos(offset).line}`;
        };
        written.push({ resource, label: labelOf(resource), placeOf });
      }
    }
  }
  if (written.length === 0) throw nothingIn(files);
  return written;
}

/** Where the API's path points to in what was read: `web.yaml:12: port/web-1 /spec/mac`. */
export function placeIn(written: readonly Written[], prefix: string): (path: string) => string {
  return (path) => {
    const [, index = '', rest = ''] = new RegExp(`^${prefix}/(\\d+)(.*)$`).exec(path) ?? [];
    const one = index === '' ? undefined : written[Number(index)];
    return one === undefined ? path : `${one.placeOf(rest)}: ${one.label}${rest === '' ? '' : ` ${rest}`}`;
  };
}

function nothingIn(files: readonly string[]): CommandError {
  const remedy = 'write resources with apiVersion, kind, metadata and spec there, as "vswitchctl get KIND -o yaml" prints them';
  return new CommandError(exitRefused, `error: ${files.map(nameOfFile).join(', ')}: there is no resource in it\n       ${remedy}`);
}

function nameOfFile(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function labelOf(resource: unknown): string {
  const { kind, metadata } = (typeof resource === 'object' && resource !== null ? resource : {}) as {
    kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } | null;
  };
  if (typeof kind !== 'string' || typeof metadata?.name !== 'string') return 'a resource without kind or name';
  const namespace = typeof metadata.namespace === 'string' && namespacedKinds.includes(kind) ? metadata.namespace : undefined;
  return `${kind.toLowerCase()}/${nameOf({ name: metadata.name, namespace })}`;
}

function stepsOf(path: string): string[] {
  return path.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function expand(file: string): string[] {
  if (file === '-') return [file];
  try {
    if (!statSync(file).isDirectory()) return [file];
    const names = readdirSync(file).filter((name) => /\.(yaml|yml|json)$/.test(name) && !name.startsWith('.')).sort();
    if (names.length === 0) throw usageError(`${file} holds no *.yaml, *.yml or *.json file`, 'name a file, or another folder');
    return names.map((name) => join(file, name));
  } catch (error) {
    throw unreadable(file, error);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
  return usageError(`${file}: ${reason}`, 'name a file that is there and may be read, a folder, or - for standard input');
}
