import { writeFileSync } from 'node:fs';
import { count, decimals } from '@gradus/base';
import type { AddCommand } from '../../add-command.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { imagesOf } from './images.ts';
import { addThreads, JSON_OUT, textOf } from './options.ts';
import { textsOf } from './texts.ts';

interface Flags {
  readonly out: string;
  readonly column?: string;
  readonly classes?: string;
  readonly threads?: number;
  readonly bits?: 4 | 8 | 32;
  readonly json?: boolean;
}

/** `gradus classify MODEL FILE --out classes.csv`: the class of each text. */
export const classifyCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('classify')
    .argument(
      '<model>',
      say({
        en: 'a folder of a model that tells classes: of gradus tune, of gradus distil, or of transformers; for images ViT, or CLIP and its like with --classes',
        zh: '分类模型文件夹：由 gradus tune、gradus distil 或 transformers 生成；图像用 ViT，或用 CLIP 类模型并给出 --classes',
      }),
    )
    .argument(
      '<file>',
      say({
        en: 'a table with a column of texts, or .txt with a text a line; an image, or a folder of images',
        zh: '含文本列的表格，或每行一条文本的 .txt；也可为图像或图像文件夹',
      }),
    )
    .description(say({ en: 'tell the class of each text or image', zh: '给出每条文本或每幅图像的类别' }))
    .requiredOption(
      '--out <file>',
      say({ en: 'a CSV: text or image, class, its probability', zh: 'CSV：文本或图像、类别、概率' }),
    )
    .option('--column <name>', say({ en: 'the column of texts (text)', zh: '文本所在的列（text）' }))
    .option(
      '--classes <list>',
      say({
        en: 'for CLIP and its like: what images may show, as texts between commas, or a .txt with one a line, such as "a photo of a cat,a photo of a dog"',
        zh: '用于 CLIP 类模型：图像可能显示的内容，以逗号分隔的文本，或每行一条的 .txt，例如 "a photo of a cat,a photo of a dog"',
      }),
    );
  addThreads(command, terminal)
    .option('--json', say(JSON_OUT))
    .action(async (path: string, file: string, flags: Flags) => {
      const { out, column = 'text', json } = flags;
      const { csvLine } = await import('@gradus/data');
      const { isImageClassifier, isImageTextModel } = await import('@gradus/lm');
      const ofImages = isImageClassifier(path) || isImageTextModel(path);
      const given = ofImages ? await imagesOf(file) : await textsOf(file, column, signal);
      const { classes, probabilities } = await classesOf(path, given, ofImages, flags, signal);
      const lines = probabilities.map((shares, i) => {
        const best = Array.from(shares).reduce((best, share, k) => (share > shares[best]! ? k : best), 0);
        return csvLine([given[i]!, classes[best]!, decimals(shares[best]!, 4)]);
      });
      writeFileSync(out, [csvLine([ofImages ? 'image' : 'text', 'class', 'probability']), ...lines].join(''));
      const { length } = given;
      if (json) terminal.print(JSON.stringify({ out, [ofImages ? 'images' : 'texts']: length, classes }));
      else
        terminal.print(
          say({
            en: `the classes of ${count(length)} ${ofImages ? 'images' : 'texts'} written to ${out}`,
            zh: `${count(length)} ${ofImages ? '幅图像' : '条文本'}的类别已写入 ${out}`,
          }),
        );
    });
};

interface Told {
  readonly classes: readonly string[];
  readonly probabilities: readonly ArrayLike<number>[];
}

/** @param given texts, or the paths of images */
async function classesOf(
  path: string,
  given: readonly string[],
  ofImages: boolean,
  { threads, bits, classes: listed }: Flags,
  signal: AbortSignal,
): Promise<Told> {
  const { ImageClassifier, ImageTextModel, isImageTextModel, openClassifier } = await import('@gradus/lm');
  const options = { threads, bits };
  if (ofImages && isImageTextModel(path)) {
    const classes = listed === undefined ? [] : classTexts(listed);
    if (classes.length < 2) {
      throw new WrongUsage({
        en: 'this model has no classes of its own: name at least two with --classes',
        zh: '该模型没有自己的类别：请用 --classes 给出至少两个',
      });
    }
    const model = await ImageTextModel.open(path, options);
    try {
      return { classes, probabilities: await model.probabilities(given, classes, { signal }) };
    } finally {
      await model.close();
    }
  }
  if (listed !== undefined) {
    throw new WrongUsage({
      en: '--classes goes with CLIP and its like; this model has classes of its own',
      zh: '--classes 只用于 CLIP 类模型；该模型有自己的类别',
    });
  }
  const model = ofImages ? await ImageClassifier.open(path, options) : await openClassifier(path, options);
  try {
    return { classes: model.classes, probabilities: await model.probabilities([...given], { signal }) };
  } finally {
    await model.close();
  }
}

const classTexts = (listed: string): string[] =>
  (listed.endsWith('.txt') ? textOf(listed).split(/\r?\n/) : listed.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
