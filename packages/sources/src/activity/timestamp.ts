import { timeOf } from '@switchboard/source-kit';

export interface Timestamp {
  /** Milliseconds since the epoch, the rest of a finer fraction cut off. */
  readonly time: number;
  /** Whether the milliseconds say all that the text says. */
  readonly exact: boolean;
}

/** The time of an activity; undefined for what is no time. */
export function readTimestamp(text: string): Timestamp | undefined {
  const time = timeOf(text);
  return time === undefined ? undefined : { time, exact: /^[\dT:-]+(\.\d{1,3}0*)?Z$/.test(text) };
}
