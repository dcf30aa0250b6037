/** Answers of a model: one request's (`ask`), or one for each row of a file (`predict`). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { count, plural } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { readRun } from '@gradus/loop';
import { z } from 'zod';
import { predictFile } from '../batch/predict-file.ts';
import { FORMATS } from '../batch/prediction-output.ts';
import { InvalidInput } from '../errors.ts';
import { recipeOf } from '../recipes.ts';
import { resolvePredictor } from '../registry/resolve.ts';
import { field, LocalizedText, modelReference, source } from './field.ts';
import { jsonLines, type Line, operation } from './operation.ts';

export const predict = operation({
  name: 'predict',
  title: {
    en: 'predict each row of a file, with the champion of a run or the version that a URI names; stopped, the same command goes on',
    zh: '用某次运行的冠军或 URI 指定的版本预测文件的每一行；中断后，同一命令会继续',
  },
  scope: 'admin',
  input: z.strictObject({
    model: modelReference,
    input: source({
      en: 'the file whose rows are predicted, or a folder of photographs',
      zh: '要预测其各行的文件，或照片文件夹',
    }),
    format: field(z.enum(FORMATS), {
      en: 'of the predictions; a command takes it from the name of --out',
      zh: '预测结果的格式；命令行由 --out 的文件名决定',
    }).default('csv'),
    columns: field(z.record(z.string().max(200), z.string().max(500)), {
      en: "which column holds a field of the model's requests: FIELD=COLUMN",
      zh: '请求的某个字段在哪一列：FIELD=COLUMN',
    }).default({}),
  }),
  output: z.strictObject({
    run: z.string(),
    output: z.string(),
    asideFile: z.string(),
    rows: z.number(),
    predicted: z.number(),
    setAside: z.number(),
    reasons: z.array(z.strictObject({ line: z.number(), reason: LocalizedText })),
    leftOut: z.array(z.string()),
    pictures: z.array(z.string()),
  }),
  http: { method: 'post', path: '/v1/predict' },
  job: { files: ({ output, asideFile, pictures }) => [output, asideFile, ...pictures] },
  writes: {
    title: { en: 'where the predictions go: .csv or .jsonl', zh: '预测结果写入何处：.csv 或 .jsonl' },
    isRequired: true,
  },
  cli: {
    command: 'predict',
    positionals: ['model', 'input'],
    flags: { columns: 'column' },
    hidden: ['format'],
    render: ({ run, output, asideFile, rows, predicted, setAside, reasons, leftOut }) => [
      ...reasons.slice(0, 10).map(
        ({ line, reason }): Line => ({
          note: true,
          en: `line ${line} set aside: ${reason.en}`,
          zh: `第 ${line} 行已搁置：${reason.zh}`,
        }),
      ),
      ...(leftOut.length > 0
        ? [
            {
              note: true,
              en: `Columns that came after the header was written are left out: ${leftOut.join(', ')}`,
              zh: `写出表头之后才出现的列未输出：${leftOut.join('、')}`,
            } as const,
          ]
        : []),
      {
        en: `${count(predicted)} of ${plural(rows, 'row')} predicted by ${run}: ${output}${setAside === 0 ? '' : `; ${count(setAside)} set aside: ${asideFile}`}`,
        zh: `${run} 预测了 ${count(rows)} 行中的 ${count(predicted)} 行：${output}${setAside === 0 ? '' : `；搁置 ${count(setAside)} 行：${asideFile}`}`,
      },
    ],
  },
  run: async ({ model, input, format, columns }, workspace) => {
    const { runs, recipes, by, signal, job } = workspace;
    const table = await workspace.source(input);
    const destination = workspace.destination(`result.${format}`);
    const resolved = async () => resolvePredictor(await workspace.database(), { runs, reference: model, by });
    const run = job ? readRun(join(runs, await firstRun(job.directory, resolved))) : await resolved();
    const declared = recipeOf(recipes, run).service;
    const service = await declared.open(run.directory);
    try {
      const done = await predictFile({
        run,
        declared,
        service,
        input: table,
        output: destination.path,
        columns,
        signal,
        onProgress: (now) => workspace.progress(now),
      });
      const asideFile = destination.name + done.asideFile.slice(done.output.length);
      return { ...done, output: destination.name, asideFile };
    } finally {
      await service.close();
    }
  },
});

/** The version that begins a job also ends it, whoever is champion by then. */
async function firstRun(
  directory: string,
  resolved: () => Promise<{ readonly id: string }>,
): Promise<string> {
  const file = join(directory, 'run');
  if (!existsSync(file)) writeWhole(file, (await resolved()).id);
  return readFileSync(file, 'utf8');
}

export const ask = operation({
  name: 'models.predict',
  title: { en: "a model's answer to one request", zh: '模型对一个请求的回答' },
  scope: 'predict',
  input: z.strictObject({
    model: modelReference,
    request: field(z.record(z.string(), z.unknown()), {
      en: "the request, as the model's recipe has it",
      zh: '请求，格式由模型的配方决定',
    }),
  }),
  output: z.looseObject({ run: z.string() }),
  http: { method: 'post', path: '/v1/models/:model/predict', body: 'request' },
  cli: {
    command: 'ask',
    positionals: ['model', 'request'],
    render: jsonLines,
  },
  run: async ({ model, request }, workspace) => {
    const { runs, recipes, by } = workspace;
    const run = await resolvePredictor(await workspace.database(), { runs, reference: model, by });
    const declared = recipeOf(recipes, run).service;
    const parsed = declared.request.safeParse(request);
    if (!parsed.success) throw new InvalidInput(parsed.error);
    const service = await declared.open(run.directory);
    try {
      return { run: run.id, ...((await service.answer(parsed.data)) as object) };
    } finally {
      await service.close();
    }
  },
});
