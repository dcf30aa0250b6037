import { count } from '@gradus/base';
import type { AddCommand } from '../../add-command.ts';
import type { Terminal } from '../../terminal.ts';
import { imagesOf, isImagePath } from './images.ts';
import { addThreads, JSON_OUT } from './options.ts';
import { textsOf } from './texts.ts';

interface Flags {
  readonly out: string;
  readonly column?: string;
  readonly prompt?: string;
  readonly threads?: number;
  readonly bits?: 4 | 8 | 32;
  readonly json?: boolean;
}

/** `gradus embed MODEL FILE --out e.npy`: a vector for each text. */
export const embedCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('embed')
    .argument(
      '<model>',
      say({
        en: 'a folder of an encoder of Hugging Face: BERT, RoBERTa, XLM-R, ModernBERT, MiniLM, BGE, E5, Qwen3-Embedding; CLIP, SigLIP, Chinese-CLIP',
        zh: 'Hugging Face 编码器文件夹：BERT、RoBERTa、XLM-R、ModernBERT、MiniLM、BGE、E5、Qwen3-Embedding；CLIP、SigLIP、Chinese-CLIP',
      }),
    )
    .argument(
      '<file>',
      say({
        en: 'a table with a column of texts, or .txt with a text a line; for CLIP and its like also an image, or a folder of images',
        zh: '含文本列的表格，或每行一条文本的 .txt；CLIP 类模型还可给出图像或图像文件夹',
      }),
    )
    .description(
      say({
        en: 'turn each text or image into a vector that says what it is about',
        zh: '把每条文本或每幅图像变为表示其含义的向量',
      }),
    )
    .requiredOption(
      '--out <file>',
      say({
        en: 'a .npy file for NumPy, rows in the order of the texts, or of the names of image files',
        zh: '供 NumPy 读取的 .npy 文件，行序与文本或图像文件名的顺序一致',
      }),
    )
    .option('--column <name>', say({ en: 'the column of texts (text)', zh: '文本所在的列（text）' }))
    .option(
      '--prompt <name>',
      say({
        en: 'a prefix that the model declares, such as query or passage, or any text to put before each',
        zh: '模型声明的前缀（如 query、passage），或要加在每条文本之前的文字',
      }),
    );
  addThreads(command, terminal)
    .option('--json', say(JSON_OUT))
    .action(async (path: string, file: string, flags: Flags) => {
      const { out, column = 'text', prompt, threads, bits, json } = flags;
      const { isImageTextModel, openEmbedder, writeNpy } = await import('@gradus/lm');
      if (isImageTextModel(path)) {
        await embedBoth(terminal, path, file, flags);
        return;
      }
      const texts = await textsOf(file, column, signal);
      const embedder = await openEmbedder(path, { threads, bits });
      try {
        const { data, dimensions, cut } = await embedder.embed(texts, {
          signal,
          ...(prompt !== undefined && { prompt }),
        });
        writeNpy(out, data, [texts.length, dimensions]);
        const { pooling, normalize } = embedder;
        if (json) {
          terminal.print(JSON.stringify({ out, texts: texts.length, dimensions, pooling, normalize, cut }));
          return;
        }
        terminal.print(
          say({
            en: `${count(texts.length)} vectors of ${dimensions} numbers (pooling: ${pooling}${normalize ? ', normalized' : ''}) written to ${out}${cut > 0 ? `; the end of ${count(cut)} texts was cut off` : ''}`,
            zh: `${count(texts.length)} 个 ${dimensions} 维向量（池化：${pooling}${normalize ? '，已归一化' : ''}）已写入 ${out}${cut > 0 ? `；${count(cut)} 条文本的末尾被截断` : ''}`,
          }),
        );
      } finally {
        await embedder.close();
      }
    });
};

/** Texts or images, by a model that puts both into one space. */
async function embedBoth(
  { say, signal, print }: Terminal,
  path: string,
  file: string,
  { out, column = 'text', threads, bits, json }: Flags,
): Promise<void> {
  const { ImageTextModel, writeNpy } = await import('@gradus/lm');
  const images = (await isImagePath(file)) ? await imagesOf(file) : undefined;
  const texts = images ? [] : await textsOf(file, column, signal);
  const model = await ImageTextModel.open(path, { threads, bits });
  try {
    const { dimensions } = model;
    const { data, cut } = images
      ? { data: await model.embedImages(images, { signal }), cut: 0 }
      : await model.embedTexts(texts, { signal });
    const rows = images?.length ?? texts.length;
    writeNpy(out, data, [rows, dimensions]);
    if (json) print(JSON.stringify({ out, dimensions, ...(images ? { images } : { texts: rows, cut }) }));
    else
      print(
        say({
          en: `${count(rows)} vectors of ${dimensions} numbers, normalized, written to ${out}${cut > 0 ? `; the end of ${count(cut)} texts was cut off` : ''}`,
          zh: `${count(rows)} 个 ${dimensions} 维向量（已归一化）已写入 ${out}${cut > 0 ? `；${count(cut)} 条文本的末尾被截断` : ''}`,
        }),
      );
  } finally {
    await model.close();
  }
}
