/** What monitoring compares traffic with: reviews that nothing was fitted on, described as the finished run answers them. */
import type { Described, Reference, RunContext } from '@gradus/loop';
import type { HeldOut } from './held-out.ts';
import type { DemandOptions } from './options.ts';
import type { Review } from './review.ts';
import { openService } from './service.ts';

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
