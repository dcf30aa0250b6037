/** What happens in a training, line by line in the directory of its job, for whoever looks. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Job, jobDirectory } from '@gradus/lifecycle';
import { z } from 'zod';

const TuneEvent = z.object({
  /** Seconds since 1970. */
  at: z.number(),
  level: z.enum(['info', 'warn', 'error']),
  message: z.string(),
  /** Of an event that is about a step. */
  data: z.object({ step: z.int(), total_steps: z.int(), train_loss: z.number() }).optional(),
});
export type TuneEvent = z.output<typeof TuneEvent>;

const FILE = 'events.jsonl';

export function noteEvent(runs: string, job: Pick<Job, 'id'>, event: Omit<TuneEvent, 'at'>): void {
  const line = JSON.stringify({ at: Math.floor(Date.now() / 1000), ...event });
  appendFileSync(join(jobDirectory(runs, job), FILE), `${line}\n`);
}

/** In their order. A step that was taken again, after a worker was killed, stands once. */
export function tuneEvents(runs: string, job: Pick<Job, 'id'>): TuneEvent[] {
  const path = join(jobDirectory(runs, job), FILE);
  if (!existsSync(path)) return [];
  const events = new Map<string, TuneEvent>();
  for (const [i, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const event = parsed(line);
    if (!event) continue;
    const key = event.data ? `step ${event.data.step}` : String(i);
    events.delete(key);
    events.set(key, event);
  }
  return [...events.values()];
}

/** A killed worker may have left half a line. */
function parsed(line: string): TuneEvent | undefined {
  if (line === '') return undefined;
  try {
    return TuneEvent.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
