/** What people say of answers: corrections (`feedback`), and what came of predictions (`outcomes`). */
import { basename } from 'node:path';
import { plural, UserError } from '@gradus/base';
import { bothLanguages } from '@gradus/base/schema';
import { z } from 'zod';
import { NotFound } from '../errors.ts';
import {
  correctionChecker,
  correctionParser,
  correctionsOfFile,
  recordCorrections,
} from '../iteration/feedback.ts';
import { Outcome, outcomesOfFile, recordOutcomes } from '../monitoring/outcomes.ts';
import { recipeOf } from '../recipes.ts';
import { resolvePredictor } from '../registry/resolve.ts';
import { field, LocalizedText, modelReference, source } from './field.ts';
import { type Line, operation } from './operation.ts';

const MOST = 10_000;

const SetAside = z.array(z.strictObject({ line: z.number(), reason: LocalizedText }));
const SHOWN = 10;

const setAsideLines = (setAside: z.infer<typeof SetAside> = []): Line[] => [
  ...setAside.slice(0, SHOWN).map(
    ({ line, reason }): Line => ({
      note: true,
      en: `line ${line} set aside: ${reason.en}`,
      zh: `第 ${line} 行已搁置：${reason.zh}`,
    }),
  ),
  ...(setAside.length > SHOWN
    ? [
        {
          note: true,
          en: `… and ${setAside.length - SHOWN} more`,
          zh: `……另有 ${setAside.length - SHOWN} 行`,
        } as const,
      ]
    : []),
];

const file = source({
  en: 'a CSV with a header, or JSON lines, in place of the list',
  zh: '带表头的 CSV 或 JSON 行文件，用以代替列表',
}).optional();

export const feedback = operation({
  name: 'models.feedback',
  title: {
    en: 'record corrections: what the model should have answered; each may name the prediction it corrects',
    zh: '记录更正：模型本应给出的回答；每条可指明其所更正的预测',
  },
  scope: 'feedback',
  input: z
    .strictObject({
      model: modelReference,
      file,
      corrections: field(z.array(z.unknown()).min(1).max(MOST), {
        en: "corrections, as the model's recipe has them",
        zh: '更正，格式由模型的配方决定',
      }).optional(),
    })
    .refine(
      ({ file, corrections }) => (file === undefined) !== (corrections === undefined),
      bothLanguages({
        en: 'expected corrections, or a file of them',
        zh: '应给出 corrections 或其文件，二者之一',
      }),
    ),
  output: z.strictObject({
    recorded: z.number(),
    /** Corrections that are recorded, but whose prediction is not known. */
    withoutPrediction: z.array(z.strictObject({ index: z.number(), reason: LocalizedText })).optional(),
    setAside: SetAside.optional(),
  }),
  http: { method: 'post', path: '/v1/models/:model/feedback' },
  cli: {
    command: 'feedback',
    positionals: ['model', 'file'],
    hidden: ['corrections'],
    render: ({ recorded, setAside = [] }, { model }) => [
      ...setAsideLines(setAside),
      {
        en: `${plural(recorded, 'correction')} recorded, ${setAside.length} set aside. Learn from them with: gradus iterate ${model}`,
        zh: `已记录 ${recorded} 条更正，搁置 ${setAside.length} 条。用 gradus iterate ${model} 让模型学习。`,
      },
    ],
  },
  run: async ({ model, file, corrections = [] }, workspace) => {
    const { runs, recipes, by, signal } = workspace;
    const rows = file === undefined ? undefined : await workspace.source(file);
    const database = await workspace.database();
    const run = await resolvePredictor(database, { runs, reference: model, by });
    const declared = recipeOf(recipes, run).service;
    const service = await declared.open(run.directory);
    const schema = service.correction ?? declared.correction;
    await service.close();
    return rows === undefined
      ? recordCorrections(database, {
          runs,
          run,
          parse: async (values) => correctionParser(schema)(values),
          corrections,
          by,
        })
      : correctionsOfFile(database, {
          runs,
          run,
          form: declared.correction,
          check: async (values) => correctionChecker(schema)(values),
          file: rows,
          by,
          signal,
        });
  },
});

export const outcomes = operation({
  name: 'outcomes.add',
  title: {
    en: 'record what came of predictions; the header x-gradus-prediction of an answer, and its field "prediction", say the id',
    zh: '记录预测的实际结果；回答的标头 x-gradus-prediction 及其字段 “prediction” 给出 id',
  },
  scope: 'feedback',
  input: z
    .strictObject({
      file,
      outcomes: field(z.array(Outcome).min(1).max(MOST), { en: 'outcomes', zh: '结果列表' }).optional(),
      prediction: field(Outcome.shape.prediction, {
        en: 'the id of one prediction',
        zh: '一次预测的 id',
      }).optional(),
      outcome: field(Outcome.shape.outcome, { en: 'what came of it', zh: '其实际结果' }).optional(),
    })
    .refine(
      ({ file, outcomes, prediction, outcome }) =>
        [file, outcomes, prediction].filter((given) => given !== undefined).length === 1 &&
        (prediction === undefined) === (outcome === undefined),
      bothLanguages({
        en: 'expected prediction and outcome, or outcomes, or a file of them',
        zh: '应给出 prediction 与 outcome，或 outcomes，或其文件，三者之一',
      }),
    ),
  output: z.strictObject({
    recorded: z.number(),
    repeated: z.number(),
    replaced: z.number(),
    setAside: z.array(
      z.strictObject({ index: z.number().optional(), line: z.number().optional(), reason: LocalizedText }),
    ),
  }),
  http: { method: 'post', path: '/v1/outcomes' },
  cli: {
    command: 'outcomes',
    positionals: ['file'],
    hidden: ['outcomes', 'prediction', 'outcome'],
    render: ({ recorded, replaced, repeated, setAside }) => [
      ...setAsideLines(setAside.map(({ line = 0, reason }) => ({ line, reason }))),
      {
        en: `${plural(recorded, 'outcome')} recorded, ${replaced} replaced, ${repeated} known already, ${setAside.length} set aside.`,
        zh: `已记录 ${recorded} 条结果，替换 ${replaced} 条，重复 ${repeated} 条，搁置 ${setAside.length} 条。`,
      },
    ],
  },
  run: async ({ file, outcomes, prediction, outcome }, workspace) => {
    const { by, signal } = workspace;
    if (file !== undefined) {
      const path = await workspace.source(file);
      const rows = await outcomesOfFile(path, signal);
      if (rows.outcomes.length === 0) {
        const [first] = rows.setAside;
        throw new UserError({
          en: `${basename(path)} holds no outcome. Expected the columns prediction and outcome.${first ? ` Line ${first.line}: ${first.reason.en}.` : ''}`,
          zh: `${basename(path)} 中没有结果。应有 prediction 与 outcome 两列。${first ? `第 ${first.line} 行：${first.reason.zh}。` : ''}`,
        });
      }
      const recorded = await recordOutcomes(
        await workspace.database(),
        rows.outcomes.map((row) => row.outcome),
        by,
      );
      const unknown = recorded.setAside.map(({ index, reason }) => ({
        line: rows.outcomes[index]!.line,
        reason,
      }));
      const setAside = [...rows.setAside, ...unknown].sort((a, b) => a.line - b.line);
      return { ...recorded, setAside };
    }
    const all = outcomes ?? [{ prediction: prediction!, outcome: outcome! }];
    const recorded = await recordOutcomes(await workspace.database(), all, by);
    const [problem] = recorded.setAside;
    if (outcomes === undefined && problem) {
      throw new NotFound({ en: `${problem.reason.en}.`, zh: `${problem.reason.zh}。` });
    }
    return recorded;
  },
});
