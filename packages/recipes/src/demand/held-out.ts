/** held-out.json: what a run said of reviews that it had not seen, for another run to be compared with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { z } from 'zod';

export const HELD_OUT_FILE = 'held-out.json';

const HeldOut = z.object({
  /** Row numbers in the file. */
  rows: z.array(z.number()),
  labels: z.array(z.number()),
  /** Of being satisfied. */
  probabilities: z.array(z.number()),
  /** What slices are made of, by row; files from before there were any have none. */
  languages: z.array(z.string()).optional(),
  products: z.array(z.string().nullable()).optional(),
  times: z.array(z.number().nullable()).optional(),
  /** The newest texts, which neither the run nor its parent learnt from. */
  recent: z
    .object({ texts: z.array(z.string()), labels: z.array(z.number()), probabilities: z.array(z.number()) })
    .optional(),
});
export type HeldOut = z.infer<typeof HeldOut>;

/** @throws UserError where the run held nothing out */
export function readHeldOut(directory: string): HeldOut {
  try {
    return HeldOut.parse(JSON.parse(readFileSync(join(directory, HELD_OUT_FILE), 'utf8')));
  } catch {
    throw new UserError(
      `${directory} has no held-out reviews to compare on: the run learnt no sentiment, because its file says of no review whether it is satisfied.`,
    );
  }
}
