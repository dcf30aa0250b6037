/** What a run of forecasts is known by. Checked when a run is read back. */
import { z } from 'zod';

const localized = z.object({ en: z.string(), zh: z.string() });

export const ForecastSummary = z.object({
  metrics: z.record(z.string(), z.number()),
  file: z.string(),
  items: z.number(),
  /** Steps of the item with the most. */
  horizon: z.number(),
  /** Steps of a season, of most items. */
  season: z.number(),
  frequency: localized,
  rows: z.object({ read: z.number(), used: z.number(), setAside: z.number() }),
  columns: z.record(z.string(), z.string()),
  methods: z.record(z.string(), z.number()),
  error: z.object({ mase: z.number(), naive: z.number() }),
  /** Share of the past inside the intervals; null where there was too little past to tell. */
  coverage: z.object({ '80': z.number().nullable(), '95': z.number().nullable() }),
  /** What items were added up to, and what made that exact. */
  sums: z.object({ count: z.number(), method: z.string() }).optional(),
  strategy: z.object({
    elasticity: z.array(z.unknown()),
    lift: z.array(z.unknown()),
    plans: z.array(z.unknown()),
  }),
  refused: z.array(z.object({ item: z.string(), reason: localized })),
  findings: z.array(localized),
  notes: z.array(localized),
});
export type ForecastSummary = z.infer<typeof ForecastSummary>;
