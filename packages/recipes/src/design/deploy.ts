/** Step 6: the designs as files that people can edit, what makes more of them, and the figures. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { count, type Localized } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { BYTE_ORDER_MARK, csvLine } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { HELD_OUT_FILE, type HeldOut } from '@gradus/tasks';
import { writeBundle } from './bundle.ts';
import type { Evaluated } from './evaluate.ts';
import { KINDS } from './kinds/kinds.ts';
import { markAnswers } from './marks.ts';
import type { DesignOptions } from './options.ts';
import type { Prepared, Processed } from './prepare.ts';
import type { DesignSummary } from './summary.ts';
import type { Trained } from './train.ts';

export const DESIGNS = 'designs';

const LEARNING_CUT: Localized = {
  en: 'This machine was too slow or too busy to learn all that was meant to be learnt within --minutes: more minutes make better designs.',
  zh: '本机较慢或较忙，未能在 --minutes 内学完：给更多分钟可得到更好的设计。',
};
const MAKING_CUT: Localized = {
  en: 'The time was over before as many designs were made and measured as were meant to be: more --minutes make more.',
  zh: '在生成和评判足够多的设计之前时间已到：增加 --minutes 可生成更多。',
};

export async function deploy({
  run,
  prepare,
  process,
  train: { model, ranker, temperature, patterns, isCut },
  evaluate,
}: {
  readonly run: RunContext<DesignOptions>;
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
  writeBundle(directory, prepare, process, model, { ranker, temperature, patterns });
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
      kept: evaluate.made.filter(({ by }) => by === 'draft').length,
    },
    refused: evaluate.refused,
    setAside: corpus.setAside,
    notes: [
      ...corpus.notes,
      ...(isCut ? [LEARNING_CUT] : []),
      ...(evaluate.isCut ? [MAKING_CUT] : []),
      ...fewerNotes(evaluate, run.options.count),
    ],
    files: listed.map(({ name }) => `${DESIGNS}/${name}`),
  };
}

/** Where the model alone left too few. */
function fewerNotes({ made, isCut }: Evaluated, asked: number): Localized[] {
  const parts = made.filter(({ by }) => by === 'parts').length;
  return [
    ...(parts === 0
      ? []
      : [
          {
            en: `Too few to learn from: ${count(parts)} of the designs are parts of your originals put together instead ("parts of originals" in designs.csv), valid and new as the others.`,
            zh: `可学习的原有设计太少：其中 ${count(parts)} 个改由原有设计的部分拼接而成（designs.csv 中标为“parts of originals”），同样有效且为新。`,
          },
        ]),
    ...(isCut || made.length >= asked
      ? []
      : [
          {
            en: `${count(made.length)} of the ${count(asked)} that were asked for: what else was drawn is refused, as is counted below.`,
            zh: `要求 ${count(asked)} 个，得到 ${count(made.length)} 个：其余生成的被拒绝，原因见下。`,
          },
        ]),
  ];
}

function designsCsv({ made, drafts }: Evaluated): string {
  const makers = { model: 'gradus', draft: drafts?.model ?? '', parts: 'parts of originals' };
  const rows = made.map(({ item, by, nearest, proof }) => [
    item,
    '',
    nearest.item,
    nearest.distance.en,
    proof ?? '',
    makers[by],
  ]);
  return [['design', 'mark', 'nearest_original', 'distance', 'proof', 'made_by'], ...rows].reduce(
    (csv, cells) => csv + csvLine(cells),
    BYTE_ORDER_MARK,
  );
}
