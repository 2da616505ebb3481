/**
 * A container as far as a switch is concerned: a network namespace with a name.
 *
 * Names carry the process id of whoever made them, so that several may work side by side, and so that
 * what a killed one left behind can be told from what is in use.
 */
import { existsSync, readdirSync } from 'node:fs';
import { attempt, run, start, type CommandOptions, type Finished, type Running } from './command.ts';

const namespaceFolder = '/run/netns';

export class Container {
  readonly name: string;
  readonly namespace: string;

  private constructor(name: string, namespace: string) {
    this.name = name;
    this.namespace = namespace;
  }

  static at(prefix: string, name: string): Container {
    return new Container(name, `${prefix}-${process.pid}-${name}`);
  }

  async create(): Promise<this> {
    await run(['ip', 'netns', 'add', this.namespace]);
    await run(['ip', '-n', this.namespace, 'link', 'set', 'lo', 'up']);
    return this;
  }

  async remove(): Promise<void> {
    if (existsSync(`${namespaceFolder}/${this.namespace}`)) await attempt(['ip', 'netns', 'delete', this.namespace]);
  }

  inside(words: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this.namespace, ...words];
  }

  async run(words: readonly string[], options?: CommandOptions): Promise<string> {
    return await run(this.inside(words), options);
  }

  async attempt(words: readonly string[], options?: CommandOptions): Promise<Finished> {
    return await attempt(this.inside(words), options);
  }

  start(words: readonly string[], options?: CommandOptions): Running {
    return start(this.inside(words), options);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes the namespaces of earlier processes that were killed before they could; answers their names. */
export async function removeOrphans(prefix: string): Promise<string[]> {
  const removed: string[] = [];
  const names = existsSync(namespaceFolder) ? readdirSync(namespaceFolder) : [];
  for (const name of names) {
    const pid = new RegExp(`^${prefix}-(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await attempt(['ip', 'netns', 'delete', name]);
    removed.push(name);
  }
  return removed;
}

/** The namespaces that carry the given prefix and this process's id. */
export function leftNamespaces(prefix: string): string[] {
  const names = existsSync(namespaceFolder) ? readdirSync(namespaceFolder) : [];
  return names.filter((name) => name.startsWith(`${prefix}-${process.pid}-`));
}
