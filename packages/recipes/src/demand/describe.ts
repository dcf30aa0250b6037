/**
 * What can be told of a text and its answer in numbers and categories: what monitoring watches. `reference.json` holds the
 * same of reviews that nothing was fitted on, as the finished run answers them.
 */
import { characterTokens, cleanText, languageOf } from '@gradus/data';
import type { Described, Reference, RunContext } from '@gradus/loop';
import type { HeldOut } from './held-out.ts';
import type { DemandOptions } from './options.ts';
import type { Review } from './review.ts';
import type { TextFeatures } from './sentiment/features.ts';
import { type Answer, openService } from './service.ts';

/** @param features Null where the run learnt no sentiment, and so no vocabulary */
export function describer(
  features: TextFeatures | null,
): (texts: readonly string[], answers: readonly Answer[]) => Described[] {
  const known = new Set(features?.vocabulary.tokens);
  return (texts, answers) =>
    texts.map((raw, i): Described => {
      const text = cleanText(raw);
      const tokens = characterTokens(text);
      const unknown = tokens.filter((token) => !known.has(token)).length;
      const { sentiment, satisfied, themes } = answers[i]!;
      return {
        inputs: {
          characters: text.length,
          language: languageOf(text),
          'unknown words': features && tokens.length > 0 ? rounded(unknown / tokens.length) : null,
        },
        outputs: {
          sentiment,
          theme: themes[0]?.id ?? 'none',
          satisfied: satisfied === null ? null : rounded(satisfied),
        },
      };
    });
}

const rounded = (value: number): number => Math.round(1e4 * value) / 1e4;

/** Reviews that are described; of more, an even sample. */
const MOST = 5000;
/** Answered at once. */
const BATCH = 250;

/** @param run Its directory holds the model and the bundle already. */
export async function referenceOf(
  run: RunContext<DemandOptions>,
  reviews: readonly Review[],
  heldOut: HeldOut | null,
): Promise<Reference> {
  const rows = heldOut && new Set(heldOut.rows);
  const all = rows ? reviews.filter(({ row }) => rows.has(row)) : reviews;
  const step = Math.max(1, all.length / MOST);
  const texts = Array.from({ length: Math.min(all.length, MOST) }, (_, i) => all[Math.floor(i * step)]!.text);
  const service = await openService(run.directory);
  const described: Described[] = [];
  try {
    for (let from = 0; from < texts.length; from += BATCH) {
      run.signal.throwIfAborted();
      run.progress({ en: 'what texts are like', zh: '文本特征' }, from, texts.length);
      const request = { texts: texts.slice(from, from + BATCH) };
      described.push(...service.describe!(request, await service.answer(request)));
    }
  } finally {
    await service.close();
  }
  return {
    source: rows
      ? { en: 'reviews held out of training', zh: '未用于训练的评价' }
      : { en: 'the reviews that themes were found in', zh: '用于发现主题的评价' },
    rows: described,
  };
}
