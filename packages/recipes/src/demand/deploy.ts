/** Step 6: what a run leaves behind beside its report: the model, what goes with it, and every clause with its theme. */
import { join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { BYTE_ORDER_MARK, csvLine } from '@gradus/data';
import { writeOnnx } from '@gradus/engine';
import { MODEL_FILE, REFERENCE_FILE, type RunContext, referenceJson } from '@gradus/loop';
import type { Built } from './build.ts';
import { BUNDLE_FILE, bundleJson } from './bundle.ts';
import type { Evaluated } from './evaluate.ts';
import { HELD_OUT_FILE } from './held-out.ts';
import type { DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import { referenceOf } from './reference.ts';
import { dataSummaryOf } from './report/data-summary.ts';
import { type DemandSummary, demandSummary } from './report/summary.ts';
import { sentimentGraph } from './sentiment/model.ts';
import type { Trained } from './train.ts';

export async function deploy({
  run,
  prepare,
  process,
  build: { themes, themeOf, pinned, since },
  train: { sentiment },
  evaluate: { analysis, evaluation, heldOut, clauseSatisfaction },
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
  if (sentiment) write(MODEL_FILE, writeOnnx(sentimentGraph(sentiment), { recipe: 'demand', run: run.id }));
  write(BUNDLE_FILE, bundleJson({ features: sentiment?.features ?? null, themes, pinned }));
  if (heldOut) write(HELD_OUT_FILE, JSON.stringify(heldOut));
  write(REFERENCE_FILE, referenceJson(await referenceOf(run, reviews, heldOut)));
  write(
    'clauses.csv',
    [
      ['row', 'clause', 'theme', 'theme name', ...(clauseSatisfaction ? ['satisfied'] : [])],
      ...clauses.map(({ review, text }, i) => {
        const theme = themes.themes[themeOf[i]!];
        const satisfied = clauseSatisfaction ? [clauseSatisfaction[i]!.toFixed(3)] : [];
        return [String(reviews[review]!.row), text, theme?.id ?? '', theme?.name ?? '', ...satisfied];
      }),
    ].reduce((csv, cells) => csv + csvLine(cells), BYTE_ORDER_MARK),
  );
  const summary = demandSummary(analysis, evaluation, dataSummaryOf(prepare.data, process.notes));
  if (!since) return summary;
  return {
    ...summary,
    since: { run: since.run, at: since.at, gone: since.gone },
    themes: summary.themes.map((theme) => ({ ...theme, shareBefore: since.shares[theme.id] ?? null })),
  };
}
