/** What goes along with a demand run's model.onnx, which knows token numbers and TF-IDF, not texts: how texts become these. */
import { readFileSync } from 'node:fs';
import { cleanText } from '@gradus/data';
import type { HandOver } from '@gradus/loop';
import { openServedEncoder, TextDataset, type TextFeatures, termMatrix } from '@gradus/tasks';
import { readBundle } from '../bundle.ts';

const EXAMPLE = [
  'The kettle boils fast and looks lovely.',
  'It leaked on the second day, never again.',
  '物流很慢，不会再买了',
];

export async function handOver(directory: string): Promise<HandOver | undefined> {
  const { features, encoder } = readBundle(directory);
  if (!features) return undefined;
  const handOver = handOverOf(features);
  if (!encoder) return handOver;
  // `preprocess.mjs` has no encoder: lines of a file alone do not make the inputs.
  const { lines: _, notes, example, ...rest } = handOver;
  const opened = await openServedEncoder(encoder);
  try {
    const { data, dimensions } = await opened.embed(EXAMPLE.map(cleanText));
    return {
      ...rest,
      notes: {
        en: `${notes.en}\n\nThe model also takes \`vectors\`, float32 [batch, ${dimensions}]: what the encoder ${encoder.name} says of each whole text. \`preprocess.mjs\` does not make them; without them the model does not run.`,
        zh: `${notes.zh}\n\n模型还需要输入 \`vectors\`，float32 [batch, ${dimensions}]：编码器 ${encoder.name} 对整段文本给出的向量。\`preprocess.mjs\` 不生成它；缺少它时模型无法运行。`,
      },
      example: { ...example, vectors: { dtype: 'float32', dims: [EXAMPLE.length, dimensions], data } },
    };
  } finally {
    await opened.close();
  }
}

export function handOverOf(features: TextFeatures): HandOver {
  const texts = EXAMPLE.map(cleanText);
  const data = new TextDataset(features, texts, { matrix: termMatrix(features, texts) });
  return {
    files: {
      'preprocess.mjs': readFileSync(new URL('./preprocess.mjs', import.meta.url), 'utf8'),
      'vocabulary.json': JSON.stringify({
        vocabulary: features.vocabulary.tokens,
        terms: features.terms.terms,
        idf: Array.from(features.terms.idf),
        kind: features.kind,
      }),
    },
    lines: { file: 'texts.txt', each: 'one text a line' },
    notes: {
      en: [
        'The graph takes numbers, not texts. `preprocess.mjs` makes texts into its inputs, with `vocabulary.json`:',
        '- `tokens`: a token is a character of Chinese, a word of other languages, or a punctuation mark; its number is its place in `vocabulary` + 2; 1 is an unknown token, 0 is padding. At most 160 of a text.',
        '- `terms`: places in `terms` of the runs of one to three tokens, of what stands behind a negation (`n:`), and for Chinese of the words of ICU’s dictionary (`w:`); where `kind` is `words`, of words and pairs of words; the length of `terms` is padding.',
        '- `weights`: their TF-IDF, (1 + ln tf) · `idf`, each text scaled to length 1; 0 is padding.',
        'A model whose data were too few for networks has no input `tokens`. `satisfied` is the probability that the text speaks of satisfaction; `evidence`, where there is one, is what the words of a clause say, below 0 of dissatisfaction, above of satisfaction: Gradus weighs it with the clause’s review and how the clause is made. The themes of a text are found by clustering outside the graph and stay in Gradus.',
      ].join('\n'),
      zh: [
        '图接收数字而非文本。`preprocess.mjs` 借助 `vocabulary.json` 把文本变成它的输入：',
        '- `tokens`：词元是一个汉字、其他语言的一个词或一个标点；编号为其在 `vocabulary` 中的位置 + 2；1 表示未知词元，0 为填充。每段文本最多 160 个。',
        '- `terms`：一到三个词元的片段、否定词之后的词元（`n:`）以及 ICU 词典切出的中文词（`w:`）在 `terms` 中的位置；若 `kind` 为 `words`，则为词与相邻词对的位置；`terms` 的长度为填充。',
        '- `weights`：它们的 TF-IDF，(1 + ln tf) · `idf`，每段文本缩放到长度 1；0 为填充。',
        '数据不足以训练网络的模型没有输入 `tokens`。`satisfied` 是文本表达满意的概率；若有 `evidence`，它是一个分句的用词所说的：小于 0 偏不满意，大于 0 偏满意，Gradus 再结合整条评价与分句的写法作出判断。文本的主题由图外的聚类得到，留在 Gradus 中。',
      ].join('\n'),
    },
    example: data.batch(Int32Array.from(texts.keys())),
  };
}
