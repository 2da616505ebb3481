/** What helps when the system refuses to read or write a path, by its reason. */
import { statSync } from 'node:fs';

export function remedyFor(error: unknown, path: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `make room in ${path}`;
    case 'EROFS':
      return `mount ${path} so that it may be written, or choose another state directory`;
    case 'EACCES':
    case 'EPERM':
      return `${ownerOf(path)}: change its owner or mode, or choose another state directory`;
    default:
      return `look at ${path}`;
  }
}

function ownerOf(path: string): string {
  try {
    const { uid, mode } = statSync(path);
    return `it belongs to uid ${uid} with mode 0${(mode & 0o777).toString(8)}, and this process is uid ${process.getuid?.()}`;
  } catch {
    return `this process is uid ${process.getuid?.()}`;
  }
}
