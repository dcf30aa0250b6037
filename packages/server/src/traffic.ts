/**
 * Which version answers whom. Shares of the requests go to each version; a user, where the request names one, always gets
 * the same (an A/B test needs that), others by chance. Shadows answer as well, but nobody hears it.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const Share = z.object({
  /** An alias, a version's number, or a run's id. */
  version: z.string().min(1).max(100),
  percent: z.number().min(0).max(100),
});

export const Traffic = z
  .object({
    answer: z.array(Share).min(1).max(10),
    shadow: z.array(Share).max(10).default([]),
  })
  .refine(({ answer }) => Math.abs(answer.reduce((sum, { percent }) => sum + percent, 0) - 100) < 1e-9, {
    path: ['answer'],
    error: 'the percentages of the versions that answer must add up to 100',
  });
export type Traffic = z.infer<typeof Traffic>;

/** Everything to the champion. */
export const CHAMPION_ONLY: Traffic = { answer: [{ version: 'champion', percent: 100 }], shadow: [] };

/**
 * @param user Whoever asks, as the request names them
 * @param model Its name: a user in one model's test group is in another's by chance
 */
export function assign({ answer }: Traffic, model: string, user: string | undefined): string {
  let point = 100 * (user === undefined ? Math.random() : placeOf(`${model}\n${user}`));
  for (const { version, percent } of answer) {
    point -= percent;
    if (point < 0) return version;
  }
  return answer.findLast(({ percent }) => percent > 0)!.version;
}

/** The shadows that this request is shown to. */
export function shadowsOf({ shadow }: Traffic): string[] {
  return shadow.flatMap(({ version, percent }) => (100 * Math.random() < percent ? [version] : []));
}

/** Uniform in [0, 1), the same for the same text on every machine. */
function placeOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
