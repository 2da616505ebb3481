/** `doctor`: whether this machine has what a switch needs, and what to do about what is missing. */
import type { Command } from 'commander';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { UnreachableError, type ApiClient } from '../../api/client.ts';
import { isData, print, printData, renderTable } from '../render.ts';
import { CommandError, endOf, exitRefused, exitUnreachable, sessionOf } from '../session.ts';

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly message: string;
  readonly remedy: string;
}

const capabilityNumbers = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const;
const patienceMs = 3_000;
const openFilesWanted = 4096;

export function addDoctor(program: Command): void {
  program.command('doctor')
    .description('check what a switch needs of this machine, and whether vswitchd answers')
    .action(async (_options: object, command: Command) => {
      const { client, output } = sessionOf(command);
      const daemon = await daemonFindings(client);
      const findings = [tunDevice(), ...capabilities(), kernel(), ipv6(), namespaces(), openFiles(), ...daemon];
      if (isData(output)) await printData({ items: findings }, output);
      else {
        print(renderTable(findings, [
          { heading: 'STATE', cell: ({ state }) => state }, { heading: 'CHECK', cell: ({ check }) => check },
          { heading: 'FOUND', cell: ({ message }) => message }, { heading: 'REMEDY', cell: ({ remedy }) => remedy },
        ], false));
      }
      if (daemon.some(({ state }) => state === 'failed')) throw new CommandError(exitUnreachable, '');
      if (findings.some(({ state }) => state === 'failed')) throw new CommandError(exitRefused, '');
    });
}

const ok = (check: string, message: string): Finding => ({ check, state: 'ok', message, remedy: '' });
const warning = (check: string, message: string, remedy: string): Finding => ({ check, state: 'warning', message, remedy });
const failed = (check: string, message: string, remedy: string): Finding => ({ check, state: 'failed', message, remedy });

function tunDevice(): Finding {
  const path = '/dev/net/tun';
  if (!existsSync(path)) return failed(path, 'it is not there', 'modprobe tun; in a container give it the device (--device /dev/net/tun)');
  if (!statSync(path).isCharacterDevice()) return failed(path, 'it is no character device', `rm ${path}; mknod ${path} c 10 200`);
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return ok(path, 'may be opened');
  } catch {
    return failed(path, 'may not be opened by this user', `run vswitchd as root, or make it mode 0666 (chmod 0666 ${path}) and go rootless`);
  }
}

function capabilities(): Finding[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  return Object.entries(capabilityNumbers).map(([name, bit]) => {
    if ((effective >> BigInt(bit) & 1n) === 1n) return ok(name, 'held by this user');
    const purpose = name === 'CAP_NET_ADMIN' ? 'make TAP devices' : 'enter namespaces';
    return failed(name, `not held by this user, so vswitchd could not ${purpose}`, 'run vswitchd as root, or rootless inside unshare --user --map-root-user --net --mount (README.md, Without root)');
  });
}

/** UDP segmentation offload of TAP devices came with Linux 6.2; everything else is older. */
function kernel(): Finding {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return ok('kernel', `Linux ${release()}, with all offloads`);
  return warning('kernel', `Linux ${release()}: no UDP segmentation offload on TAP devices`, 'Linux 6.2 or later makes bulk UDP faster');
}

function ipv6(): Finding {
  const path = '/proc/sys/net/ipv6/conf/all/disable_ipv6';
  const isOn = existsSync(path) && readFileSync(path, 'utf8').trim() === '0';
  return isOn ? ok('ipv6', 'is on') : warning('ipv6', 'is off in this namespace', 'sysctl net.ipv6.conf.all.disable_ipv6=0, if containers need it');
}

function namespaces(): Finding {
  if (existsSync('/run/netns')) return ok('/run/netns', 'is there');
  return warning('/run/netns', 'is not there: no namespace has a name yet', 'ip netns add NAME makes it; paths and pid:N work without');
}

function openFiles(): Finding {
  const limit = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? '';
  if (limit === 'unlimited' || Number(limit) >= openFilesWanted) return ok('open files', `limit ${limit}`);
  return warning('open files', `limit ${limit}: each port takes some`, 'ulimit -n 65536, or LimitNOFILE= in the unit');
}

async function daemonFindings(client: ApiClient): Promise<Finding[]> {
  const path = client.socketPath;
  try {
    const { version, pid } = await client.version(AbortSignal.timeout(patienceMs));
    const found = [ok('vswitchd', `version ${version}, pid ${pid}, at ${path}`)];
    const mode = statSync(path).mode & 0o777;
    if ((mode & 0o007) !== 0) {
      found.push(warning('socket', `${path} has mode 0${mode.toString(8)}: every user may command the switch`, `chmod 0660 ${path}`));
    } else found.push(ok('socket', `mode 0${mode.toString(8)}`));
    const { generation } = await client.generation();
    return [...found, ok('generation', String(generation))];
  } catch (error) {
    const remedy = error instanceof UnreachableError && (error.cause as NodeJS.ErrnoException).code === 'EACCES'
      ? 'run vswitchctl as root, or as a member of the socket\'s group'
      : `start it: vswitchd --socket ${path}; or name its socket with --socket PATH`;
    const message = error instanceof UnreachableError ? `does not answer at ${path}` : endOf(error).message.split('\n')[0] ?? '';
    return [failed('vswitchd', message, remedy)];
  }
}
