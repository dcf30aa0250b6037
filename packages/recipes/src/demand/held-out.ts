/** held-out.json of a demand run: what it said of reviews that it had not seen, for another run to be compared with it. */
import { type Localized, UserError } from '@gradus/base';
import { LANGUAGE_NAMES, type TextLanguage } from '@gradus/data';
import { HeldOut, heldOutJson } from '@gradus/tasks';
import { z } from 'zod';
import { SENTIMENTS } from './sentiment.ts';

const classes = [...SENTIMENTS];

const earlierAnswers = { labels: z.array(z.number()), probabilities: z.array(z.number()) };

/** As runs wrote it before all tasks shared one form. */
const Earlier = z
  .object({
    ...earlierAnswers,
    rows: z.array(z.number()),
    languages: z.array(z.string()).optional(),
    products: z.array(z.string().nullable()).optional(),
    times: z.array(z.number().nullable()).optional(),
    recent: z.object({ ...earlierAnswers, texts: z.array(z.string()) }).optional(),
  })
  .transform(
    ({ rows, labels, probabilities, languages, products, times, recent }): HeldOut => ({
      rows,
      answers: { kind: 'classes', classes, labels, probabilities },
      slices: { ...(languages && { language: languages }), ...(products && { product: products }) },
      ...(times && { times }),
      ...(recent && {
        recent: {
          inputs: recent.texts,
          answers: {
            kind: 'classes',
            classes,
            labels: recent.labels,
            probabilities: recent.probabilities,
          },
        },
      }),
    }),
  );

const Format = z.union([HeldOut, Earlier]);

/** @throws UserError where the run held nothing out */
export function readHeldOut(directory: string): HeldOut {
  const parsed = Format.safeParse(heldOutJson(directory));
  if (parsed.success) return parsed.data;
  throw new UserError({
    en: `${directory} has no held-out reviews to compare on: the run learnt no sentiment, because its file says of no review whether it is satisfied.`,
    zh: `${directory} 没有可供比较的留出评价：该运行没有学习情感，因为文件中没有标明评价是否满意。`,
  });
}

/** What a slice of reviews is called. */
export const sliceName = (column: string, value: string): Localized =>
  column === 'language' ? inLanguage(value) : { en: value, zh: value };

function inLanguage(language: string): Localized {
  const { en, zh } =
    LANGUAGE_NAMES[Object.hasOwn(LANGUAGE_NAMES, language) ? (language as TextLanguage) : 'other'];
  return { en: `in ${en}`, zh: `${zh}评价` };
}
