/**
 * held-out.json: what a run said of rows that it had not seen, for another run to be compared with it. Rows of classes have
 * probabilities, rows of numbers have values, and a task whose figure is of another kind has a score a row.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { z } from 'zod';

export const HELD_OUT_FILE = 'held-out.json';

const numbers = z.array(z.number());

const answers = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('classes'),
    /** Names by index. */
    classes: z.array(z.string()),
    labels: numbers,
    /** Of class 1 [n], or of each of more than two classes [n, classes]. */
    probabilities: numbers,
  }),
  z.object({
    kind: z.literal('values'),
    actual: numbers,
    predicted: numbers,
    /** The figure that decides between two models. Default: mae. */
    deciding: z.enum(['mae', 'rmse']).optional(),
  }),
  z.object({
    kind: z.literal('scores'),
    /** The name of the figure; more is better. */
    metric: z.string(),
    scores: numbers,
  }),
]);
/** What was answered for some rows. */
export type Answers = z.infer<typeof answers>;
export type AnswersOf<K extends Answers['kind']> = Extract<Answers, { kind: K }>;

export const HeldOut = z.object({
  /** Row numbers in the file. */
  rows: numbers,
  answers,
  /** The rows' values in columns that slices are made of, by name. */
  slices: z.record(z.string(), z.array(z.string().nullable())).default({}),
  /** The rows' moments, which the slice of the newest is made of. */
  times: z.array(z.number().nullable()).optional(),
  /** The newest rows, which neither the run nor its parent has learnt from, with their inputs. */
  recent: z.object({ inputs: z.array(z.unknown()), answers }).optional(),
});
export type HeldOut = z.infer<typeof HeldOut>;

/** @returns the directory's file as JSON; undefined where it holds none or a damaged one */
export function heldOutJson(directory: string): unknown {
  try {
    return JSON.parse(readFileSync(join(directory, HELD_OUT_FILE), 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** @throws UserError where the run held nothing out */
export function readHeldOut(directory: string): HeldOut {
  const parsed = HeldOut.safeParse(heldOutJson(directory));
  if (parsed.success) return parsed.data;
  throw new UserError({
    en: `${directory} has no held-out rows to compare on: ${HELD_OUT_FILE} is missing or damaged. Make the run again.`,
    zh: `${directory} 没有可供比较的留出数据：${HELD_OUT_FILE} 缺失或已损坏。请重新运行。`,
  });
}
