/**
 * What is left, by the clock, of the time that work may take. Work is counted, so that every machine makes the same; a limit ends it where a
 * machine is slower or busier than that.
 */
export interface TimeLimit {
  /** Below 0 where the time is over. */
  secondsLeft(): number;
}

export function timeLimit(seconds: number): TimeLimit {
  const end = performance.now() + 1000 * seconds;
  return { secondsLeft: () => (end - performance.now()) / 1000 };
}

export const isOver = (limit: TimeLimit | undefined): boolean =>
  limit !== undefined && limit.secondsLeft() <= 0;
