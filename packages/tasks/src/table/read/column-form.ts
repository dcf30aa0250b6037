/** The form that a column is read in, as a model's file keeps it. */
import type { DayOrder, DecimalMark } from '@gradus/data';
import { z } from 'zod';

const DecimalMarks = z.enum(['.', ',']) satisfies z.ZodType<DecimalMark>;
const DayOrders = z.enum(['day first', 'month first']) satisfies z.ZodType<DayOrder>;

/** How the cells of a column are read. Plain JSON: a model's file keeps it. */
export const ColumnForm = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number'), name: z.string(), decimal: DecimalMarks }),
  z.strictObject({ kind: z.literal('category'), name: z.string() }),
  z.strictObject({
    kind: z.literal('time'),
    name: z.string(),
    /** Absent where no cell of the column is like 03/04/2024. */
    order: DayOrders.optional(),
    /** Whole numbers are Unix or Excel times. */
    numbers: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('text'), name: z.string() }),
  z.strictObject({ kind: z.literal('image'), name: z.string() }),
]);
export type ColumnForm = z.infer<typeof ColumnForm>;
