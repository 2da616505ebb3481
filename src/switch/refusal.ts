/** A refusal by the dataplane, told at the resource of the request that it is about, with its remedy. */
import { CommitError, type CommitErrorCode } from '../dataplane/dataplane.ts';
import { VswError, type ErrorCode } from '../errors.ts';
import { portName } from '../intent/intent.ts';
import type { PathOf } from './request.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly remedy: string;
}

const bug: Meaning = { code: 'VSW_BUG', remedy: 'report this with the version of the switch' };
const meanings: Readonly<Record<CommitErrorCode, Meaning>> = {
  malformed: bug,
  invalid: bug,
  namespace_absent: { code: 'VSW_DEVICE', remedy: 'apply again: the network namespace went away in the middle' },
  device_clash: { code: 'VSW_DEVICE', remedy: 'choose another device or netns, or remove the device that is there' },
  permission: { code: 'VSW_PERMISSION', remedy: 'run the switch as root, with CAP_NET_ADMIN and CAP_SYS_ADMIN, or in a user namespace that owns the containers' },
  unsupported: { code: 'VSW_UNSUPPORTED', remedy: 'leave out what the message names, or use a newer kernel' },
  limit: { code: 'VSW_LIMIT', remedy: 'delete some, or open the switch with larger limits' },
  system: { code: 'VSW_DEVICE', remedy: 'mend what the message names, then apply again' },
};

/** `portIds` are those of the refused transaction, by the keys of ports. Other errors are answered as they are. */
export function refusal(error: unknown, portIds: Readonly<Record<string, number>>, pathOf: PathOf): unknown {
  if (!(error instanceof CommitError)) return error;
  const key = Object.keys(portIds).find((candidate) => portIds[candidate] === error.subject);
  const { code, remedy: usual } = meanings[error.code] ?? meanings.system;
  // The dataplane knows better what to do about a bound of its tables.
  const [message, remedy] = error.code === 'limit' && error.message.includes('; ') ? error.message.split('; ', 2) as [string, string] : [error.message, usual];
  const path = key === undefined ? undefined : pathOf('Port', key);
  return VswError.of(code, [{
    path: path === undefined ? '' : `${path}/spec`,
    message: `${key === undefined ? '' : `port ${portName(key)}: `}${message}`,
    remedy: `${remedy}; nothing was changed`,
  }]);
}
