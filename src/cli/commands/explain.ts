/** `explain`: what would happen to a frame, or happened to the last ones that died, and why. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Explanation, ExplainQuery, LastDrops } from '../../api/protocol.ts';
import { placeIn, readDocuments } from '../documents.ts';
import { isData, plain, print, printData, renderFields, renderTable } from '../render.ts';
import { endOf, notInThisVersion, sessionOf, usageError } from '../session.ts';
import { collect } from './apply.ts';

interface Options {
  readonly port?: string;
  readonly frame?: string;
  readonly to?: string;
  readonly from?: string;
  readonly network?: string;
  readonly protocol?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly last?: number | true;
  readonly with?: string[];
  readonly reach?: true;
}

const lastDefault = 10;
const lastMax = 1000;

export function addExplain(program: Command): void {
  program.command('explain')
    .description('tell what happens to a frame that a port sends, at which stage and by which rule')
    .option('--port <port>', 'the port that sends')
    .option('--frame <hex>', 'the frame in hexadecimal, from its destination MAC on')
    .option('--to <address>', 'where it goes, when the switch shall build the frame')
    .option('--from <address>', 'where it comes from; absent: the port\'s own address')
    .option('--network <name>', 'on a trunk: the network that the frame shall be in; absent: the native one')
    .option('--protocol <protocol>', 'tcp, udp, sctp, icmp, icmpv6 or a number', protocol)
    .option('--source-port <n>', 'a number from 0 to 65535', number(0, 65_535))
    .option('--destination-port <n>', 'a number from 0 to 65535', number(0, 65_535))
    .option('--last [n]', `the port's last dropped frames (${lastDefault} of them)`, number(1, lastMax))
    .option('--with <file>', 'judge as if the resources in this file were applied; may be repeated', collect)
    .addOption(new Option('--reach', 'not available in this version').hideHelp())
    .addHelpText('after', '\nExamples:\n  vswitchctl explain --port web-1 --to 10.77.0.2 --protocol tcp --destination-port 80\n'
      + '  vswitchctl explain --port web-1 --last 3\n  vswitchctl explain --port web-1 --to 10.77.0.2 --with candidate.yaml')
    .action(async (options: Options, command: Command) => {
      const query = queryOf(options);
      const { client, output } = sessionOf(command);
      const written = options.with === undefined ? [] : await readDocuments(options.with);
      const candidate = written.length === 0 ? {} : { with: written.map(({ resource }) => resource) };
      let answer: Explanation | LastDrops;
      try {
        answer = await client.explain({ ...query, ...candidate }) as unknown as Explanation | LastDrops;
      } catch (error) {
        throw endOf(error, placeIn(written, '/with'));
      }
      if (isData(output)) await printData(answer, output);
      else print('items' in answer ? lastDropsText(answer, query.port) : explanationText(answer));
    });
}

function queryOf(options: Options): ExplainQuery {
  if (options.reach === true) throw notInThisVersion('explain --reach');
  const { port, frame, last } = options;
  if (port === undefined) throw usageError('explain needs --port PORT', 'e.g. vswitchctl explain --port web-1 --to 10.77.0.2');
  const names = ['to', 'from', 'network', 'protocol', 'sourcePort', 'destinationPort'] as const;
  const given = names.filter((name) => options[name] !== undefined);
  const ways = [frame !== undefined, given.length > 0, last !== undefined].filter(Boolean).length;
  if (ways > 1) throw usageError('a frame is described in several ways', 'give either --frame, or fields (--to …), or --last');
  if (frame !== undefined) return { port, frame };
  if (last !== undefined) return { port, last: last === true ? lastDefault : last };
  if (options.to === undefined) throw usageError('nothing says which frame is meant', 'give --to ADDRESS, --frame HEX or --last');
  return { port, ...Object.fromEntries(given.map((name) => [name, options[name]])) };
}

function explanationText(answer: Explanation): string {
  const { verdict, stage, reason, port, network, policy, rule, generation, path, receivers, frame, notes } = answer;
  const judge = [policy, rule === '' ? '' : `rule ${rule}`].filter((part) => part !== '').join(', ');
  const head = `${verdict} at ${stage}: ${reason}\n`;
  const fields = renderFields([
    ['frame', frame], ['port', port], ['network', network], ['receivers', receivers.join(', ')], ['decided by', judge], ['generation', generation],
  ], '  ');
  const steps = renderTable(path, [
    { heading: 'STAGE', cell: (step) => step.stage }, { heading: 'PORT', cell: (step) => step.port },
    { heading: 'VERDICT', cell: (step) => step.verdict },
    { heading: 'BY', cell: (step) => [step.policy ?? '', step.rule ?? ''].filter((part) => part !== '').join(' ') },
  ], false).split('\n').map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
  return `${head}${fields}\n${steps}${notes.map((note) => `  note: ${plain(note)}\n`).join('')}`;
}

function lastDropsText({ items }: LastDrops, port: string): string {
  if (items.length === 0) return `no frame of ${port} was dropped lately\n`;
  return items.map(({ time, reason, length, now }) =>
    `${time} dropped: ${reason} (${length} bytes)\n  ${plain(now.frame)}\n${now.stage === '' ? '' : `  now: ${now.verdict} at ${now.stage}: ${now.reason}\n`}`
      + now.notes.map((note) => `  note: ${plain(note)}\n`).join('')).join('');
}

function number(minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const parsed = Number(value);
    if (!/^\d+$/.test(value) || parsed < minimum || parsed > maximum) {
      throw new InvalidArgumentError(`Give a number from ${minimum} to ${maximum}.`);
    }
    return parsed;
  };
}

function protocol(value: string): string {
  const isNumber = /^\d{1,3}$/.test(value) && Number(value) <= 255;
  if (isNumber || ['tcp', 'udp', 'sctp', 'icmp', 'icmpv6'].includes(value)) return value;
  throw new InvalidArgumentError('Say tcp, udp, sctp, icmp, icmpv6 or a number from 0 to 255.');
}
