/** `top`: what moves and what dies right now, again and again; on a terminal, or as lines for a program. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { UnreachableError, type ApiClient } from '../../api/client.ts';
import type { DropEntry, FlowEntry, PortStats, UsageEntry } from '../../api/protocol.ts';
import { ratesBetween, sortKeys, type Rates, type Sample, type SortKey } from '../rates.ts';
import { isData, print, printData } from '../render.ts';
import { Screen } from '../screen.ts';
import { endOf, sessionOf, type Session } from '../session.ts';
import { topLines } from '../top-view.ts';

/** Flows are compared one by one: beyond this many, asking for all of them every time would be felt by the daemon. */
const flowsComparedMax = 20_000;
const flowsInData = 20;

interface Options {
  readonly interval: number;
  readonly once?: boolean;
  readonly count?: number;
  readonly sort: SortKey;
  readonly port?: string;
}

export function addTop(program: Command): void {
  program.command('top')
    .description('show rates of ports, drops by reason and the busiest flows, again and again')
    .option('--interval <seconds>', 'how long each time is', interval, 2)
    .option('-n, --count <times>', 'end after so many times', times)
    .option('--once', 'the same as --count 1')
    .addOption(new Option('--sort <key>', 'order of the ports').choices([...sortKeys]).default('traffic'))
    .option('--port <name>', 'only this port, its drops and its flows')
    .addHelpText('after', '\nOn a terminal: q ends, t r x d n sort by traffic, received, transmitted, drops or name, p pauses.\nOtherwise, or with -n, every time is printed below the one before; -o json prints one object a line.\n\nExamples:\n  vswitchctl top --sort drops\n  vswitchctl top --once -o json\n  vswitchctl top --interval 10 -n 6 > minute.txt')
    .action(async (options: Options, command: Command) => {
      const session = sessionOf(command);
      const isOnScreen = process.stdout.isTTY && !isData(session.output) && options.once !== true && options.count === undefined;
      if (isOnScreen) await onScreen(session, options);
      else await asLines(session, options);
    });
}

async function look({ client }: Session, port: string | undefined): Promise<Sample> {
  const of = port === undefined ? {} : { port };
  const [stats, drops, usage, { generation }] = await Promise.all([
    client.read<PortStats>('stats', of), client.read<DropEntry>('drops', of), client.read<UsageEntry>('usage'), client.generation(),
  ]);
  const timeMs = performance.now();
  const flows = await flowsOf(client, usage.items, of);
  return {
    timeMs, time: new Date().toISOString(), generation, stats: stats.items, drops: drops.items, flows,
    usage: port === undefined ? usage.items : usage.items.filter((entry) => entry.port === port),
  };
}

async function flowsOf(client: ApiClient, usage: readonly UsageEntry[], of: { port?: string }): Promise<readonly FlowEntry[] | undefined> {
  const count = usage.filter(({ table }) => table === 'ipv4_flows' || table === 'other_flows').reduce((sum, { used }) => sum + used, 0);
  return count > flowsComparedMax ? undefined : (await client.read<FlowEntry>('flows', of)).items;
}

async function asLines(session: Session, { interval: seconds, once, count, sort, port }: Options): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  // A name that there is not would be an empty table for ever.
  if (port !== undefined) await session.client.get('ports', port);
  let before = await look(session, port);
  for (let left = once === true ? 1 : count ?? Infinity; left > 0; left -= 1) {
    await sleep(seconds * 1000, undefined, { signal: interrupted.signal }).catch(() => undefined);
    if (interrupted.signal.aborted) return;
    const after = await look(session, port);
    const rates = ratesBetween(before, after, sort);
    before = after;
    if (session.output === 'json') print(JSON.stringify(forPrograms(rates)));
    else if (session.output === 'yaml') {
      print('---');
      await printData(forPrograms(rates), 'yaml');
    } else print(`${topLines(rates, { sort, wide: session.output === 'wide' }).join('\n')}${left > 1 ? '\n' : ''}`);
  }
}

function forPrograms(rates: Rates): object {
  return { ...rates, flows: rates.flows?.slice(0, flowsInData) ?? null };
}

async function onScreen(session: Session, { interval: seconds, sort: first, port }: Options): Promise<void> {
  let sort = first;
  let before = await look(session, port);
  let older: Sample | undefined;
  let isPaused = false;
  let trouble = '';
  let next = new AbortController();
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
    next.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  const keys: Readonly<Record<string, () => void>> = {
    q: end, '\u0003': end, p: () => { isPaused = !isPaused; },
    t: () => { sort = 'traffic'; }, r: () => { sort = 'received'; }, x: () => { sort = 'transmitted'; }, d: () => { sort = 'drops'; }, n: () => { sort = 'name'; },
  };
  using screen = new Screen(process.stdout, process.stdin.isTTY ? process.stdin : undefined, (key) => {
    keys[key]?.();
    show();
  }, () => show());
  const show = (): void => {
    if (ended.signal.aborted) return;
    const keyLine = `vswitchctl top  ${port ?? 'every port'} by ${sort}${isPaused ? ', paused' : ''}  [q]uit [p]ause; by [t]raffic [r]eceived [x] transmitted [d]rops [n]ame`;
    const body = older === undefined ? [`measuring for ${seconds} s …`]
      : topLines(ratesBetween(older, before, sort), { sort, wide: session.output === 'wide', lines: screen.lines - 2, width: screen.width });
    screen.show([keyLine, trouble, ...body]);
  };
  while (!ended.signal.aborted) {
    show();
    next = new AbortController();
    await sleep(seconds * 1000, undefined, { signal: next.signal }).catch(() => undefined);
    if (ended.signal.aborted || isPaused) continue;
    try {
      const after = await look(session, port);
      // After trouble there may be another daemon, whose counters begin anew.
      older = trouble === '' ? before : after;
      before = after;
      trouble = '';
    } catch (error) {
      // On a screen somebody is looking: a daemon that is being restarted comes back.
      if (!(error instanceof UnreachableError)) trouble = endOf(error).message.split('\n')[0] ?? '';
      else trouble = `vswitchd does not answer at ${session.client.socketPath}; trying again`;
    }
  }
}

function interval(value: string): number {
  const seconds = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || seconds < 0.1 || seconds > 3600) throw new InvalidArgumentError('Give seconds from 0.1 to 3600.');
  return seconds;
}

function times(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError('Give a number from 1 on.');
  return Number(value);
}
