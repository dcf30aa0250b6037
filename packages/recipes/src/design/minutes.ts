/**
 * How the minutes that a run may take are divided. The work of learning is counted, so that every machine makes the same, and is so little of the
 * minutes that a machine may be slower or do other things besides; where that is not enough the clock ends it, and drawing after it, which is said.
 */
import { type TimeLimit, timeLimit } from '@gradus/tasks';

/** Of the minutes: the work of learning, by count; where other generators are trained to compare with, half of it, and about as much for each of these. */
export const LEARNING = 0.15;
/** Of the minutes from the begin of the run, by the clock: until when it reads, until when it learns and until when it makes designs; the rest is for measuring them. */
export const ENDS = { reading: 0.25, learning: 0.55, making: 0.75 } as const;
/** Of the time of learning, by the clock, that of the model where others are trained to compare with. */
export const OWN_SHARE = 0.5;
/** By the clock; of fewer, the start of a process would be most. */
const FEWEST_MINUTES = 2;
/** Seconds that making is given however late it begins: a run without designs would be for nothing. */
const FEWEST_SECONDS = 10;

/** Until a share of the minutes is over, given the seconds that the run has taken before. */
export const untilOf = (minutes: number, share: number, spent: number): TimeLimit =>
  timeLimit(Math.max(FEWEST_SECONDS, share * 60 * Math.max(FEWEST_MINUTES, minutes) - spent));

/** @returns what tells how many seconds have gone by since */
export function stopwatch(): () => number {
  const begun = performance.now();
  return () => (performance.now() - begun) / 1000;
}
