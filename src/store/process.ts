/** A process as more than its number, which the kernel gives to another one later. */
import { readFileSync } from 'node:fs';

/** When the process was started, in the kernel's ticks (field 22 of proc(5)'s stat); undefined when it is gone. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in parentheses and may hold anything; the fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

const commandMax = 160;

/** The process as a sentence names it: its number, and what was typed to start it as far as that can be known. */
export function describeProcess(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter((word) => word !== '').join(' ');
    if (words === '') return `process ${pid}`;
    return `process ${pid} (${words.length > commandMax ? `${words.slice(0, commandMax)}…` : words})`;
  } catch {
    return `process ${pid}`;
  }
}
