/** What is logged and watched of a served model, and what raises an alarm. */
import { z } from 'zod';

export const MonitoringOptions = z.object({
  /** The share of the requests that are logged. */
  sample: z.number().min(0).max(1).default(1),
  /** What is kept of requests and answers: with personal data taken out, nothing but numbers and categories, or all. */
  inputs: z.enum(['redacted', 'none', 'full']).default('redacted'),
  /** How long the log is kept. */
  days: z.number().positive().max(3650).default(30),
  /** How many requests it keeps at most. */
  rows: z.int().min(1000).max(1_000_000_000).default(1_000_000),
  /** Rows that are tested for drift together. */
  window: z.int().min(20).max(100_000).default(500),
  /** Seconds between two windows of a version at least: what comes faster is tested in part. */
  pace: z.number().min(0).max(86_400).default(10),
  /** Outcomes that quality is judged by together. */
  outcomes: z.int().min(20).max(100_000).default(200),
  /** The least share of right answers. Without it, the run's accuracy on held-out rows, where it has one. */
  quality: z.number().min(0).max(1).optional(),
  /** The largest share of requests that may fail. */
  errors: z.number().min(0).max(1).default(0.05),
  /** Milliseconds that 99 of 100 requests may take. Without it, latency alarms nobody. */
  latency: z.number().positive().optional(),
  /** Whether a drift alarm has the model trained again. */
  iterateOnDrift: z.boolean().default(false),
  /** Seconds over which traffic is counted. */
  interval: z.number().positive().max(3600).default(60),
});
export type MonitoringOptions = z.infer<typeof MonitoringOptions>;
