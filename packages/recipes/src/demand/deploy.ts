/** Step 6: what a run leaves behind beside its report: the model, what goes with it, and every clause with its theme. */
import { join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { BYTE_ORDER_MARK, csvLine } from '@gradus/data';
import { writeOnnx } from '@gradus/engine';
import { MODEL_FILE, REFERENCE_FILE, type Reference, type RunContext, referenceJson } from '@gradus/loop';
import { HELD_OUT_FILE, type HeldOut, openServedEncoder, referenceOf } from '@gradus/tasks';
import { pointChanges } from './analysis/since.ts';
import type { Request } from './answer.ts';
import type { Built } from './build.ts';
import { BUNDLE_FILE, type Bundle, bundleJson } from './bundle.ts';
import type { Evaluated } from './evaluate.ts';
import type { LanguageModelUse } from './language-model/ask.ts';
import type { DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import { dataSummaryOf } from './report/data-summary.ts';
import { demandSummary } from './report/summarise.ts';
import type { DemandSummary } from './report/summary.ts';
import type { Review } from './review.ts';
import { sentimentGraph } from './sentiment.ts';
import { compileModel, serviceOf } from './service.ts';
import { claimedGains, type Trained } from './train.ts';

export async function deploy({
  run,
  prepare,
  process,
  build: { themes, needs, themeOf, pinned, since, encoder: ofThemes },
  train: { encoder, evidence },
  evaluate: { analysis, evaluation, heldOut, sentiment, clauseSentiment, languageModel, labelGain },
}: {
  readonly run: RunContext<DemandOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly build: Built;
  readonly train: Trained;
  readonly evaluate: Evaluated;
}): Promise<DemandSummary> {
  const { reviews } = prepare;
  const { clauses } = process;
  const write = (name: string, content: string | Uint8Array) =>
    writeWhole(join(run.directory, name), content);
  const model =
    sentiment &&
    writeOnnx(sentimentGraph(sentiment, termsAndVectors(evidence), encoder?.used?.model), {
      recipe: 'demand',
      run: run.id,
    });
  const bundle: Bundle = {
    features: sentiment?.features ?? null,
    encoder: (sentiment && (encoder?.used || evidence?.vectors) && encoder?.ref) || null,
    encodesClauses: Boolean(sentiment && evidence?.vectors),
    clauses: !sentiment ? 'none' : evidence ? 'evidence' : 'review',
    themes,
    needs,
    isWhole: process.kind.isWhole,
    pinned,
  };
  if (model) write(MODEL_FILE, model);
  write(BUNDLE_FILE, bundleJson(bundle));
  if (heldOut) write(HELD_OUT_FILE, JSON.stringify(heldOut));
  write(REFERENCE_FILE, referenceJson(await reference(run, { model, bundle, reviews, heldOut })));
  write(
    'clauses.csv',
    [
      ['row', 'clause', 'theme', 'theme name', ...(clauseSentiment ? ['satisfied', 'polarity'] : [])],
      ...clauses.map(({ review, text }, i) => {
        const theme = themes.clusters[themeOf[i]!];
        const { satisfied, polarity } = clauseSentiment?.[i] ?? {};
        const said = satisfied === undefined ? [] : [satisfied.toFixed(3), polarity!];
        return [String(reviews[review]!.row), text, theme?.id ?? '', theme?.name ?? '', ...said];
      }),
    ].reduce((csv, cells) => csv + csvLine(cells), BYTE_ORDER_MARK),
  );
  const summary = {
    ...demandSummary(analysis, evaluation, dataSummaryOf(prepare.data, process.notes)),
    ...(languageModel && { languageModel: { ...summaryOf(languageModel), ...(labelGain && { labelGain }) } }),
    ...(ofThemes && {
      encoder: {
        name: ofThemes.name,
        themes: ofThemes.gain,
        ...claimedGains({ encoder, evidence }, sentiment),
      },
    }),
  };
  if (!since) return summary;
  return {
    ...summary,
    since: {
      run: since.run,
      at: since.at,
      gone: since.gone,
      ...(since.complaints && {
        changes: pointChanges(since.complaints, analysis.points, analysis.reviews),
      }),
    },
    themes: summary.themes.map((theme) => ({ ...theme, shareBefore: since.shares[theme.id] ?? null })),
  };
}

const termsAndVectors = (evidence: Trained['evidence']) =>
  evidence ? { terms: evidence.whole, vectors: evidence.vectors?.whole } : undefined;

const summaryOf = ({
  lastFailure: _,
  ...use
}: LanguageModelUse): NonNullable<DemandSummary['languageModel']> => use;

/** Reviews that nothing was fitted on, described as the finished run answers them. */
async function reference(
  run: RunContext<DemandOptions>,
  {
    model,
    bundle,
    reviews,
    heldOut,
  }: {
    readonly model: Uint8Array | null;
    readonly bundle: Bundle;
    readonly reviews: readonly Review[];
    readonly heldOut: HeldOut | null;
  },
): Promise<Reference> {
  const rows = heldOut && new Set(heldOut.rows);
  const service = serviceOf({
    bundle,
    model: model ? await compileModel(model) : undefined,
    encoder: bundle.encoder ? await openServedEncoder(bundle.encoder) : undefined,
    textColumn: undefined,
  });
  try {
    return await referenceOf({
      run,
      inputs: (rows ? reviews.filter(({ row }) => rows.has(row)) : reviews).map(({ text }) => text),
      source: rows
        ? { en: 'reviews held out of training', zh: '未用于训练的评价' }
        : { en: 'the reviews that themes were found in', zh: '用于发现主题的评价' },
      describe: async (texts) => {
        const request: Request = { texts: [...texts] };
        return service.describe!(request, await service.answer(request));
      },
    });
  } finally {
    await service.close();
  }
}
