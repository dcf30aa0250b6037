import { createInterface } from 'node:readline/promises';
import type { GenerateOptions } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import { addSampling, printed, RUNNABLE, withRunnable } from './options.ts';
import { addRound, measuredOn, ROUND_UNLESS, rounding } from './rounding.ts';

type Flags = Omit<GenerateOptions, 'signal' | 'session' | 'threads' | 'bits'> & {
  readonly system?: string;
  readonly context?: number;
  readonly threads?: number;
  readonly bits?: NonNullable<GenerateOptions['bits']>;
  readonly round?: string;
};

/** `gradus chat MODEL`: a conversation in the terminal, a line at a time, until the input ends. */
export const chatCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('chat')
    .argument('<model>', say(RUNNABLE))
    .description(say({ en: 'talk with a language model in the terminal', zh: '在终端与语言模型对话' }))
    .option(
      '--system <text>',
      say({ en: 'said to the model before all else', zh: '对话开始前给模型的说明' }),
    );
  addRound(addSampling(command, terminal), terminal, ROUND_UNLESS).action(
    (path: string, { system, context, threads, bits, round, ...options }: Flags) =>
      withRunnable(path, bits, async (model) => {
        const { Conversation } = await import('@gradus/lm');
        const rounds = await rounding(terminal, model, measuredOn(round, bits), threads);
        const conversation = await Conversation.open(model, {
          ...(system !== undefined && { system }),
          ...(context !== undefined && { places: context }),
          ...(threads !== undefined && { threads }),
          ...(bits && { bits }),
          rounds,
        });
        const { stdin } = process;
        const lines = createInterface({
          input: stdin,
          signal,
          ...(stdin.isTTY && { output: process.stderr }),
        });
        try {
          if (stdin.isTTY) {
            terminal.tell(say({ en: 'Say something; Ctrl-D ends.', zh: '请输入；Ctrl-D 结束。' }));
            lines.setPrompt('> ');
            lines.prompt();
          }
          for await (const line of lines) {
            if (line.trim() !== '') {
              for await (const { text } of conversation.answer(line, { ...options, signal })) printed(text);
              printed('\n');
            }
            if (stdin.isTTY) lines.prompt();
          }
        } finally {
          lines.close();
          await conversation.close();
        }
      }),
  );
};
