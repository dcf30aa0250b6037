import { count, decimals } from '@gradus/base';
import type { AddCommand } from '../../add-command.ts';
import { addFlags, addThreads, JSON_OUT, RUNNABLE, textOf, withRunnable } from './options.ts';

interface Flags {
  readonly window?: number;
  readonly threads?: number;
  readonly bits?: 4 | 8 | 32;
  readonly json?: boolean;
}

/** `gradus perplexity MODEL FILE`: how well a model foretells a text. */
export const perplexityCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('perplexity')
    .argument('<model>', say(RUNNABLE))
    .argument('<file>', say({ en: 'a text in UTF-8', zh: 'UTF-8 文本文件' }))
    .description(
      say({
        en: 'measure how well a language model foretells a text: the lower, the better',
        zh: '衡量语言模型预测文本的好坏：越低越好',
      }),
    );
  addFlags(command, terminal, [
    {
      flags: '--window <tokens>',
      en: 'tokens of a window (the context, 2,048 at most)',
      zh: '窗口的词元数（默认为上下文长度，最多 2,048）',
    },
  ]);
  addThreads(command, terminal)
    .option('--json', say(JSON_OUT))
    .action((path: string, file: string, { json, ...options }: Flags) =>
      withRunnable(path, options.bits, async (model) => {
        const { perplexity } = await import('@gradus/lm');
        const found = await perplexity(model, textOf(file), {
          ...options,
          signal,
          onWindow: (done, windows) => {
            if (process.stderr.isTTY) process.stderr.write(`\r${done}/${windows}`);
          },
        });
        if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
        if (json) {
          terminal.print(JSON.stringify(found));
          return;
        }
        const bits = decimals(found.bitsPerByte, 3);
        terminal.print(
          say({
            en: `perplexity ${decimals(found.perplexity, 3)} over ${count(found.tokens)} tokens (${bits} bits a byte)`,
            zh: `困惑度 ${decimals(found.perplexity, 3)}，共 ${count(found.tokens)} 个词元（每字节 ${bits} 比特）`,
          }),
        );
      }),
    );
};
