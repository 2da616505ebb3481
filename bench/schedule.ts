/** The order of trials: in turn, so that what changes on the machine meanwhile is shared by all. */

export interface Cell {
  readonly scenario: string;
  readonly driver: string;
  /** The variant that has the trial to itself; absent: all. */
  readonly part?: string;
}

/** Round by round; inside a round part by part, and of each part driver by driver. */
export function schedule(cells: readonly Cell[], repeat: number): Cell[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = `${cell.scenario}\n${cell.part ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  const round = [...groups.values()].flat();
  return Array.from({ length: repeat }, () => round).flat();
}
