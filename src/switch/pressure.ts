/**
 * Pressure: tells when a table, or a port's share of one, fills up, and when there is room again.
 *
 * Told once at 70 and once at 90 percent. Relief comes only ten points below, so a table that stays
 * around a level is not told about again and again.
 */
import type { EventBody, UsageEntry } from './answers.ts';

const levels = [70, 90] as const;
const slack = 10;

/** Percent of a limit; of what is filled less there is nothing to tell, unless it was filled more at the last look. */
export const pressureFloor = levels[0] - slack;

type Level = 0 | (typeof levels)[number];

export class Pressure {
  /** By table and port; what is not in here is at level 0. */
  #levels = new Map<string, Level>();
  /** Of which relief will be told: they must be in what is looked at next. */
  ports: ReadonlySet<string> = new Set();

  /** What changed since the last look. A port that is not in it is forgotten without a word. */
  look(usage: readonly UsageEntry[]): EventBody[] {
    const events: EventBody[] = [];
    const next = new Map<string, Level>();
    const ports = new Set<string>();
    for (const entry of usage) {
      const key = `${entry.table} ${entry.port}`;
      const before = this.#levels.get(key) ?? 0;
      const level = levelOf((100 * entry.used) / entry.limit, before);
      if (level !== 0) {
        next.set(key, level);
        ports.add(entry.port);
      }
      if (level > before) events.push({ type: 'pressure', percent: level as 70 | 90, ...entry });
      // From 90 to nothing at once is one relief, from the lower level: there is room again.
      else if (level < before) events.push({ type: 'relief', percent: level === 0 ? 70 : 90, ...entry });
    }
    this.#levels = next;
    this.ports = ports;
    return events;
  }
}

function levelOf(percent: number, before: Level): Level {
  let reached: Level = 0;
  for (const level of levels) if (percent >= level || (before >= level && percent > level - slack)) reached = level;
  return reached;
}
