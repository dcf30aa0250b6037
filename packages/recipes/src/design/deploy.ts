/** Step 6: the designs as files that people can edit, what makes more of them, and the figures. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { BYTE_ORDER_MARK, csvLine } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { HELD_OUT_FILE, type HeldOut } from '@gradus/tasks';
import { writeBundle } from './bundle.ts';
import type { Evaluated } from './evaluate.ts';
import { KINDS } from './kinds/kinds.ts';
import { markAnswers } from './marks.ts';
import type { Prepared, Processed } from './prepare.ts';
import type { DesignSummary } from './summary.ts';
import type { Trained } from './train.ts';

export const DESIGNS = 'designs';

export async function deploy({
  run,
  prepare,
  process,
  train: { model, ranker },
  evaluate,
}: {
  readonly run: RunContext;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly train: Trained;
  readonly evaluate: Evaluated;
}): Promise<DesignSummary> {
  const { corpus, train } = prepare;
  const { directory } = run;
  const files = await KINDS[corpus.kind].files(evaluate.made, corpus.rules);
  const listed = [...files, { name: 'designs.csv', content: designsCsv(evaluate) }];
  mkdirSync(join(directory, DESIGNS), { recursive: true });
  for (const { name, content } of listed) writeWhole(join(directory, DESIGNS, name), content);
  writeBundle(directory, prepare, process, model, ranker);
  const heldOut: HeldOut = {
    rows: prepare.test.map((place) => place + 1),
    answers: { kind: 'scores', metric: 'natsPerToken', scores: evaluate.heldOut.map(({ nats }) => -nats) },
    slices: {},
    ...(run.recent.length > 0 && {
      recent: {
        inputs: [...run.recent],
        answers: markAnswers(run.recent, ranker, KINDS[corpus.kind], corpus.rules),
      },
    }),
  };
  writeWhole(join(directory, HELD_OUT_FILE), JSON.stringify(heldOut));
  const { valid, like, new: fresh, diverse } = evaluate.model;
  return {
    metrics: {
      made: evaluate.made.length,
      valid: valid.value,
      like: like.value,
      new: fresh.value,
      diverse: diverse.value,
      natsPerToken: evaluate.nats.model,
      natsPerTokenOfNgram: evaluate.nats.ngram,
    },
    kind: corpus.kind,
    learntFrom: train.length,
    made: evaluate.made.length,
    ...evaluate.model,
    baselines: evaluate.baselines,
    samples: evaluate.samples,
    ceiling: evaluate.ceiling,
    weight: model.weight,
    miss: evaluate.miss,
    marks: ranker && { n: ranker.marks, auc: ranker.auc, kept: evaluate.kept },
    drafts: evaluate.drafts && {
      ...evaluate.drafts,
      kept: evaluate.made.filter(({ isDrafted }) => isDrafted).length,
    },
    refused: evaluate.refused,
    setAside: corpus.setAside,
    notes: corpus.notes,
    files: listed.map(({ name }) => `${DESIGNS}/${name}`),
  };
}

function designsCsv({ made, drafts }: Evaluated): string {
  const rows = made.map(({ item, isDrafted, nearest, proof }) => [
    item,
    '',
    nearest.item,
    nearest.distance.en,
    proof ?? '',
    isDrafted ? drafts!.model : 'gradus',
  ]);
  return [['design', 'mark', 'nearest_original', 'distance', 'proof', 'made_by'], ...rows].reduce(
    (csv, cells) => csv + csvLine(cells),
    BYTE_ORDER_MARK,
  );
}
