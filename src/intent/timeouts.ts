/** Timeouts of a network: how long its connections live after their last packet, by their state. */
import Type from 'typebox';
import { defaultTimeouts, timeoutMax, timeoutNames, timeoutSentences, type TimeoutName } from '../table/timeouts.gen.ts';

/** Seconds. */
export type Timeouts = Readonly<Partial<Record<TimeoutName, number>>>;

const fields = Object.fromEntries(timeoutNames.map((name) => [
  name, Type.Optional(Type.Integer({ minimum: 1, maximum: timeoutMax, description: `seconds while ${timeoutSentences[name]}; absent: ${defaultTimeouts[name]}` })),
]));

export const TimeoutsSchema = Type.Object(fields, { additionalProperties: false, description: 'how long connections live after their last packet' });

/** Seconds in the order of the dataplane, none when nothing is said. */
export function timeoutSeconds(timeouts: Timeouts | undefined): readonly number[] {
  return timeouts === undefined ? [] : timeoutNames.map((name) => timeouts[name] ?? defaultTimeouts[name]);
}
