/** What `gradus demand` may be told; everything has a default that is found from the file. */
import { z } from 'zod';

const column = (what: string) => z.string().min(1).max(500).optional().describe(what);

export const DemandOptions = z.strictObject({
  text: column('column of the review text'),
  rating: column('column of stars or points; "none": there is none'),
  label: column('column that says satisfied or not; "none": there is none'),
  time: column('column of dates; "none": there is none'),
  product: column('column of product names; "none": there is none'),
});
export type DemandOptions = z.infer<typeof DemandOptions>;

/** What people may correct: the sentiment of a text, the theme it belongs to, or both. */
export interface Correction {
  readonly text: string;
  readonly sentiment?: 'satisfied' | 'dissatisfied';
  /** A theme's id. */
  readonly theme?: string;
}
