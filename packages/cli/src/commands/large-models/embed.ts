import { count } from '@gradus/base';
import type { AddCommand } from '../../add-command.ts';
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
        en: 'a folder of an encoder of Hugging Face: BERT, RoBERTa, XLM-R, ModernBERT, MiniLM, BGE, E5',
        zh: 'Hugging Face 编码器文件夹：BERT、RoBERTa、XLM-R、ModernBERT、MiniLM、BGE、E5',
      }),
    )
    .argument(
      '<file>',
      say({
        en: 'a table with a column of texts, or .txt with a text a line',
        zh: '含文本列的表格，或每行一条文本的 .txt',
      }),
    )
    .description(
      say({
        en: 'turn each text into a vector that says what it is about',
        zh: '把每条文本变为表示其含义的向量',
      }),
    )
    .requiredOption(
      '--out <file>',
      say({
        en: 'a .npy file for NumPy, rows in the order of the texts',
        zh: '供 NumPy 读取的 .npy 文件，行序与文本一致',
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
    .action(
      async (path: string, file: string, { out, column = 'text', prompt, threads, bits, json }: Flags) => {
        const { openEmbedder, writeNpy } = await import('@gradus/lm');
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
      },
    );
};
