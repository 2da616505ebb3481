/** `explain`: what would happen to a frame, or happened to the last ones that died, and why; and who reaches whom. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Explanation, ExplainQuery, LastDrops, Reach } from '../../api/protocol.ts';
import { placeIn, readDocuments } from '../documents.ts';
import { isData, plain, print, printData, renderFields, renderTable } from '../render.ts';
import { endOf, sessionOf, usageError } from '../session.ts';
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
    .description('tell what happens to a frame that a port sends, at which stage and by which rule; or who reaches whom')
    .option('--port <port>', 'the port that sends')
    .option('--frame <hex>', 'the frame in hexadecimal, from its destination MAC on')
    .option('--to <address>', 'where it goes, when the switch shall build the frame')
    .option('--from <address>', 'where it comes from; absent: the port\'s own address')
    .option('--network <name>', 'on a trunk: the network that the frame shall be in; absent: the native one. With --reach: the only one that is asked about')
    .option('--protocol <protocol>', 'tcp, udp, sctp, icmp, icmpv6 or a number', protocol)
    .option('--source-port <n>', 'a number from 0 to 65535', number(0, 65_535))
    .option('--destination-port <n>', 'a number from 0 to 65535', number(0, 65_535))
    .option('--last [n]', `the port's last dropped frames (${lastDefault} of them)`, number(1, lastMax))
    .option('--with <file>', 'judge as if the resources in this file were applied; may be repeated', collect)
    .option('--reach', 'who reaches whom, as a matrix, by TCP to port 80 unless a protocol is given')
    .addHelpText('after', '\nExamples:\n  vswitchctl explain --port web-1 --to 10.77.0.2 --protocol tcp --destination-port 80\n'
      + '  vswitchctl explain --port web-1 --last 3\n  vswitchctl explain --port web-1 --to 10.77.0.2 --with candidate.yaml\n'
      + '  vswitchctl explain --reach --protocol tcp --destination-port 443 --network dev')
    .action(async (options: Options, command: Command) => {
      const query = queryOf(options);
      const { client, output } = sessionOf(command);
      const written = options.with === undefined ? [] : await readDocuments(options.with);
      const candidate = written.length === 0 ? {} : { with: written.map(({ resource }) => resource) };
      let answer: Explanation | LastDrops | Reach;
      try {
        answer = await client.explain({ ...query, ...candidate }) as unknown as Explanation | LastDrops | Reach;
      } catch (error) {
        throw endOf(error, placeIn(written, '/with'));
      }
      if (isData(output)) await printData(answer, output);
      else if ('rows' in answer) print(reachText(answer));
      else print('items' in answer ? lastDropsText(answer, query.port ?? '') : await explanationText(answer));
    });
}

function queryOf(options: Options): ExplainQuery {
  if (options.reach === true) return reachQueryOf(options);
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

function reachQueryOf(options: Options): ExplainQuery {
  const { protocol: asked, destinationPort, network } = options;
  const other = (['port', 'frame', 'to', 'from', 'sourcePort', 'last'] as const).find((name) => options[name] !== undefined);
  if (other !== undefined) throw usageError(`--reach asks about all ports, and ${other} about one frame`, 'give --reach with --protocol, --destination-port, --network and --with alone');
  return { reach: { ...(asked !== undefined && { protocol: asked }), ...(destinationPort !== undefined && { destinationPort }), ...(network !== undefined && { network }) } };
}

/** Who decided, behind `before`; nothing where nobody did. */
function judgeOf({ policy, rule, tier }: Explanation, before = ''): string {
  const judge = [policy, rule === '' ? '' : `rule ${rule}`, tier === '' ? '' : `tier ${tier}`].filter((part) => part !== '').join(', ');
  return judge === '' ? '' : `${before}${judge}`;
}

async function explanationText(answer: Explanation): Promise<string> {
  const { verdict, stage, reason, port, network, generation, connection, path, nearest, receivers, frame, notes } = answer;
  const head = `${verdict} at ${stage}: ${reason}\n`;
  const fields = renderFields([
    ['frame', frame], ['port', port], ['network', network], ['receivers', receivers.join(', ')], ['decided by', judgeOf(answer)],
    ['connection', connection && `${connection.standing} (${connection.state}), ${connection.ofInitiator ? 'from the end that opens it' : 'from the other end'}`],
    ['nearest', nearest && `${nearest.policy}, rule ${nearest.rule}: ${nearest.field} wants ${nearest.wanted}; seen ${nearest.seen}`],
    ['generation', generation],
  ], '  ');
  const steps = renderTable(path, [
    { heading: 'STAGE', cell: (step) => step.stage }, { heading: 'PORT', cell: (step) => step.port },
    { heading: 'VERDICT', cell: (step) => step.verdict },
    { heading: 'BY', cell: (step) => [step.policy ?? '', step.rule ?? ''].filter((part) => part !== '').join(' ') },
  ], false);
  return `${head}${fields}\n${indented(steps)}${notes.map((note) => `  note: ${plain(note)}\n`).join('')}${await flipText(answer)}`;
}

/** Ready to be applied. */
async function flipText({ flip, verdict }: Explanation): Promise<string> {
  if (flip === undefined) return '';
  const { stringify } = await import('yaml');
  const documents = flip.resources.map((resource) => stringify(resource, { lineWidth: 0 })).join('---\n');
  return `\n  this would ${verdict === 'allow' ? 'drop' : 'allow'} it:\n${indented(documents, '    ')}`;
}

function indented(text: string, by = '  '): string {
  return text.split('\n').map((line) => (line === '' ? '' : `${by}${line}`)).join('\n');
}

/** Rows are senders; above each column stands the number of its receiver, read downwards. */
function reachText({ protocol: asked, destinationPort, network, ports, rows }: Reach): string {
  if (ports.length === 0) return 'there are no ports\n';
  const digits = String(ports.length).length;
  const width = Math.max(...ports.map((port) => port.length));
  const margin = ' '.repeat(digits + 1 + width + 2);
  const numbers = ports.map((_, index) => String(index + 1).padStart(digits));
  const heading = Array.from({ length: digits }, (_, digit) => `${margin}${numbers.map((text) => text[digit]).join('')}`.trimEnd());
  const lines = ports.map((port, index) => `${numbers[index]} ${plain(port).padEnd(width)}  ${rows[index]}`);
  const what = [asked, destinationPort, network === undefined ? '' : `in network ${network}`].filter((part) => part !== undefined && part !== '').join(' ');
  return `${what}: rows send, columns receive; . may, X may not\n\n${[...heading, ...lines].join('\n')}\n`;
}

function lastDropsText({ items }: LastDrops, port: string): string {
  if (items.length === 0) return `no frame of ${port} was dropped lately\n`;
  return items.map(({ time, reason, length, now }) =>
    `${time} dropped: ${reason} (${length} bytes)\n  ${plain(now.frame)}\n${now.stage === '' ? '' : `  now: ${now.verdict} at ${now.stage}: ${now.reason}${judgeOf(now, ' by ')}\n`}`
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
