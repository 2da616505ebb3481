/**
 * The daemon's log on stderr: one line an entry, as plain text or as JSON.
 *
 * Plain lines carry no time when a journal that stamps them itself reads them. Lines of several errors
 * are written as several entries, so none is cut.
 */
import { writeSync } from 'node:fs';

export type Level = 'info' | 'warn' | 'error';

export interface Log {
  write(level: Level, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export async function openLog(form: 'plain' | 'json', descriptor = 2): Promise<Log> {
  if (form === 'json') {
    const { pino } = await import('pino');
    const logger = pino({
      name: 'vswitchd', messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) },
    }, pino.destination({ fd: descriptor, sync: true }));
    return { write: (level, message, fields = {}) => logger[level]({ ...fields }, message) };
  }
  const isStamped = process.env['JOURNAL_STREAM'] !== undefined;
  return {
    write: (level, message) => {
      const time = isStamped ? '' : `${new Date().toISOString()} `;
      const text = `${time}${level} ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`;
      try {
        writeSync(descriptor, text);
      } catch {
        // Whoever read the log is gone; the switch goes on without one.
      }
    },
  };
}
