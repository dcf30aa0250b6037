/** What a handed-over model of a table takes and gives, in words. */
import { type Localized, percent } from '@gradus/base';
import type { EncoderRef } from '../../shared/brought-encoder.ts';
import type { TableBundle } from '../bundle.ts';
import { OUTPUTS } from '../model.ts';

export function handedOverInWords({
  target,
  texts,
  encoder,
}: Pick<TableBundle, 'target' | 'texts' | 'encoder'>): Localized {
  const named = texts.flatMap(({ inputs: { vector } }) => (vector === undefined ? [] : [`\`${vector}\``]));
  const ofVectors = encoder ? [vectors(named, encoder)] : [];
  const lines = [
    INPUTS,
    ...ofVectors,
    ...(target.kind === 'numbers' ? [numbers(target.name)] : classes(target)),
  ];
  return { en: lines.map(({ en }) => en).join('\n\n'), zh: lines.map(({ zh }) => zh).join('\n\n') };
}

const INPUTS: Localized = {
  en: [
    'The graph takes the table’s columns by their names, a value for each row: numbers as float64, IEEE’s not-a-number where missing; times as milliseconds since 1970 in UTC, int64, −2⁶³ where missing; categories as texts, `""` where missing. `preprocess.mjs` reads cells as they were read in training, by `columns.json`, which says what each column holds:',
    '- numbers: the mark that begins the decimals (`decimal`), groups of digits, currencies, percent (12% is 0.12), 万 and 亿',
    '- times: the usual ways to write dates; `order` says whether 03/04 is in April or in March',
    '- categories: one form of each character, single spaces; what programs write for a missing value is missing',
    '- texts: of a column `NAME` the inputs are `NAME terms`, `NAME weights` and `NAME length`: which terms of `texts.json` each text has, how much each weighs (TF-IDF), and how many tokens the text has; shorter rows are filled up with the term one past the last',
    '- images: of a column `NAME` the inputs are `NAME pixels`, uint8 [batch, 3, height, width] in red, green and blue, upright, brought to the size in `images.json` by straight lines; and `NAME is there`, 0 where there is none. `preprocess.mjs` decodes no files: it takes the bytes as `data:application/octet-stream;base64,…`. The output `NAME features` is what the model sees in the image',
    '- what a column cannot have counts as missing',
    '',
    '`rows.jsonl` has example rows: a value may also be the text of a CSV file’s cell.',
  ].join('\n'),
  zh: [
    '图按列名接收表格的各列，每行一个值：数值为 float64，缺失为 IEEE 的“非数”；时间为自 1970 年起的毫秒数（UTC，int64），缺失为 −2⁶³；类别为文本，缺失为 `""`。`preprocess.mjs` 依据 `columns.json`（说明每列的内容），按训练时的方式读取单元格：',
    '- 数值：小数点符号（`decimal`）、数字分组、货币、百分号（12% 即 0.12）、万和亿',
    '- 时间：常见的日期写法；`order` 说明 03/04 是四月还是三月',
    '- 类别：统一字符形式与空格；程序用来表示缺失的写法视为缺失',
    '- 文本：列 `NAME` 的输入为 `NAME terms`、`NAME weights` 与 `NAME length`：每条文本含有 `texts.json` 中的哪些词项、各词项的权重（TF-IDF）以及文本的词元数；较短的行以最后一项之后的编号补齐',
    '- 图像：列 `NAME` 的输入为 `NAME pixels`（uint8 [batch, 3, height, width]，红、绿、蓝，方向摆正，按线性插值缩放到 `images.json` 中的尺寸）和 `NAME is there`（没有图像为 0）。`preprocess.mjs` 不解码文件：以 `data:application/octet-stream;base64,…` 接收像素字节。输出 `NAME features` 是模型对图像的描述',
    '- 列中不应出现的内容视为缺失',
    '',
    '`rows.jsonl` 是示例行：值也可以是 CSV 单元格的文本。',
  ].join('\n'),
};

const vectors = (names: readonly string[], { name, dimensions }: EncoderRef): Localized => ({
  en: `The model also takes ${names.join(', ')}, float32 [batch, ${dimensions}]: what the encoder ${name} says of each whole text, zeros where there is none. \`preprocess.mjs\` does not make them; without them the model does not run.`,
  zh: `模型还需要输入 ${names.join('、')}，float32 [batch, ${dimensions}]：编码器 ${name} 对整段文本给出的向量，没有文本时为零。\`preprocess.mjs\` 不生成它；缺少它时模型无法运行。`,
});

const numbers = (name: string): Localized => ({
  en: `\`${OUTPUTS.answer}\` is the predicted \`${name}\`; nine of ten true values lie between \`${OUTPUTS.low}\` and \`${OUTPUTS.high}\`. \`answer.json\` says it for programs.`,
  zh: `\`${OUTPUTS.answer}\` 是预测的 \`${name}\`；九成真实值位于 \`${OUTPUTS.low}\` 与 \`${OUTPUTS.high}\` 之间。\`answer.json\` 供程序读取。`,
});

function classes({ name, abstention }: Extract<TableBundle['target'], { kind: 'classes' }>): Localized[] {
  const answer = {
    en: `\`${OUTPUTS.answer}\` has the probability of each class of \`${name}\`, in the order of \`classes\` in \`answer.json\`; the likeliest is the answer.`,
    zh: `\`${OUTPUTS.answer}\` 是 \`${name}\` 各类别的概率，顺序同 \`answer.json\` 中的 \`classes\`；概率最大者为答案。`,
  };
  if (!abstention) return [answer];
  const rate = percent(abstention.errorRate);
  return [
    answer,
    {
      en: `An answer whose probability is below \`threshold\` is not sure enough: at most ${rate} errors are promised among the others.`,
      zh: `概率低于 \`threshold\` 的答案不够确定：其余答案承诺错误不超过 ${rate}。`,
    },
  ];
}
