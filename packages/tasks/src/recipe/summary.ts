/** The summary of a run of one task: its figure beside the baseline's, and what was read. Checked when a run is read back. */
import { UserError } from '@gradus/base';
import type { FoundRun } from '@gradus/loop';
import { z } from 'zod';

const localized = z.object({ en: z.string(), zh: z.string() });

export const TaskSummary = z.object({
  metrics: z.record(z.string(), z.number()),
  file: z.string(),
  rows: z.object({ read: z.number(), used: z.number(), setAside: z.number() }),
  /** By role. */
  columns: z.record(z.string(), z.string()),
  figure: z.object({ name: z.string(), value: z.number(), interval: z.tuple([z.number(), z.number()]) }),
  baseline: z.object({ name: z.string(), value: z.number() }),
  pValue: z.number(),
  /** How the figure stands against the baseline, chance considered. */
  standing: z.enum(['better', 'alike', 'worse']),
  /** Held-out rows. */
  n: z.number(),
  trainedOn: z.number(),
  findings: z.array(localized),
  notes: z.array(localized),
});
export type TaskSummary = z.infer<typeof TaskSummary>;

/** @throws UserError where the run's record is damaged */
export function readTaskSummary(run: FoundRun): TaskSummary {
  const parsed = TaskSummary.safeParse(run.summary);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new UserError({
    en: `run.json of ${run.id} is damaged: summary.${path.join('.')}: ${message}. Make the run again.`,
    zh: `运行 ${run.id} 的 run.json 已损坏：summary.${path.join('.')}：${message}。请重新运行。`,
  });
}
