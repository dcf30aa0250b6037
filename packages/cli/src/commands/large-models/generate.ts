import type { GenerateOptions } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import { addSampling, JSON_OUT, printed, RUNNABLE, schemaOf, withRunnable } from './options.ts';
import { addRound, measuredOn, rounding } from './rounding.ts';

type Flags = Omit<GenerateOptions, 'signal' | 'session'> & {
  readonly prompt: string;
  readonly context?: number;
  readonly schema?: string;
  readonly round?: string;
  readonly json?: boolean;
};

/** `gradus generate MODEL --prompt TEXT`: a text continued. */
export const generateCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('generate')
    .argument('<model>', say(RUNNABLE))
    .description(say({ en: 'continue a text with a language model', zh: '用语言模型续写文本' }))
    .requiredOption('--prompt <text>', say({ en: 'what comes before', zh: '前文' }));
  addRound(addSampling(command, terminal), terminal)
    .option(
      '--logprobs <count>',
      say({
        en: 'with --json: of each token its log probability, and of so many others',
        zh: '与 --json 合用：每个词元及若干其他词元的对数概率',
      }),
      Number,
    )
    .option(
      '--schema <file>',
      say({
        en: 'a JSON schema: the answer is JSON that is valid by it',
        zh: 'JSON schema 文件：回答为符合它的 JSON',
      }),
    )
    .option('--json', say(JSON_OUT))
    .action((path: string, { prompt, context, schema, round, json, threads, bits, ...options }: Flags) =>
      withRunnable(path, bits, async (model) => {
        const { DecoderSession, generate, jsonSchemaConstraint } = await import('@gradus/lm');
        const constraint = schema === undefined ? undefined : jsonSchemaConstraint(schemaOf(schema), model);
        const open = { ...(context !== undefined && { places: context }), threads, bits };
        const on = round === undefined ? undefined : measuredOn(round, bits);
        const rounds = await rounding(terminal, model, on, threads);
        const session =
          context === undefined && !rounds
            ? undefined
            : await DecoderSession.open(model, { ...open, rounds });
        const tokens = [];
        try {
          const common = {
            ...options,
            constraint,
            signal,
            ...(session ? { session } : { bits, ...(threads && { threads }) }),
          };
          for await (const token of generate(model, prompt, common)) {
            tokens.push(token);
            if (!json) printed(token.text);
          }
        } finally {
          await session?.close();
        }
        if (!json) {
          printed('\n');
          return;
        }
        const text = tokens.map((token) => token.text).join('');
        const usage = { prompt: model.tokenizer.encode(prompt).ids.length, generated: tokens.length };
        terminal.print(JSON.stringify({ text, finish: tokens.at(-1)?.finish, usage, tokens }));
      }),
    );
};
