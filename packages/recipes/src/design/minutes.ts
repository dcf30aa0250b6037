/**
 * How the minutes that a run may take are divided. The work of learning is counted, so that every machine makes the same; the clock ends it, and
 * drawing after it, where a machine is slower or does other things, and then it is said.
 */
import { type TimeLimit, timeLimit } from '@gradus/tasks';

/** What is left is for reading and writing. */
export const SHARES = { learning: 0.65, making: 0.25 } as const;
/** Of the time of learning, by the clock, that of the model where others are trained to compare with. */
export const OWN_SHARE = 0.6;
/** By the clock; of fewer, the start of a process would be most. */
const FEWEST_MINUTES = 2;

/** Ends after a share of the minutes that were asked for, by the clock. @param more Seconds that were left over before */
export const limitOf = (minutes: number, share: number, more = 0): TimeLimit =>
  timeLimit(share * 60 * Math.max(FEWEST_MINUTES, minutes) + more);
