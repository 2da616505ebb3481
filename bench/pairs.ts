/**
 * Pairs: two ways of one thing in neighbouring turns, so that both saw the same machine.
 *
 * Which of the two comes first alternates, so that a drift favours neither. What counts is the median of the pairs' ratios, with
 * the interval in which it lies.
 */
import { measure, type Measure } from './result.ts';
import { medianInterval, summarise } from './statistics.ts';

/** What is reached with it, in percent of that without, pair by pair; `turn` answers what was reached in one turn. */
export async function ratiosOfPairs(pairs: number, turn: (isWith: boolean) => Promise<number>): Promise<number[]> {
  const ratios: number[] = [];
  for (let index = 0; index < pairs; index += 1) {
    const isWithFirst = index % 2 === 0;
    const first = await turn(isWithFirst);
    const second = await turn(!isWithFirst);
    const [reached, alone] = isWithFirst ? [first, second] : [second, first];
    ratios.push((100 * reached) / alone);
  }
  return ratios;
}

/** The median, and the interval when there are pairs enough for one. */
export function keptOf(variant: string, ratios: readonly number[]): Measure[] {
  const interval = medianInterval(ratios);
  return [
    measure(variant, 'kept', summarise(ratios).median),
    ...(interval === undefined ? [] : [measure(variant, 'kept_low', interval.low), measure(variant, 'kept_high', interval.high)]),
  ];
}
